"""Recalibrations of the model: proposed from dermatologists' grades, decided by administrators."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.TIMESTAMP(timezone=True)
    op.create_table(
        "recalibrations",
        sa.Column("recalibration_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("base_version", sa.Text(), nullable=False),
        sa.Column("curves", postgresql.JSONB(), nullable=False),
        sa.Column("figures", postgresql.JSONB(), nullable=False),
        sa.Column("proposed_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'proposed'"), nullable=False),
        sa.Column("decided_at", moment),
        sa.Column("decided_by", sa.Uuid()),
        sa.Column("reason", sa.Text()),
        sa.PrimaryKeyConstraint("recalibration_id", name=op.f("pk_recalibrations")),
        sa.UniqueConstraint("version", name=op.f("uq_recalibrations_version")),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["users.user_id"],
            name=op.f("fk_recalibrations_decided_by_users"),
            ondelete="SET NULL",
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'accepted', 'declined', 'withdrawn')",
            name=op.f("ck_recalibrations_state_known"),
        ),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_at IS NULL)",
            name=op.f("ck_recalibrations_decided_has_a_time"),
        ),
    )
    # One of a version of the weights is in service at most.
    op.create_index(
        "uq_recalibrations_in_service",
        "recalibrations",
        ["base_version"],
        unique=True,
        postgresql_where=sa.text("state = 'accepted'"),
    )
    op.create_index(op.f("ix_recalibrations_decided_by"), "recalibrations", ["decided_by"])


def downgrade() -> None:
    op.drop_table("recalibrations")
