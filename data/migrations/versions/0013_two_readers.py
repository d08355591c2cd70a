"""Two readers for a share of cases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "second_readings",
        sa.Column("consultation_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("reader_id", sa.Uuid()),
        sa.Column("taken_at", sa.TIMESTAMP(timezone=True)),
        sa.Column("given_at", sa.TIMESTAMP(timezone=True)),
        sa.Column(
            "created_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("consultation_id", name=op.f("pk_second_readings")),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultations.consultation_id"],
            name=op.f("fk_second_readings_consultation_id_consultations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.user_id"],
            name=op.f("fk_second_readings_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["reader_id"],
            ["users.user_id"],
            name=op.f("fk_second_readings_reader_id_users"),
            ondelete="SET NULL",
        ),
    )
    op.create_index(
        "ix_second_readings_open",
        "second_readings",
        ["created_at"],
        postgresql_where=sa.text("given_at IS NULL"),
    )
    op.create_index(op.f("ix_second_readings_user_id"), "second_readings", ["user_id"])
    op.create_index(op.f("ix_second_readings_reader_id"), "second_readings", ["reader_id"])


def downgrade() -> None:
    op.drop_table("second_readings")
