"""Questions to dermatologists, their messages and photos, and when dermatologists are away."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_TIME = postgresql.TIMESTAMP(timezone=True)
_STATES = (
    "'pending', 'claimed', 'needs_information', 'escalated', 'answered', 'referred', 'closed', "
    "'withdrawn'"
)
_BODY_SITES = (
    "'forehead', 'around_the_eyes', 'nose', 'cheeks', 'around_the_mouth', 'chin_or_jaw', 'ears', "
    "'scalp', 'neck', 'whole_face', 'elsewhere'"
)


def upgrade() -> None:
    op.create_table(
        "dermatologist_absences",
        sa.Column("absence_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", _TIME, nullable=False),
        sa.Column("ends_at", _TIME, nullable=False),
        sa.CheckConstraint(
            "ends_at > starts_at", name=op.f("ck_dermatologist_absences_ends_after_it_starts")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.user_id"],
            name=op.f("fk_dermatologist_absences_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("absence_id", name=op.f("pk_dermatologist_absences")),
    )
    op.create_index(
        op.f("ix_dermatologist_absences_user_id_ends_at"),
        "dermatologist_absences",
        ["user_id", "ends_at"],
    )
    op.create_table(
        "consultations",
        sa.Column("consultation_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("analysis_id", sa.Uuid(), nullable=True),
        sa.Column("consent_id", sa.Uuid(), nullable=True),
        sa.Column("consent_withdrawn_at", _TIME, nullable=True),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("body_site", sa.Text(), nullable=True),
        sa.Column("duration", sa.Text(), nullable=True),
        sa.Column("symptoms", sa.Text(), nullable=True),
        sa.Column("treatments_tried", sa.Text(), nullable=True),
        sa.Column("medicines", sa.Text(), nullable=True),
        sa.Column("allergies", sa.Text(), nullable=True),
        sa.Column("pregnancy", sa.Text(), nullable=True),
        sa.Column("flags", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.Text(), server_default="pending", nullable=False),
        sa.Column("claimed_by", sa.Uuid(), nullable=True),
        sa.Column("claimed_at", _TIME, nullable=True),
        sa.Column("last_active_at", _TIME, nullable=True),
        sa.Column("assigned_to", sa.Uuid(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("first_reader", sa.Uuid(), nullable=True),
        sa.Column("second_opinion_for", sa.Text(), nullable=True),
        sa.Column("due_at", _TIME, nullable=False),
        sa.Column("paused_at", _TIME, nullable=True),
        sa.Column("next_escalation_at", _TIME, nullable=True),
        sa.Column("escalated_half_at", _TIME, nullable=True),
        sa.Column("escalated_80_at", _TIME, nullable=True),
        sa.Column("escalated_missed_at", _TIME, nullable=True),
        sa.Column("rating", sa.SmallInteger(), nullable=True),
        sa.Column("rating_comment", sa.Text(), nullable=True),
        sa.Column("created_at", _TIME, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", _TIME, server_default=sa.text("now()"), nullable=False),
        sa.Column("answered_at", _TIME, nullable=True),
        sa.Column("closed_at", _TIME, nullable=True),
        sa.CheckConstraint(
            f"body_site IN ({_BODY_SITES})", name=op.f("ck_consultations_body_site")
        ),
        sa.CheckConstraint(
            "duration IN ('days', 'weeks', 'months', 'years', 'always', 'unknown')",
            name=op.f("ck_consultations_duration"),
        ),
        sa.CheckConstraint(
            "pregnancy IN ('none', 'pregnant', 'planning', 'breastfeeding')",
            name=op.f("ck_consultations_pregnancy"),
        ),
        sa.CheckConstraint(
            "second_opinion_for IN ('user', 'dermatologist')",
            name=op.f("ck_consultations_second_opinion_for"),
        ),
        sa.CheckConstraint(f"state IN ({_STATES})", name=op.f("ck_consultations_state")),
        sa.CheckConstraint(
            "length(question) BETWEEN 1 AND 2000", name=op.f("ck_consultations_question_length")
        ),
        sa.CheckConstraint("priority BETWEEN 0 AND 3", name=op.f("ck_consultations_priority")),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name=op.f("ck_consultations_rating")),
        sa.ForeignKeyConstraint(
            ["analysis_id"],
            ["analysis_results.id"],
            name=op.f("fk_consultations_analysis_id_analysis_results"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"],
            ["users.user_id"],
            name=op.f("fk_consultations_answered_by_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["assigned_to"],
            ["users.user_id"],
            name=op.f("fk_consultations_assigned_to_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["claimed_by"],
            ["users.user_id"],
            name=op.f("fk_consultations_claimed_by_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["consent_id"],
            ["consents.consent_id"],
            name=op.f("fk_consultations_consent_id_consents"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["first_reader"],
            ["users.user_id"],
            name=op.f("fk_consultations_first_reader_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.user_id"],
            name=op.f("fk_consultations_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("consultation_id", name=op.f("pk_consultations")),
    )
    op.create_index(op.f("ix_consultations_analysis_id"), "consultations", ["analysis_id"])
    op.create_index(
        "ix_consultations_answered_by",
        "consultations",
        ["answered_by", sa.literal_column("answered_at DESC")],
        postgresql_where=sa.text("answered_by IS NOT NULL"),
    )
    op.create_index(
        "ix_consultations_assigned_to",
        "consultations",
        ["assigned_to", "priority", "due_at"],
        postgresql_where=sa.text("assigned_to IS NOT NULL"),
    )
    op.create_index(
        "ix_consultations_claimed_by",
        "consultations",
        ["claimed_by", "state", "priority", "due_at"],
        postgresql_where=sa.text("claimed_by IS NOT NULL"),
    )
    op.create_index(op.f("ix_consultations_consent_id"), "consultations", ["consent_id"])
    op.create_index(
        "ix_consultations_first_reader",
        "consultations",
        ["first_reader"],
        postgresql_where=sa.text("first_reader IS NOT NULL"),
    )
    op.create_index(
        "ix_consultations_idle",
        "consultations",
        ["last_active_at"],
        postgresql_where=sa.text("state = 'claimed'"),
    )
    op.create_index(
        "ix_consultations_newest_first",
        "consultations",
        [
            "user_id",
            sa.literal_column("created_at DESC"),
            sa.literal_column("consultation_id DESC"),
        ],
    )
    op.create_index(
        "ix_consultations_oldest",
        "consultations",
        ["created_at"],
        postgresql_where=sa.text("state IN ('pending', 'escalated')"),
    )
    op.create_index(
        "ix_consultations_queue",
        "consultations",
        ["priority", "due_at", "consultation_id"],
        postgresql_where=sa.text("state IN ('pending', 'escalated')"),
    )
    op.create_index(
        "ix_consultations_queue_by_site",
        "consultations",
        ["body_site", "priority", "due_at", "consultation_id"],
        postgresql_where=sa.text("state IN ('pending', 'escalated')"),
    )
    op.create_index(
        "ix_consultations_to_close",
        "consultations",
        ["updated_at"],
        postgresql_where=sa.text("state IN ('answered', 'referred', 'needs_information')"),
    )
    op.create_index(
        "ix_consultations_to_escalate",
        "consultations",
        ["next_escalation_at"],
        postgresql_where=sa.text("next_escalation_at IS NOT NULL"),
    )
    op.create_table(
        "consultation_messages",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("consultation_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sent_at", _TIME, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "author IN ('user', 'dermatologist')", name=op.f("ck_consultation_messages_author")
        ),
        sa.CheckConstraint(
            "kind IN ('message', 'information_request', 'answer', 'amendment', 'second_opinion')",
            name=op.f("ck_consultation_messages_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["users.user_id"],
            name=op.f("fk_consultation_messages_author_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultations.consultation_id"],
            name=op.f("fk_consultation_messages_consultation_id_consultations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.user_id"],
            name=op.f("fk_consultation_messages_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_consultation_messages")),
    )
    op.create_index(
        "ix_consultation_messages_author_id",
        "consultation_messages",
        ["author_id"],
        postgresql_where=sa.text("author_id IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_consultation_messages_consultation_id_sent_at_message_id"),
        "consultation_messages",
        ["consultation_id", "sent_at", "message_id"],
    )
    op.create_index(op.f("ix_consultation_messages_user_id"), "consultation_messages", ["user_id"])
    op.create_table(
        "consultation_photos",
        sa.Column("consultation_id", sa.Uuid(), nullable=False),
        sa.Column("view", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("photo_id", sa.Uuid(), nullable=True),
        sa.Column("missing_reason", sa.Text(), nullable=True),
        sa.Column("problems", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.CheckConstraint(
            "view IN ('overview', 'close_up', 'side')", name=op.f("ck_consultation_photos_view")
        ),
        sa.CheckConstraint(
            "num_nonnulls(photo_id, missing_reason) = 1",
            name=op.f("ck_consultation_photos_photo_or_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultations.consultation_id"],
            name=op.f("fk_consultation_photos_consultation_id_consultations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["photo_id"],
            ["photos.photo_id"],
            name=op.f("fk_consultation_photos_photo_id_photos"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.user_id"],
            name=op.f("fk_consultation_photos_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("consultation_id", "view", name=op.f("pk_consultation_photos")),
    )
    op.create_index(op.f("ix_consultation_photos_photo_id"), "consultation_photos", ["photo_id"])
    op.create_index(op.f("ix_consultation_photos_user_id"), "consultation_photos", ["user_id"])
    op.create_table(
        "consultation_attachments",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("photo_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["consultation_messages.message_id"],
            name=op.f("fk_consultation_attachments_message_id_consultation_messages"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["photo_id"],
            ["photos.photo_id"],
            name=op.f("fk_consultation_attachments_photo_id_photos"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.user_id"],
            name=op.f("fk_consultation_attachments_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("message_id", "position", name=op.f("pk_consultation_attachments")),
    )
    op.create_index(
        op.f("ix_consultation_attachments_photo_id"), "consultation_attachments", ["photo_id"]
    )
    op.create_index(
        op.f("ix_consultation_attachments_user_id"), "consultation_attachments", ["user_id"]
    )


def downgrade() -> None:
    for table in (
        "consultation_attachments",
        "consultation_messages",
        "consultation_photos",
        "consultations",
        "dermatologist_absences",
    ):
        op.drop_table(table)
