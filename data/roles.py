"""What the roles in the database may do.

The product reads and writes rows and never changes the audit; analysts' questions read what is
released and nothing else. The tables belong to another role, the owner, as which only migrations
connect.
"""

from __future__ import annotations

from psycopg import sql
from sqlalchemy import Connection, text

from core.errors import Unavailable
from data.database import one_at_a_time

RELEASED = (
    "released_periods",
    "released_metrics",
    "released_quality",
    "released_pairs",
    "released_ingredients",
    "released_retention",
)
APPEND_ONLY = ("audit_events", "audit_chain")


def grant(connection: Connection, *, to: str | None) -> None:
    """Give the role what the product needs in this database. The owner itself needs nothing."""
    one_at_a_time(connection, "grants")
    if to is None or connection.scalar(text("SELECT current_user")) == to:
        return
    role = sql.Identifier(to)
    statements = [
        sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role),
        sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}").format(
            role
        ),
        sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(role),
        # Statistics: a month's table is made, by its owner's function, when its first row comes.
        sql.SQL("GRANT EXECUTE ON FUNCTION make_partition(text, date) TO {}").format(role),
        sql.SQL("REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {}").format(role),
        *(
            sql.SQL("REVOKE UPDATE, DELETE ON {} FROM {}").format(sql.Identifier(table), role)
            for table in APPEND_ONLY
        ),
    ]
    for statement in statements:
        connection.exec_driver_sql(statement.as_string())


def grant_analyst(connection: Connection, *, to: str | None, product: str | None) -> None:
    """Let the role read what is released, and nothing else. The product's own role is left alone.

    Raises Unavailable when there is no such role: the server's administrator makes it.
    """
    one_at_a_time(connection, "grants")
    owner = connection.scalar(text("SELECT current_user"))
    if to is None or to in (owner, product):
        return
    known = connection.scalar(text("SELECT count(*) FROM pg_roles WHERE rolname = :to"), {"to": to})
    if not known:
        raise Unavailable(
            f"The database has no role {to}, which ANALYST_DATABASE_URL names. Let its "
            f"administrator run: CREATE ROLE {to} LOGIN PASSWORD '…'"
        )
    role = sql.Identifier(to)
    statements = [
        sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(role),
        sql.SQL("REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {}").format(role),
        sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role),
        # partitions are read through their parents
        *(
            sql.SQL("GRANT SELECT ON {} TO {}").format(sql.Identifier(table), role)
            for table in RELEASED
        ),
    ]
    for statement in statements:
        connection.exec_driver_sql(statement.as_string())
