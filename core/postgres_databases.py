"""The databases on a PostgreSQL server: made, renamed, removed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import psycopg
from psycopg import sql

from core.errors import Conflict, Unavailable
from core.postgres_programs import libpq


class Databases(Protocol):
    """What can be done with whole databases; the embedded server does it, too."""

    def databases(self) -> list[str]: ...

    def create_database(self, name: str) -> None: ...

    def drop_database(self, name: str) -> None: ...

    def rename_database(self, name: str, to: str) -> None: ...


class OwnServer:
    """Somebody's own server, as the role in `url`, which may create databases.

    Raises Unavailable when it may not, or the server does not answer, and Conflict while others
    use a database that is to be renamed.
    """

    def __init__(self, url: str) -> None:
        self._address = libpq(url)

    def databases(self) -> list[str]:
        with self._connected("read") as connection:
            rows = connection.execute("SELECT datname FROM pg_database WHERE NOT datistemplate")
            return [str(name) for (name,) in rows]

    def create_database(self, name: str) -> None:
        """One that exists is left as it is."""
        with self._connected(f"create the database {name}") as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if found.fetchone() is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def drop_database(self, name: str) -> None:
        """Remove a database and end the connections to it."""
        with self._connected(f"remove the database {name}") as connection:
            command = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            connection.execute(command.format(sql.Identifier(name)))

    def rename_database(self, name: str, to: str) -> None:
        with self._connected(f"rename the database {name} to {to}") as connection:
            command = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            connection.execute(command.format(sql.Identifier(name), sql.Identifier(to)))

    @contextmanager
    def _connected(self, to: str) -> Iterator[psycopg.Connection[Any]]:
        """To the database that every server has: one's own cannot be renamed from within."""
        try:
            with psycopg.connect(
                self._address, dbname="postgres", connect_timeout=5, autocommit=True
            ) as connection:
                yield connection
        except psycopg.errors.InsufficientPrivilege:
            raise Unavailable(
                f"The database user may not {to}. Let the server's administrator do it, or allow "
                "the user to: ALTER ROLE … CREATEDB"
            ) from None
        except psycopg.errors.ObjectInUse:
            raise Conflict(
                f"Somebody uses the database; it is not possible to {to}. Stop the product on "
                "every machine."
            ) from None
        except psycopg.OperationalError as error:
            raise Unavailable(f"The database server does not answer: {error}") from None
