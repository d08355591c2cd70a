"""Mail on its way, addresses that are verified, links that reset a password."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
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
        "mailed_links",
        sa.Column("link_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("asked_at", _TIME, server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.Column("used_at", _TIME, nullable=True),
        sa.CheckConstraint("purpose IN ('reset', 'verify')", name=op.f("ck_mailed_links_purpose")),
        _owner("mailed_links"),
        sa.PrimaryKeyConstraint("link_id", name=op.f("pk_mailed_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_mailed_links_token_hash")),
    )
    for columns in (["user_id"], ["account", "asked_at"], ["origin", "asked_at"], ["asked_at"]):
        name = f"ix_mailed_links_{'_'.join(columns)}"
        op.create_index(op.f(name), "mailed_links", columns)
    op.create_table(
        "email_outbox",
        sa.Column("mail_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("letter", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("link_id", sa.Uuid(), nullable=True),
        sa.Column("dedupe_key", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("refusals", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("last_problem", sa.Text(), nullable=True),
        sa.Column("next_try_at", _TIME, server_default=sa.text("now()"), nullable=False),
        sa.Column("give_up_at", _TIME, nullable=False),
        sa.Column("sent_at", _TIME, nullable=True),
        sa.Column("given_up_at", _TIME, nullable=True),
        sa.Column("created_at", _TIME, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "letter IN ('news', 'verify_address', 'finish_registration', 'already_registered', "
            "'reset_password')",
            name=op.f("ck_email_outbox_letter"),
        ),
        sa.CheckConstraint(f"kind IN ({_KINDS})", name=op.f("ck_email_outbox_kind")),
        sa.CheckConstraint(
            "(letter = 'news') = (kind IS NOT NULL)", name=op.f("ck_email_outbox_kind_of_news")
        ),
        sa.CheckConstraint(
            "sent_at IS NULL OR given_up_at IS NULL", name=op.f("ck_email_outbox_one_end")
        ),
        sa.ForeignKeyConstraint(
            ["link_id"],
            ["mailed_links.link_id"],
            name=op.f("fk_email_outbox_link_id_mailed_links"),
            ondelete="CASCADE",
        ),
        _owner("email_outbox"),
        sa.PrimaryKeyConstraint("mail_id", name=op.f("pk_email_outbox")),
        sa.UniqueConstraint("message_id", name=op.f("uq_email_outbox_message_id")),
        sa.UniqueConstraint(
            "user_id", "dedupe_key", name=op.f("uq_email_outbox_user_id_dedupe_key")
        ),
    )
    op.create_index(
        "ix_email_outbox_due",
        "email_outbox",
        ["next_try_at"],
        postgresql_where=sa.text("sent_at IS NULL AND given_up_at IS NULL"),
    )
    op.create_index(op.f("ix_email_outbox_link_id"), "email_outbox", ["link_id"])
    op.create_index(op.f("ix_email_outbox_created_at"), "email_outbox", ["created_at"])
    op.create_table(
        "verified_addresses",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("verified_at", _TIME, server_default=sa.text("now()"), nullable=False),
        _owner("verified_addresses"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_verified_addresses")),
    )
    op.create_table(
        "pending_accounts",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", _TIME, server_default=sa.text("now()"), nullable=False),
        _owner("pending_accounts"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_pending_accounts")),
    )
    op.create_index(op.f("ix_pending_accounts_created_at"), "pending_accounts", ["created_at"])


def downgrade() -> None:
    for table in ("pending_accounts", "verified_addresses", "email_outbox", "mailed_links"):
        op.drop_table(table)


def _owner(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["user_id"],
        ["users.user_id"],
        name=op.f(f"fk_{table}_user_id_users"),
        ondelete="CASCADE",
    )
