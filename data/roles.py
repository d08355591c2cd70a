"""Gives each role in the database the rights of its process (data.rights), and takes all others.

The tables belong to another role, the owner, as which migrations and operators' commands connect.
Several processes may share one role, where a server's administrator has made no more: it gets the
rights of all of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from psycopg import sql
from sqlalchemy import Connection, text

from core.errors import Unavailable
from data.database import one_at_a_time
from data.rights import Process, columns_of, tables_of

_NAMED_BY = {
    Process.WEB: "DATABASE_URL",
    Process.WORKER: "WORKER_DATABASE_URL",
    Process.ANALYST: "ANALYST_DATABASE_URL",
}
_FUNCTIONS = {
    # Statistics: a month's table is made, by its owner's function, when its first row comes.
    Process.WORKER: ("make_partition(text, date)",),
}


def grant(connection: Connection, roles: Mapping[Process, str | None]) -> None:
    """Let each process do in this database what it needs. The owner itself is left alone.

    Raises Unavailable when there is no such role: the server's administrator makes it.
    """
    one_at_a_time(connection, "grants")
    owner = connection.scalar(text("SELECT current_user"))
    processes_of: dict[str, list[Process]] = defaultdict(list)
    for process, role in roles.items():
        if role is not None and role != owner:
            _must_exist(connection, role, _NAMED_BY[process])
            processes_of[role].append(process)
    for role, processes in processes_of.items():
        for statement in _statements(sql.Identifier(role), processes):
            connection.exec_driver_sql(statement.as_string())


def _must_exist(connection: Connection, role: str, setting: str) -> None:
    known = connection.scalar(
        text("SELECT count(*) FROM pg_roles WHERE rolname = :role"), {"role": role}
    )
    if not known:
        raise Unavailable(
            f"The database has no role {role}, which {setting} names. Let its "
            f"administrator run: CREATE ROLE {role} LOGIN PASSWORD '…'"
        )


def _statements(role: sql.Identifier, processes: list[Process]) -> Iterator[sql.Composed]:
    yield sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(role)
    yield sql.SQL("REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {}").format(role)
    for functions in _FUNCTIONS.values():
        for function in functions:
            yield sql.SQL(f"REVOKE ALL ON FUNCTION {function} FROM {{}}").format(role)
    yield sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role)
    for process in processes:
        # partitions are reached through their parents
        for table, rights in tables_of(process).items():
            yield sql.SQL("GRANT {} ON {} TO {}").format(
                sql.SQL(", ").join(map(sql.SQL, sorted(rights))), sql.Identifier(table), role
            )
        for (table, right), columns in columns_of(process).items():
            named = sql.SQL(", ").join(map(sql.Identifier, columns))
            yield sql.SQL("GRANT {} ({}) ON {} TO {}").format(
                sql.SQL(right), named, sql.Identifier(table), role
            )
        if process is not Process.ANALYST:
            yield sql.SQL("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {}").format(role)
        for function in _FUNCTIONS.get(process, ()):
            yield sql.SQL(f"GRANT EXECUTE ON FUNCTION {function} TO {{}}").format(role)
