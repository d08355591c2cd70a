"""Simulated checks, which have no photo, may have simulated shots. Only takes a condition away."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("shots", "photo_id", nullable=True)


def downgrade() -> None:
    op.execute("DELETE FROM shots WHERE photo_id IS NULL")
    op.alter_column("shots", "photo_id", nullable=False)
