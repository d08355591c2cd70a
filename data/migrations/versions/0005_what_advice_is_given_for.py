"""What advice asks of a person, and what it answered.

Only adds: the version of the program before this one goes on working on these tables.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_PURPOSES = "'analysis', 'dermatologist', 'statistics', 'model_improvement'"


def upgrade() -> None:
    op.drop_constraint(op.f("ck_consents_purpose"), "consents")
    op.create_check_constraint(
        op.f("ck_consents_purpose"), "consents", f"purpose IN ({_PURPOSES}, 'health_answers')"
    )
    op.add_column("analysis_results", sa.Column("recommendations", postgresql.JSONB()))
    words = postgresql.ARRAY(sa.Text())
    moment = postgresql.TIMESTAMP(timezone=True)
    op.create_table(
        "health_answers",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("pregnancy", sa.Text()),
        sa.Column("allergies", words),
        sa.Column("conditions", words),
        sa.Column("medicines", words),
        sa.Column("uses", words),
        sa.Column("budget", sa.Text()),
        sa.Column("country", sa.Text()),
        sa.Column("free_of", words, server_default="{}", nullable=False),
        sa.Column("reacted_to", words, server_default="{}", nullable=False),
        sa.Column("created_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "pregnancy IN ('none', 'pregnant', 'planning', 'breastfeeding')",
            name=op.f("ck_health_answers_pregnancy"),
        ),
        sa.CheckConstraint(
            "budget IN ('low', 'medium', 'high')", name=op.f("ck_health_answers_budget")
        ),
        sa.CheckConstraint("country ~ '^[A-Z]{2}$'", name=op.f("ck_health_answers_country")),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.user_id"],
            name=op.f("fk_health_answers_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_health_answers")),
    )
    op.create_table(
        "earlier_advice",
        sa.Column("advice_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("analysis_id", sa.Uuid(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("replaced_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.user_id"],
            name=op.f("fk_earlier_advice_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["analysis_id"],
            ["analysis_results.id"],
            name=op.f("fk_earlier_advice_analysis_id_analysis_results"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("advice_id", name=op.f("pk_earlier_advice")),
    )
    op.create_index(
        op.f("ix_earlier_advice_analysis_id_replaced_at"),
        "earlier_advice",
        ["analysis_id", "replaced_at"],
    )
    op.create_index(op.f("ix_earlier_advice_user_id"), "earlier_advice", ["user_id"])


def downgrade() -> None:
    op.drop_table("earlier_advice")
    op.drop_table("health_answers")
    op.drop_column("analysis_results", "recommendations")
    op.execute("DELETE FROM consents WHERE purpose = 'health_answers'")
    op.drop_constraint(op.f("ck_consents_purpose"), "consents")
    op.create_check_constraint(op.f("ck_consents_purpose"), "consents", f"purpose IN ({_PURPOSES})")
