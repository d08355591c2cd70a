"""What dermatologists grade, draw, note and answer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_TIME = postgresql.TIMESTAMP(timezone=True)
_METRICS = (
    "'skin_score', 'hydration', 'oiliness', 'elasticity', 'pores', 'redness', 'spots', "
    "'blemishes', 'fine_lines'"
)
_LABELS = (
    "'comedo', 'papule', 'pustule', 'nodule_or_cyst', 'erythema', 'telangiectasia', 'scale', "
    "'lentigo', 'melasma', 'post_inflammatory_hyperpigmentation', 'hypopigmentation', "
    "'naevus', 'keratosis', 'scar', 'wrinkle', 'enlarged_pores', 'milium', "
    "'lesion_to_see_in_person', 'artefact', 'other'"
)


def upgrade() -> None:
    op.create_table(
        "case_readings",
        sa.Column("reading_id", sa.Uuid(), nullable=False),
        sa.Column("consultation_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("reader_id", sa.Uuid(), nullable=True),
        sa.Column("begun_at", _TIME, server_default=sa.text("now()"), nullable=False),
        sa.Column("shown_at", _TIME, nullable=True),
        sa.Column(
            "shown_without_grade", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultations.consultation_id"],
            name=op.f("fk_case_readings_consultation_id_consultations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["reader_id"],
            ["users.user_id"],
            name=op.f("fk_case_readings_reader_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.user_id"],
            name=op.f("fk_case_readings_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("reading_id", name=op.f("pk_case_readings")),
    )
    op.create_index(op.f("ix_case_readings_reader_id"), "case_readings", ["reader_id"])
    op.create_index(op.f("ix_case_readings_user_id"), "case_readings", ["user_id"])
    op.create_index(
        "uq_case_readings_reader", "case_readings", ["consultation_id", "reader_id"], unique=True
    )
    op.create_table(
        "case_gradings",
        sa.Column("grading_id", sa.Uuid(), nullable=False),
        sa.Column("consultation_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("reader_id", sa.Uuid(), nullable=True),
        sa.Column("analysis_id", sa.Uuid(), nullable=True),
        sa.Column("model_version", sa.Text(), nullable=True),
        sa.Column("is_blind", sa.Boolean(), nullable=False),
        sa.Column("graded_at", _TIME, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["analysis_id"],
            ["analysis_results.id"],
            name=op.f("fk_case_gradings_analysis_id_analysis_results"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultations.consultation_id"],
            name=op.f("fk_case_gradings_consultation_id_consultations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["reader_id"],
            ["users.user_id"],
            name=op.f("fk_case_gradings_reader_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.user_id"],
            name=op.f("fk_case_gradings_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("grading_id", name=op.f("pk_case_gradings")),
    )
    op.create_index(op.f("ix_case_gradings_analysis_id"), "case_gradings", ["analysis_id"])
    op.create_index(
        op.f("ix_case_gradings_consultation_id_graded_at"),
        "case_gradings",
        ["consultation_id", "graded_at"],
    )
    op.create_index(op.f("ix_case_gradings_reader_id"), "case_gradings", ["reader_id"])
    op.create_index(op.f("ix_case_gradings_user_id"), "case_gradings", ["user_id"])
    op.create_table(
        "metric_grades",
        sa.Column("grading_id", sa.Uuid(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("value", sa.Float(precision=53), nullable=True),
        sa.CheckConstraint(
            "(value IS NULL) = (verdict = 'cannot_tell')",
            name=op.f("ck_metric_grades_value_or_cannot_tell"),
        ),
        sa.CheckConstraint(
            f"metric IN ({_METRICS})",
            name=op.f("ck_metric_grades_metric"),
        ),
        sa.CheckConstraint(
            "verdict IN ('agree', 'value', 'cannot_tell')", name=op.f("ck_metric_grades_verdict")
        ),
        sa.CheckConstraint("value BETWEEN 0 AND 100", name=op.f("ck_metric_grades_value_0_to_100")),
        sa.ForeignKeyConstraint(
            ["grading_id"],
            ["case_gradings.grading_id"],
            name=op.f("fk_metric_grades_grading_id_case_gradings"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.user_id"],
            name=op.f("fk_metric_grades_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("grading_id", "metric", name=op.f("pk_metric_grades")),
    )
    op.create_index(op.f("ix_metric_grades_user_id"), "metric_grades", ["user_id"])
    op.create_table(
        "severity_grades",
        sa.Column("grading_id", sa.Uuid(), nullable=False),
        sa.Column("scale", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "scale IN ('acne_iga', 'rosacea_nrsec', 'photoageing_glogau')",
            name=op.f("ck_severity_grades_scale"),
        ),
        sa.ForeignKeyConstraint(
            ["grading_id"],
            ["case_gradings.grading_id"],
            name=op.f("fk_severity_grades_grading_id_case_gradings"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.user_id"],
            name=op.f("fk_severity_grades_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("grading_id", "scale", name=op.f("pk_severity_grades")),
    )
    op.create_index(op.f("ix_severity_grades_user_id"), "severity_grades", ["user_id"])
    op.create_table(
        "photo_annotations",
        sa.Column("annotation_id", sa.Uuid(), nullable=False),
        sa.Column("consultation_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("photo_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("shape", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("geometry", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", _TIME, server_default=sa.text("now()"), nullable=False),
        sa.Column("removed_at", _TIME, nullable=True),
        sa.CheckConstraint(
            f"label IN ({_LABELS})",
            name=op.f("ck_photo_annotations_label"),
        ),
        sa.CheckConstraint(
            "shape IN ('point', 'ellipse', 'polygon')", name=op.f("ck_photo_annotations_shape")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["users.user_id"],
            name=op.f("fk_photo_annotations_author_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultations.consultation_id"],
            name=op.f("fk_photo_annotations_consultation_id_consultations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["photo_id"],
            ["photos.photo_id"],
            name=op.f("fk_photo_annotations_photo_id_photos"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.user_id"],
            name=op.f("fk_photo_annotations_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("annotation_id", name=op.f("pk_photo_annotations")),
    )
    op.create_index(op.f("ix_photo_annotations_author_id"), "photo_annotations", ["author_id"])
    op.create_index(
        op.f("ix_photo_annotations_consultation_id_created_at"),
        "photo_annotations",
        ["consultation_id", "created_at"],
    )
    op.create_index(op.f("ix_photo_annotations_photo_id"), "photo_annotations", ["photo_id"])
    op.create_index(op.f("ix_photo_annotations_user_id"), "photo_annotations", ["user_id"])
    op.create_table(
        "case_notes",
        sa.Column("note_id", sa.Uuid(), nullable=False),
        sa.Column("consultation_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", _TIME, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["users.user_id"],
            name=op.f("fk_case_notes_author_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultations.consultation_id"],
            name=op.f("fk_case_notes_consultation_id_consultations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.user_id"],
            name=op.f("fk_case_notes_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("note_id", name=op.f("pk_case_notes")),
    )
    op.create_index(op.f("ix_case_notes_author_id"), "case_notes", ["author_id"])
    op.create_index(
        op.f("ix_case_notes_consultation_id_written_at"),
        "case_notes",
        ["consultation_id", "written_at"],
    )
    op.create_index(op.f("ix_case_notes_user_id"), "case_notes", ["user_id"])
    op.create_table(
        "answer_drafts",
        sa.Column("consultation_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("safety_net", sa.Text(), server_default="", nullable=False),
        sa.Column("saved_at", _TIME, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["users.user_id"],
            name=op.f("fk_answer_drafts_author_id_users"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultations.consultation_id"],
            name=op.f("fk_answer_drafts_consultation_id_consultations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.user_id"],
            name=op.f("fk_answer_drafts_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("consultation_id", "author_id", name=op.f("pk_answer_drafts")),
    )
    op.create_index(op.f("ix_answer_drafts_author_id"), "answer_drafts", ["author_id"])
    op.create_index(op.f("ix_answer_drafts_user_id"), "answer_drafts", ["user_id"])
    op.create_table(
        "referral_letters",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("consultation_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", _TIME, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["users.user_id"],
            name=op.f("fk_referral_letters_author_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultations.consultation_id"],
            name=op.f("fk_referral_letters_consultation_id_consultations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.user_id"],
            name=op.f("fk_referral_letters_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("letter_id", name=op.f("pk_referral_letters")),
    )
    op.create_index(op.f("ix_referral_letters_author_id"), "referral_letters", ["author_id"])
    op.create_index(
        op.f("ix_referral_letters_consultation_id"), "referral_letters", ["consultation_id"]
    )
    op.create_index(op.f("ix_referral_letters_user_id"), "referral_letters", ["user_id"])
    op.create_table(
        "case_times",
        sa.Column("consultation_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("minutes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("counted_at", _TIME, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("minutes >= 0", name=op.f("ck_case_times_minutes_not_negative")),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultations.consultation_id"],
            name=op.f("fk_case_times_consultation_id_consultations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.user_id"],
            name=op.f("fk_case_times_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("consultation_id", name=op.f("pk_case_times")),
    )
    op.create_index(op.f("ix_case_times_user_id"), "case_times", ["user_id"])
    op.create_table(
        "answer_templates",
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("shared_by", sa.Uuid(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", _TIME, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", _TIME, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["shared_by"],
            ["users.user_id"],
            name=op.f("fk_answer_templates_shared_by_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.user_id"],
            name=op.f("fk_answer_templates_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("template_id", name=op.f("pk_answer_templates")),
    )
    op.create_index(
        op.f("ix_answer_templates_user_id_title"), "answer_templates", ["user_id", "title"]
    )


def downgrade() -> None:
    for table in (
        "answer_templates",
        "case_times",
        "referral_letters",
        "answer_drafts",
        "case_notes",
        "photo_annotations",
        "severity_grades",
        "metric_grades",
        "case_gradings",
        "case_readings",
    ):
        op.drop_table(table)
