"""A check of up to five photos, and a row for each version of the model that scored it.

Only adds: the version of the program before this one goes on working on these tables. Earlier
checks become checks of one shot.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_CHECKS = "analysis_results"


def upgrade() -> None:
    op.add_column(_CHECKS, sa.Column("rescored_from", sa.Uuid(), nullable=True))
    op.add_column(_CHECKS, sa.Column("wanted_version", sa.Text(), nullable=True))
    op.add_column(
        _CHECKS, sa.Column("is_current", sa.Boolean(), server_default="true", nullable=False)
    )
    op.add_column(_CHECKS, sa.Column("shot", sa.SmallInteger(), nullable=True))
    op.add_column(_CHECKS, sa.Column("counts", postgresql.JSONB(), nullable=True))
    op.create_check_constraint(
        op.f("ck_analysis_results_shot_1_to_5"), _CHECKS, "shot BETWEEN 1 AND 5"
    )
    op.create_foreign_key(
        op.f("fk_analysis_results_rescored_from_analysis_results"),
        _CHECKS,
        _CHECKS,
        ["rescored_from"],
        ["id"],
        ondelete="CASCADE",
    )
    op.create_unique_constraint(
        op.f("uq_analysis_results_rescored_from_wanted_version"),
        _CHECKS,
        ["rescored_from", "wanted_version"],
    )
    op.create_index(
        "uq_analysis_results_current",
        _CHECKS,
        [sa.text("COALESCE(rescored_from, id)")],
        unique=True,
        postgresql_where=sa.text("is_current"),
    )
    op.create_table(
        "shots",
        sa.Column("analysis_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("photo_id", sa.Uuid(), nullable=False),
        sa.Column("is_scored", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("reasons", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("quality", postgresql.JSONB(), nullable=True),
        sa.Column("ita", sa.Float(precision=53), nullable=True),
        sa.Column("face_values", postgresql.JSONB(), nullable=True),
        sa.CheckConstraint("position BETWEEN 1 AND 5", name=op.f("ck_shots_position_1_to_5")),
        sa.CheckConstraint("NOT is_scored OR reasons = '{}'", name=op.f("ck_shots_scored_or_not")),
        sa.ForeignKeyConstraint(
            ["analysis_id"],
            ["analysis_results.id"],
            name=op.f("fk_shots_analysis_id_analysis_results"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["photo_id"],
            ["photos.photo_id"],
            name=op.f("fk_shots_photo_id_photos"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("analysis_id", "position", name=op.f("pk_shots")),
        sa.UniqueConstraint("analysis_id", "photo_id", name=op.f("uq_shots_analysis_id_photo_id")),
    )
    op.create_index(op.f("ix_shots_photo_id"), "shots", ["photo_id"])
    op.execute("""
        INSERT INTO shots (analysis_id, position, photo_id, is_scored, reasons, quality, ita,
            face_values)
        SELECT a.id, 1, a.photo_id, a.status = 'scored',
            CASE WHEN a.status = 'rejected' THEN a.reasons ELSE '{}' END, a.quality, a.ita,
            (SELECT jsonb_object_agg(s.metric, s.value) FROM metric_scores s
             WHERE s.analysis_id = a.id AND s.region = 'face' AND s.value IS NOT NULL)
        FROM analysis_results a WHERE a.photo_id IS NOT NULL
    """)


def downgrade() -> None:
    op.drop_table("shots")
    op.execute("DELETE FROM analysis_results WHERE rescored_from IS NOT NULL")
    op.drop_index("uq_analysis_results_current", _CHECKS)
    for column in ("rescored_from", "wanted_version", "is_current", "shot", "counts"):
        op.drop_column(_CHECKS, column)
