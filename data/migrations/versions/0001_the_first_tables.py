"""People, how they sign in, their photos and results."""

# ruff: noqa: E501

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_events",
        sa.Column("event_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column(
            "details", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_audit_events")),
    )
    op.create_index(op.f("ix_audit_events_actor_at"), "audit_events", ["actor", "at"], unique=False)
    op.create_index(
        op.f("ix_audit_events_subject_at"), "audit_events", ["subject", "at"], unique=False
    )
    op.create_table(
        "sign_in_attempts",
        sa.Column("attempt_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column(
            "at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_sign_in_attempts")),
    )
    op.create_index(
        op.f("ix_sign_in_attempts_account_at"), "sign_in_attempts", ["account", "at"], unique=False
    )
    op.create_index(
        op.f("ix_sign_in_attempts_address_at"), "sign_in_attempts", ["address", "at"], unique=False
    )
    op.create_index(op.f("ix_sign_in_attempts_at"), "sign_in_attempts", ["at"], unique=False)
    op.create_table(
        "users",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("first_name", sa.Text(), nullable=False),
        sa.Column("last_name", sa.Text(), nullable=False),
        sa.Column("age", sa.Integer(), nullable=True),
        sa.Column("skin_type", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), server_default="user", nullable=False),
        sa.Column(
            "preferences",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
        sa.Column("is_active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("last_login", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("picture_object_key", sa.Text(), nullable=True),
        sa.Column("picture_wrapped_key", sa.LargeBinary(), nullable=True),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "role IN ('user', 'dermatologist', 'analyst', 'admin')", name=op.f("ck_users_role")
        ),
        sa.CheckConstraint(
            "skin_type IN ('dry', 'oily', 'combination', 'normal', 'sensitive')",
            name=op.f("ck_users_skin_type"),
        ),
        sa.CheckConstraint("age BETWEEN 13 AND 120", name=op.f("ck_users_age")),
        sa.CheckConstraint("length(email) <= 254", name=op.f("ck_users_email_length")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_users")),
        sa.UniqueConstraint("picture_object_key", name=op.f("uq_users_picture_object_key")),
    )
    op.create_index("uq_users_email", "users", [sa.literal_column("lower(email)")], unique=True)
    op.create_table(
        "auth_sessions",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.Column("address_hint", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "last_seen_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("expires_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.user_id"],
            name=op.f("fk_auth_sessions_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_auth_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_auth_sessions_token_hash")),
    )
    op.create_index(
        op.f("ix_auth_sessions_expires_at"), "auth_sessions", ["expires_at"], unique=False
    )
    op.create_index(op.f("ix_auth_sessions_user_id"), "auth_sessions", ["user_id"], unique=False)
    op.create_table(
        "consents",
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column(
            "given_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("withdrawn_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint(
            "purpose IN ('analysis', 'dermatologist', 'statistics', 'model_improvement')",
            name=op.f("ck_consents_purpose"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.user_id"],
            name=op.f("fk_consents_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("consent_id", name=op.f("pk_consents")),
    )
    op.create_index(
        op.f("ix_consents_user_id_given_at"), "consents", ["user_id", "given_at"], unique=False
    )
    op.create_index(
        "uq_consents_in_force",
        "consents",
        ["user_id", "purpose"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_table(
        "erasures",
        sa.Column("erasure_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("pseudonym", sa.Text(), nullable=False),
        sa.Column(
            "requested_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("due_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("erased_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("erased", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.user_id"],
            name=op.f("fk_erasures_user_id_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("erasure_id", name=op.f("pk_erasures")),
    )
    op.create_index(
        "ix_erasures_due",
        "erasures",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("erased_at IS NULL"),
    )
    op.create_index(
        "uq_erasures_waiting",
        "erasures",
        ["user_id"],
        unique=True,
        postgresql_where=sa.text("erased_at IS NULL"),
    )
    op.create_table(
        "photos",
        sa.Column("photo_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("original_format", sa.Text(), nullable=False),
        sa.Column("object_key", sa.Text(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.user_id"], name=op.f("fk_photos_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("photo_id", name=op.f("pk_photos")),
        sa.UniqueConstraint("object_key", name=op.f("uq_photos_object_key")),
    )
    op.create_index(
        op.f("ix_photos_user_id_created_at"), "photos", ["user_id", "created_at"], unique=False
    )
    op.create_table(
        "sign_in_tickets",
        sa.Column("ticket_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("visitor_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.user_id"],
            name=op.f("fk_sign_in_tickets_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("ticket_hash", name=op.f("pk_sign_in_tickets")),
    )
    op.create_index(
        op.f("ix_sign_in_tickets_expires_at"), "sign_in_tickets", ["expires_at"], unique=False
    )
    op.create_index(
        op.f("ix_sign_in_tickets_user_id"), "sign_in_tickets", ["user_id"], unique=False
    )
    op.create_table(
        "user_keys",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("master_version", sa.Integer(), nullable=False),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.user_id"],
            name=op.f("fk_user_keys_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_user_keys")),
    )
    op.create_table(
        "analysis_results",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("photo_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), server_default="queued", nullable=False),
        sa.Column("stage", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("reasons", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("skin_score", sa.Float(precision=53), nullable=True),
        sa.Column("hydration", sa.Float(precision=53), nullable=True),
        sa.Column("oiliness", sa.Float(precision=53), nullable=True),
        sa.Column("elasticity", sa.Float(precision=53), nullable=True),
        sa.Column("pores", sa.Float(precision=53), nullable=True),
        sa.Column("quality", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("ita", sa.Float(precision=53), nullable=True),
        sa.Column("model_version", sa.Text(), nullable=True),
        sa.Column("ms", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("maps_object_key", sa.Text(), nullable=True),
        sa.Column("maps_wrapped_key", sa.LargeBinary(), nullable=True),
        sa.Column("idempotency_key", sa.Text(), nullable=True),
        sa.Column("is_demonstration", sa.Boolean(), server_default="false", nullable=False),
        sa.Column(
            "created_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "stage IN ('waiting', 'opening', 'face', 'quality', 'skin', 'scoring', 'saving', 'done')",
            name=op.f("ck_analysis_results_stage"),
        ),
        sa.CheckConstraint(
            "status <> 'scored' OR model_version IS NOT NULL",
            name=op.f("ck_analysis_results_scored_has_a_model_version"),
        ),
        sa.CheckConstraint(
            "status IN ('queued', 'running', 'scored', 'rejected', 'failed')",
            name=op.f("ck_analysis_results_status"),
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_analysis_results_attempts")),
        sa.CheckConstraint(
            "elasticity BETWEEN 0 AND 100", name=op.f("ck_analysis_results_elasticity_0_to_100")
        ),
        sa.CheckConstraint(
            "hydration BETWEEN 0 AND 100", name=op.f("ck_analysis_results_hydration_0_to_100")
        ),
        sa.CheckConstraint(
            "oiliness BETWEEN 0 AND 100", name=op.f("ck_analysis_results_oiliness_0_to_100")
        ),
        sa.CheckConstraint(
            "photo_id IS NOT NULL OR is_demonstration", name=op.f("ck_analysis_results_has_a_photo")
        ),
        sa.CheckConstraint(
            "pores BETWEEN 0 AND 100", name=op.f("ck_analysis_results_pores_0_to_100")
        ),
        sa.CheckConstraint(
            "skin_score BETWEEN 0 AND 100", name=op.f("ck_analysis_results_skin_score_0_to_100")
        ),
        sa.ForeignKeyConstraint(
            ["photo_id"],
            ["photos.photo_id"],
            name=op.f("fk_analysis_results_photo_id_photos"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.user_id"],
            name=op.f("fk_analysis_results_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_analysis_results")),
        sa.UniqueConstraint("maps_object_key", name=op.f("uq_analysis_results_maps_object_key")),
        sa.UniqueConstraint(
            "photo_id", "model_version", name=op.f("uq_analysis_results_photo_id_model_version")
        ),
        sa.UniqueConstraint(
            "user_id", "idempotency_key", name=op.f("uq_analysis_results_user_id_idempotency_key")
        ),
    )
    op.create_index(
        "ix_analysis_results_newest_first",
        "analysis_results",
        ["user_id", sa.literal_column("created_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_analysis_results_unfinished",
        "analysis_results",
        ["updated_at"],
        unique=False,
        postgresql_where=sa.text("status IN ('queued', 'running')"),
    )
    op.create_table(
        "metric_scores",
        sa.Column("analysis_id", sa.Uuid(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("value", sa.Float(precision=53), nullable=True),
        sa.Column("low", sa.Float(precision=53), nullable=True),
        sa.Column("high", sa.Float(precision=53), nullable=True),
        sa.Column("abstained_because", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "metric IN ('skin_score', 'hydration', 'oiliness', 'elasticity', 'pores', 'redness', 'spots', 'blemishes', 'fine_lines')",
            name=op.f("ck_metric_scores_metric"),
        ),
        sa.CheckConstraint(
            "region IN ('face', 'forehead', 'nose', 'left_cheek', 'right_cheek', 'left_under_eye', 'right_under_eye', 'chin')",
            name=op.f("ck_metric_scores_region"),
        ),
        sa.CheckConstraint("high BETWEEN 0 AND 100", name=op.f("ck_metric_scores_high_0_to_100")),
        sa.CheckConstraint("low BETWEEN 0 AND 100", name=op.f("ck_metric_scores_low_0_to_100")),
        sa.CheckConstraint(
            "num_nulls(value, low, high) IN (0, 3) AND (value IS NULL) = (abstained_because IS NOT NULL) AND (value IS NULL OR (low <= value AND value <= high))",
            name=op.f("ck_metric_scores_measured_or_abstained"),
        ),
        sa.CheckConstraint("value BETWEEN 0 AND 100", name=op.f("ck_metric_scores_value_0_to_100")),
        sa.ForeignKeyConstraint(
            ["analysis_id"],
            ["analysis_results.id"],
            name=op.f("fk_metric_scores_analysis_id_analysis_results"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("analysis_id", "region", "metric", name=op.f("pk_metric_scores")),
    )


def downgrade() -> None:
    for table in (
        "metric_scores",
        "analysis_results",
        "user_keys",
        "sign_in_tickets",
        "photos",
        "erasures",
        "consents",
        "auth_sessions",
        "users",
        "sign_in_attempts",
        "audit_events",
    ):
        op.drop_table(table)
