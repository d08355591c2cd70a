"""Routines, ticks, diaries and trials."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_TIME = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "diary_entries",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("half", sa.Text(), nullable=True),
        sa.Column("level", sa.SmallInteger(), nullable=True),
        sa.Column("signs", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("created_at", _TIME, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("half IN ('morning', 'evening')", name=op.f("ck_diary_entries_half")),
        sa.CheckConstraint(
            "topic IN ('irritation', 'sleep', 'sun', 'cycle', 'product')",
            name=op.f("ck_diary_entries_topic"),
        ),
        sa.CheckConstraint("length(text) <= 200", name=op.f("ck_diary_entries_text_length")),
        sa.CheckConstraint("level BETWEEN 0 AND 3", name=op.f("ck_diary_entries_level")),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.user_id"],
            name=op.f("fk_diary_entries_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_diary_entries")),
    )
    op.create_index("ix_diary_entries_of_person", "diary_entries", ["user_id", "day"], unique=False)
    op.create_index(
        "ix_diary_entries_one_a_day",
        "diary_entries",
        ["user_id", "day", "topic"],
        unique=True,
        postgresql_where=sa.text("topic IN ('sleep', 'sun', 'cycle')"),
    )
    op.create_index(
        "ix_diary_entries_one_a_half",
        "diary_entries",
        ["user_id", "day", "half"],
        unique=True,
        postgresql_where=sa.text("topic = 'irritation'"),
    )
    op.create_table(
        "routines",
        sa.Column("routine_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("advice_id", sa.Uuid(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_at", _TIME, nullable=True),
        sa.Column("created_at", _TIME, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("source IN ('advice', 'own')", name=op.f("ck_routines_source")),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.user_id"],
            name=op.f("fk_routines_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("routine_id", name=op.f("pk_routines")),
    )
    op.create_index("ix_routines_of_person", "routines", ["user_id", "created_at"], unique=False)
    op.create_index(
        op.f("ix_routines_user_id"),
        "routines",
        ["user_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "trials",
        sa.Column("trial_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("ingredient", sa.Text(), nullable=True),
        sa.Column("metrics", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("weeks", sa.SmallInteger(), nullable=False),
        sa.Column("began_at", _TIME, nullable=True),
        sa.Column("ends_at", _TIME, nullable=True),
        sa.Column("ended_at", _TIME, nullable=True),
        sa.Column("stopped_at", _TIME, nullable=True),
        sa.Column("verdict", postgresql.JSONB(), nullable=True),
        sa.Column("created_at", _TIME, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(began_at IS NULL) = (ends_at IS NULL)", name=op.f("ck_trials_began_and_ends")
        ),
        sa.CheckConstraint("cardinality(metrics) BETWEEN 1 AND 4", name=op.f("ck_trials_metrics")),
        sa.CheckConstraint(
            "length(change) BETWEEN 1 AND 200", name=op.f("ck_trials_change_length")
        ),
        sa.CheckConstraint("weeks BETWEEN 8 AND 12", name=op.f("ck_trials_weeks")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.user_id"], name=op.f("fk_trials_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("trial_id", name=op.f("pk_trials")),
    )
    op.create_index(
        "ix_trials_due",
        "trials",
        ["ends_at"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL AND stopped_at IS NULL"),
    )
    op.create_index("ix_trials_of_person", "trials", ["user_id", "created_at"], unique=False)
    op.create_index(
        op.f("ix_trials_user_id"),
        "trials",
        ["user_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL AND stopped_at IS NULL"),
    )
    op.create_table(
        "routine_brakes",
        sa.Column("brake_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("routine_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("because", postgresql.JSONB(), nullable=False),
        sa.Column("put_at", _TIME, server_default=sa.text("now()"), nullable=False),
        sa.Column("lifted_at", _TIME, nullable=True),
        sa.CheckConstraint("level BETWEEN 1 AND 2", name=op.f("ck_routine_brakes_level")),
        sa.ForeignKeyConstraint(
            ["routine_id"],
            ["routines.routine_id"],
            name=op.f("fk_routine_brakes_routine_id_routines"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.user_id"],
            name=op.f("fk_routine_brakes_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("brake_id", name=op.f("pk_routine_brakes")),
    )
    op.create_index(
        op.f("ix_routine_brakes_routine_id"),
        "routine_brakes",
        ["routine_id"],
        unique=True,
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    op.create_index(
        op.f("ix_routine_brakes_user_id_put_at"),
        "routine_brakes",
        ["user_id", "put_at"],
        unique=False,
    )
    op.create_table(
        "routine_steps",
        sa.Column("step_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("routine_id", sa.Uuid(), nullable=False),
        sa.Column("half", sa.Text(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("ingredient", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("amount", sa.Text(), nullable=False),
        sa.Column("phases", postgresql.JSONB(), nullable=False),
        sa.Column("removed_at", _TIME, nullable=True),
        sa.Column("created_at", _TIME, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("half IN ('morning', 'evening')", name=op.f("ck_routine_steps_half")),
        sa.CheckConstraint(
            "kind IN ('cleanse', 'active', 'moisturise', 'protect', 'other')",
            name=op.f("ck_routine_steps_kind"),
        ),
        sa.CheckConstraint(
            "length(name) BETWEEN 1 AND 200", name=op.f("ck_routine_steps_name_length")
        ),
        sa.ForeignKeyConstraint(
            ["routine_id"],
            ["routines.routine_id"],
            name=op.f("fk_routine_steps_routine_id_routines"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.user_id"],
            name=op.f("fk_routine_steps_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("step_id", name=op.f("pk_routine_steps")),
    )
    op.create_index(
        op.f("ix_routine_steps_routine_id_half_position"),
        "routine_steps",
        ["routine_id", "half", "position"],
        unique=False,
    )
    op.create_index(op.f("ix_routine_steps_user_id"), "routine_steps", ["user_id"], unique=False)
    op.create_table(
        "routine_ticks",
        sa.Column("step_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("ticked_at", _TIME, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["step_id"],
            ["routine_steps.step_id"],
            name=op.f("fk_routine_ticks_step_id_routine_steps"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.user_id"],
            name=op.f("fk_routine_ticks_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("step_id", "day", name=op.f("pk_routine_ticks")),
    )
    op.create_index(
        op.f("ix_routine_ticks_user_id_day"), "routine_ticks", ["user_id", "day"], unique=False
    )


def downgrade() -> None:
    for table in (
        "trials",
        "diary_entries",
        "routine_brakes",
        "routine_ticks",
        "routine_steps",
        "routines",
    ):
        op.drop_table(table)
