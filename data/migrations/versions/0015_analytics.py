"""The roll-up and what is released to analysts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# Partitions are made when a row needs them, by a role that may make no tables otherwise.
_MAKE_PARTITION = """
    CREATE FUNCTION make_partition(parent text, day date) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        kind text := CASE parent WHEN 'daily_metrics' THEN 'month' ELSE 'year' END;
        since date := date_trunc(kind, day);
        name text := parent || to_char(since, '"_y"YYYY"m"MM');
    BEGIN
        IF parent NOT IN ('daily_metrics', 'released_metrics', 'released_quality',
                'released_pairs', 'released_ingredients', 'released_retention') THEN
            RAISE EXCEPTION '% is not partitioned', parent;
        END IF;
        IF to_regclass(quote_ident(name)) IS NULL THEN
            PERFORM pg_advisory_xact_lock(hashtextextended('make_partition', 0));
            EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF %I'
                ' FOR VALUES FROM (%L) TO (%L)', name, parent, since,
                (since + ('1 ' || kind)::interval)::date);
        END IF;
    END $$
"""


def upgrade() -> None:
    op.add_column("analysis_results", sa.Column("device", sa.Text()))
    op.create_check_constraint(
        op.f("ck_analysis_results_device"),
        "analysis_results",
        "device IN ('phone', 'tablet', 'computer', 'program')",
    )
    op.create_index(
        op.f("ix_analysis_results_created_at"), "analysis_results", ["created_at"], unique=False
    )
    op.create_table(
        "dirty_days",
        sa.Column("mark_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "marked_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("mark_id", name=op.f("pk_dirty_days")),
    )
    op.create_table(
        "daily_metrics",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("analyses", sa.Integer(), nullable=False),
        sa.Column("total", sa.Float(precision=53), nullable=False),
        sa.Column("squares", sa.Float(precision=53), nullable=False),
        sa.Column("bins", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column("abstained", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "day", "metric", "region", "fact", "value", name=op.f("pk_daily_metrics")
        ),
        postgresql_partition_by="RANGE (day)",
    )
    op.create_table(
        "released_periods",
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column(
            "released_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("period IN ('week', 'block')", name=op.f("ck_released_periods_period")),
        sa.PrimaryKeyConstraint("period", "period_start", name=op.f("pk_released_periods")),
    )
    op.create_table(
        "released_metrics",
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("analyses", sa.Integer(), nullable=True),
        sa.Column("mean", sa.Float(precision=53), nullable=True),
        sa.Column("sd", sa.Float(precision=53), nullable=True),
        sa.Column("mean_noise_sd", sa.Float(precision=53), nullable=True),
        sa.Column("bins", sa.ARRAY(sa.Integer()), nullable=True),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("shape", sa.Text(), nullable=False),
        sa.Column("first", sa.Text(), nullable=False),
        sa.Column("second", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("suppressed_because", sa.Text(), nullable=True),
        sa.Column(
            "released_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("period IN ('week', 'block')", name=op.f("ck_released_metrics_period")),
        sa.CheckConstraint(
            "suppressed_because IN ('few', 'complement')",
            name=op.f("ck_released_metrics_suppressed_because"),
        ),
        sa.CheckConstraint(
            "(people IS NULL) = (suppressed_because IS NOT NULL)",
            name=op.f("ck_released_metrics_shown_or_suppressed"),
        ),
        sa.CheckConstraint(
            "people IS NULL OR people >= 10", name=op.f("ck_released_metrics_floor")
        ),
        sa.PrimaryKeyConstraint(
            "shape",
            "metric",
            "region",
            "period",
            "period_start",
            "first",
            "second",
            name=op.f("pk_released_metrics"),
        ),
        postgresql_partition_by="RANGE (period_start)",
    )
    op.create_table(
        "released_quality",
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("analyses", sa.Integer(), nullable=True),
        sa.Column("mean", sa.Float(precision=53), nullable=True),
        sa.Column("sd", sa.Float(precision=53), nullable=True),
        sa.Column("mean_noise_sd", sa.Float(precision=53), nullable=True),
        sa.Column("bins", sa.ARRAY(sa.Integer()), nullable=True),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("shape", sa.Text(), nullable=False),
        sa.Column("first", sa.Text(), nullable=False),
        sa.Column("second", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("suppressed_because", sa.Text(), nullable=True),
        sa.Column(
            "released_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("period IN ('week', 'block')", name=op.f("ck_released_quality_period")),
        sa.CheckConstraint(
            "suppressed_because IN ('few', 'complement')",
            name=op.f("ck_released_quality_suppressed_because"),
        ),
        sa.CheckConstraint(
            "(people IS NULL) = (suppressed_because IS NOT NULL)",
            name=op.f("ck_released_quality_shown_or_suppressed"),
        ),
        sa.CheckConstraint(
            "people IS NULL OR people >= 10", name=op.f("ck_released_quality_floor")
        ),
        sa.PrimaryKeyConstraint(
            "shape",
            "measure",
            "period",
            "period_start",
            "first",
            "second",
            name=op.f("pk_released_quality"),
        ),
        postgresql_partition_by="RANGE (period_start)",
    )
    op.create_table(
        "released_pairs",
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("other", sa.Text(), nullable=False),
        sa.Column("correlation", sa.Float(precision=53), nullable=True),
        sa.Column("noise_sd", sa.Float(precision=53), nullable=True),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("shape", sa.Text(), nullable=False),
        sa.Column("first", sa.Text(), nullable=False),
        sa.Column("second", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("suppressed_because", sa.Text(), nullable=True),
        sa.Column(
            "released_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "suppressed_because IN ('few', 'complement')",
            name=op.f("ck_released_pairs_suppressed_because"),
        ),
        sa.CheckConstraint(
            "(people IS NULL) = (suppressed_because IS NOT NULL)",
            name=op.f("ck_released_pairs_shown_or_suppressed"),
        ),
        sa.CheckConstraint("people IS NULL OR people >= 10", name=op.f("ck_released_pairs_floor")),
        sa.PrimaryKeyConstraint(
            "metric",
            "other",
            "period_start",
            "shape",
            "first",
            "second",
            name=op.f("pk_released_pairs"),
        ),
        postgresql_partition_by="RANGE (period_start)",
    )
    op.create_table(
        "released_ingredients",
        sa.Column("ingredient", sa.Text(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("mean", sa.Float(precision=53), nullable=True),
        sa.Column("sd", sa.Float(precision=53), nullable=True),
        sa.Column("mean_noise_sd", sa.Float(precision=53), nullable=True),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("shape", sa.Text(), nullable=False),
        sa.Column("first", sa.Text(), nullable=False),
        sa.Column("second", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("suppressed_because", sa.Text(), nullable=True),
        sa.Column(
            "released_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "suppressed_because IN ('few', 'complement')",
            name=op.f("ck_released_ingredients_suppressed_because"),
        ),
        sa.CheckConstraint(
            "(people IS NULL) = (suppressed_because IS NOT NULL)",
            name=op.f("ck_released_ingredients_shown_or_suppressed"),
        ),
        sa.CheckConstraint(
            "people IS NULL OR people >= 10", name=op.f("ck_released_ingredients_floor")
        ),
        sa.PrimaryKeyConstraint(
            "ingredient",
            "metric",
            "period_start",
            "shape",
            "first",
            "second",
            name=op.f("pk_released_ingredients"),
        ),
        postgresql_partition_by="RANGE (period_start)",
    )
    op.create_table(
        "released_retention",
        sa.Column("blocks_later", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("returned", sa.Integer(), nullable=True),
        sa.Column("checks", sa.Float(precision=53), nullable=True),
        sa.Column("checks_noise_sd", sa.Float(precision=53), nullable=True),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("shape", sa.Text(), nullable=False),
        sa.Column("first", sa.Text(), nullable=False),
        sa.Column("second", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("suppressed_because", sa.Text(), nullable=True),
        sa.Column(
            "released_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "suppressed_because IN ('few', 'complement')",
            name=op.f("ck_released_retention_suppressed_because"),
        ),
        sa.CheckConstraint(
            "(people IS NULL) = (suppressed_because IS NOT NULL)",
            name=op.f("ck_released_retention_shown_or_suppressed"),
        ),
        sa.CheckConstraint(
            "people IS NULL OR people >= 10", name=op.f("ck_released_retention_floor")
        ),
        sa.PrimaryKeyConstraint(
            "blocks_later",
            "period_start",
            "shape",
            "first",
            "second",
            name=op.f("pk_released_retention"),
        ),
        postgresql_partition_by="RANGE (period_start)",
    )
    op.create_table(
        "saved_views",
        sa.Column("view_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 80", name=op.f("ck_saved_views_name")),
        sa.CheckConstraint("length(query) <= 2000", name=op.f("ck_saved_views_query")),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.user_id"],
            name=op.f("fk_saved_views_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("view_id", name=op.f("pk_saved_views")),
    )
    op.create_index(
        op.f("ix_saved_views_user_id"),
        "saved_views",
        ["user_id", sa.literal_column("lower(name)")],
        unique=True,
    )
    # what was scored before is counted at the first run
    op.execute(
        "INSERT INTO dirty_days (day)"
        " SELECT DISTINCT (created_at AT TIME ZONE 'UTC')::date FROM analysis_results"
    )
    op.execute(_MAKE_PARTITION)
    op.execute("REVOKE EXECUTE ON FUNCTION make_partition(text, date) FROM PUBLIC")


def downgrade() -> None:
    op.drop_table("saved_views")
    op.drop_table("released_retention")
    op.drop_table("released_ingredients")
    op.drop_table("released_pairs")
    op.drop_table("released_quality")
    op.drop_table("released_metrics")
    op.drop_table("released_periods")
    op.drop_table("daily_metrics")
    op.drop_table("dirty_days")
    op.execute("DROP FUNCTION make_partition(text, date)")
    op.drop_index(op.f("ix_analysis_results_created_at"), table_name="analysis_results")
    op.drop_constraint(op.f("ck_analysis_results_device"), "analysis_results", type_="check")
    op.drop_column("analysis_results", "device")
