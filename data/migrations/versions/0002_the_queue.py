"""The queue: the schema of procrastinate 3.10.0, as that release ships it.

A later release of procrastinate brings its own migration files; each becomes a revision like this.
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    schema = Path(__file__).parent.parent / "procrastinate_3.10.0.sql"
    # By the driver itself: SQLAlchemy would take the % in the functions for parameters.
    driver = op.get_bind().connection.driver_connection
    driver.execute(schema.read_text(encoding="utf-8"))


def downgrade() -> None:
    op.execute("""
        DO $$
        DECLARE thing record;
        BEGIN
            FOR thing IN SELECT tablename AS name FROM pg_tables
                WHERE schemaname = current_schema AND tablename LIKE 'procrastinate\\_%' LOOP
                EXECUTE format('DROP TABLE %I CASCADE', thing.name);
            END LOOP;
            FOR thing IN SELECT p.oid::regprocedure AS name FROM pg_proc p
                WHERE pronamespace = current_schema::regnamespace
                    AND proname LIKE 'procrastinate\\_%' LOOP
                EXECUTE format('DROP FUNCTION %s CASCADE', thing.name);
            END LOOP;
            FOR thing IN SELECT typname AS name FROM pg_type
                WHERE typnamespace = current_schema::regnamespace
                    AND typname LIKE 'procrastinate\\_%' LOOP
                EXECUTE format('DROP TYPE %I CASCADE', thing.name);
            END LOOP;
        END $$
    """)
