"""Opening a case that is not one's own, with a reason, for an hour."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.TIMESTAMP(timezone=True)
    op.create_table(
        "break_glass",
        sa.Column("break_glass_id", sa.Uuid(), nullable=False),
        sa.Column("consultation_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column("ends_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("break_glass_id", name=op.f("pk_break_glass")),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultations.consultation_id"],
            name=op.f("fk_break_glass_consultation_id_consultations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.user_id"],
            name=op.f("fk_break_glass_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["users.user_id"],
            name=op.f("fk_break_glass_staff_id_users"),
            ondelete="SET NULL",
        ),
        sa.CheckConstraint(
            "length(reason) BETWEEN 20 AND 500", name=op.f("ck_break_glass_reason_length")
        ),
    )
    op.create_index(
        "ix_break_glass_newest_first",
        "break_glass",
        [sa.text("opened_at DESC"), sa.text("break_glass_id DESC")],
    )
    op.create_index(
        "ix_break_glass_of_staff", "break_glass", ["staff_id", sa.text("opened_at DESC")]
    )
    op.create_index(op.f("ix_break_glass_consultation_id"), "break_glass", ["consultation_id"])
    op.create_index(op.f("ix_break_glass_user_id"), "break_glass", ["user_id"])


def downgrade() -> None:
    op.drop_table("break_glass")
