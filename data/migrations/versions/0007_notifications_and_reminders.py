"""Notifications, what each person wants to be told, reminders, and devices known from before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_KINDS = (
    "'morning_routine', 'evening_routine', 'check_due', 'result_ready', 'real_change', "
    "'dermatologist_replied', 'consultation_update', 'consultation_overdue', 'trial_ended', "
    "'case_waiting', 'case_escalated', 'model_drift', 'new_sign_in', 'password_changed', "
    "'photo_accessed'"
)
_TIME = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "notifications",
        sa.Column("notification_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("about", sa.Uuid(), nullable=True),
        sa.Column("dedupe_key", sa.Text(), nullable=False),
        sa.Column("read_at", _TIME, nullable=True),
        sa.Column("created_at", _TIME, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(f"type IN ({_KINDS})", name=op.f("ck_notifications_type")),
        _owner("notifications"),
        sa.PrimaryKeyConstraint("notification_id", name=op.f("pk_notifications")),
        sa.UniqueConstraint(
            "user_id", "dedupe_key", name=op.f("uq_notifications_user_id_dedupe_key")
        ),
    )
    op.create_index(
        "ix_notifications_newest_first",
        "notifications",
        ["user_id", sa.text("created_at DESC"), sa.text("notification_id DESC")],
    )
    op.create_index(
        "ix_notifications_unread",
        "notifications",
        ["user_id"],
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_index(op.f("ix_notifications_created_at"), "notifications", ["created_at"])
    op.create_table(
        "notification_settings",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=True),
        sa.Column("quiet_from", sa.Time(), nullable=True),
        sa.Column("quiet_until", sa.Time(), nullable=True),
        sa.Column("paused_until", _TIME, nullable=True),
        sa.CheckConstraint(
            "(quiet_from IS NULL) = (quiet_until IS NULL)",
            name=op.f("ck_notification_settings_quiet_from_until"),
        ),
        _owner("notification_settings"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_notification_settings")),
    )
    op.create_table(
        "notification_choices",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("is_wanted", sa.Boolean(), nullable=False),
        sa.CheckConstraint(f"kind IN ({_KINDS})", name=op.f("ck_notification_choices_kind")),
        sa.CheckConstraint(
            "channel IN ('app', 'email')", name=op.f("ck_notification_choices_channel")
        ),
        _owner("notification_choices"),
        sa.PrimaryKeyConstraint("user_id", "kind", "channel", name=op.f("pk_notification_choices")),
    )
    op.create_table(
        "reminders",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("at", sa.Time(), nullable=False),
        sa.Column("every_days", sa.SmallInteger(), server_default="1", nullable=False),
        sa.Column("next_due_at", _TIME, nullable=True),
        sa.Column("due_day", sa.Date(), nullable=True),
        sa.Column("told_day", sa.Date(), nullable=True),
        sa.Column("unanswered", sa.SmallInteger(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "kind IN ('morning_routine', 'evening_routine', 'check_due')",
            name=op.f("ck_reminders_kind"),
        ),
        sa.CheckConstraint("every_days BETWEEN 1 AND 90", name=op.f("ck_reminders_every_days")),
        sa.CheckConstraint(
            "is_on OR next_due_at IS NULL", name=op.f("ck_reminders_none_due_when_off")
        ),
        sa.CheckConstraint(
            "(next_due_at IS NULL) = (due_day IS NULL)", name=op.f("ck_reminders_due_at_and_day")
        ),
        _owner("reminders"),
        sa.PrimaryKeyConstraint("user_id", "kind", name=op.f("pk_reminders")),
    )
    op.create_index(
        "ix_reminders_due",
        "reminders",
        ["next_due_at"],
        postgresql_where=sa.text("next_due_at IS NOT NULL"),
    )
    op.create_table(
        "known_devices",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("device_hash", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("first_seen_at", _TIME, server_default=sa.text("now()"), nullable=False),
        sa.Column("last_seen_at", _TIME, server_default=sa.text("now()"), nullable=False),
        _owner("known_devices"),
        sa.PrimaryKeyConstraint("user_id", "device_hash", name=op.f("pk_known_devices")),
    )
    op.create_index(op.f("ix_known_devices_last_seen_at"), "known_devices", ["last_seen_at"])


def downgrade() -> None:
    for table in (
        "known_devices",
        "reminders",
        "notification_choices",
        "notification_settings",
        "notifications",
    ):
        op.drop_table(table)


def _owner(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["user_id"],
        ["users.user_id"],
        name=op.f(f"fk_{table}_user_id_users"),
        ondelete="CASCADE",
    )
