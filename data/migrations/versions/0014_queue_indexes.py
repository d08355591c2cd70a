"""Indexes for the queue of cases at any length.

Each is for one list, with the list's order in it, so that a page reads as many rows as it shows:
what a dermatologist has in hand, what one has answered, second opinions, and what is late. Who
works here is found without reading everybody.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_WAITING = "state IN ('pending', 'escalated')"
_ORDER = ["priority", "due_at", "consultation_id"]


def upgrade() -> None:
    op.create_index(
        "ix_consultations_in_hand",
        "consultations",
        ["claimed_by", *_ORDER],
        postgresql_where=sa.text("state IN ('claimed', 'needs_information')"),
    )
    op.create_index(
        "ix_consultations_queue_second_opinions",
        "consultations",
        _ORDER,
        postgresql_where=sa.text(f"{_WAITING} AND second_opinion_for IS NOT NULL"),
    )
    op.create_index(
        "ix_consultations_queue_late",
        "consultations",
        _ORDER,
        postgresql_where=sa.text(f"{_WAITING} AND escalated_missed_at IS NOT NULL"),
    )
    op.drop_index("ix_consultations_answered_by", table_name="consultations")
    op.create_index(
        "ix_consultations_answered_by",
        "consultations",
        ["answered_by", sa.text("answered_at DESC"), sa.text("consultation_id DESC")],
        postgresql_where=sa.text("answered_by IS NOT NULL"),
    )
    op.drop_index("ix_consultations_claimed_by", table_name="consultations")
    op.create_index(
        "ix_consultations_claimed_by",
        "consultations",
        ["claimed_by"],
        postgresql_where=sa.text("claimed_by IS NOT NULL"),
    )
    op.create_index("ix_users_staff", "users", ["role"], postgresql_where=sa.text("role <> 'user'"))


def downgrade() -> None:
    op.drop_index("ix_users_staff", table_name="users")
    op.drop_index("ix_consultations_claimed_by", table_name="consultations")
    op.create_index(
        "ix_consultations_claimed_by",
        "consultations",
        ["claimed_by", "state", "priority", "due_at"],
        postgresql_where=sa.text("claimed_by IS NOT NULL"),
    )
    op.drop_index("ix_consultations_answered_by", table_name="consultations")
    op.create_index(
        "ix_consultations_answered_by",
        "consultations",
        ["answered_by", sa.text("answered_at DESC")],
        postgresql_where=sa.text("answered_by IS NOT NULL"),
    )
    op.drop_index("ix_consultations_queue_late", table_name="consultations")
    op.drop_index("ix_consultations_queue_second_opinions", table_name="consultations")
    op.drop_index("ix_consultations_in_hand", table_name="consultations")
