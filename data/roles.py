"""What the product's role in the database may do: read and write rows, never change the audit.

The tables belong to another role, the owner, as which only migrations connect.
"""

from __future__ import annotations

from psycopg import sql
from sqlalchemy import Connection, text

from data.database import one_at_a_time

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
