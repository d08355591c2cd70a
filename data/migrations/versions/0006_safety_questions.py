"""The safety questions, their answers and the flags that they raised.

Only adds: the version of the program before this one goes on working on these tables.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_TIME = postgresql.TIMESTAMP(timezone=True)
_URGENCIES = (
    "'emergency', 'same_day', 'urgent_dermatologist', 'dermatologist', 'clinician', 'mental_health'"
)
_PURPOSES = "'analysis', 'dermatologist', 'statistics', 'model_improvement', 'health_answers'"


def upgrade() -> None:
    _purposes(f"{_PURPOSES}, 'safety_answers'")
    op.create_table(
        "safety_answers",
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("ticked", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("answered_at", _TIME, server_default=sa.text("now()"), nullable=False),
        _owner("safety_answers"),
        sa.PrimaryKeyConstraint("answer_id", name=op.f("pk_safety_answers")),
    )
    op.create_index(
        "ix_safety_answers_newest_first",
        "safety_answers",
        ["user_id", sa.text("answered_at DESC")],
    )
    op.create_table(
        "raised_flags",
        sa.Column("raised_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column("flag_id", sa.Text(), nullable=False),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("because", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("raised_at", _TIME, server_default=sa.text("now()"), nullable=False),
        sa.Column("seen_on", sa.Date()),
        sa.Column("closed_by", sa.Text()),
        sa.Column("closed_at", _TIME),
        sa.CheckConstraint(f"urgency IN ({_URGENCIES})", name=op.f("ck_raised_flags_urgency")),
        sa.CheckConstraint(
            "closed_by IN ('person', 'dermatologist', 'renewed')",
            name=op.f("ck_raised_flags_closed_by"),
        ),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_by IS NULL)",
            name=op.f("ck_raised_flags_closed_by_somebody"),
        ),
        sa.CheckConstraint(
            "closed_by <> 'person' OR seen_on IS NOT NULL",
            name=op.f("ck_raised_flags_seen_on_a_day"),
        ),
        _owner("raised_flags"),
        sa.ForeignKeyConstraint(
            ["answer_id"],
            ["safety_answers.answer_id"],
            name=op.f("fk_raised_flags_answer_id_safety_answers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("raised_id", name=op.f("pk_raised_flags")),
    )
    op.create_index(
        "uq_raised_flags_open",
        "raised_flags",
        ["user_id", "flag_id"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        op.f("ix_raised_flags_user_id_raised_at"), "raised_flags", ["user_id", "raised_at"]
    )
    op.create_index(op.f("ix_raised_flags_answer_id"), "raised_flags", ["answer_id"])


def downgrade() -> None:
    op.drop_table("raised_flags")
    op.drop_table("safety_answers")
    op.execute("DELETE FROM consents WHERE purpose = 'safety_answers'")
    _purposes(_PURPOSES)


def _purposes(listed: str) -> None:
    op.drop_constraint(op.f("ck_consents_purpose"), "consents")
    op.create_check_constraint(op.f("ck_consents_purpose"), "consents", f"purpose IN ({listed})")


def _owner(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["user_id"],
        ["users.user_id"],
        name=op.f(f"fk_{table}_user_id_users"),
        ondelete="CASCADE",
    )
