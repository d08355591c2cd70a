"""The way to the database: an engine a process, and one transaction an action.

    with transaction() as session:
        accounts.register(session, …)

The block commits at its end, or not at all. Streamlit's `st.rerun`, `st.stop` and
`st.switch_page` raise: leave the block first, or it rolls back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from typing import Any

import psycopg
from procrastinate.exceptions import ConnectorException
from sqlalchemy import Connection, Engine, create_engine, exc, func, make_url, select, text
from sqlalchemy.orm import Session

from core.errors import Unavailable
from core.settings import analyst_database_url, database_url

AWAY = "The database does not answer. Nothing was changed; try again in a moment."

_in_use: Engine | Connection | None = None  # what tests have put in the place of the engine


def engine() -> Engine | Connection:
    """The engine of this process, for the database that the settings name now."""
    return _in_use if _in_use is not None else _engine(database_url())


@lru_cache(maxsize=3)
def _engine(url: str) -> Engine:
    return create_engine(
        url,
        hide_parameters=True,  # an error's text ends in the log; what people wrote must not
        pool_size=10,
        max_overflow=10,
        pool_timeout=5,  # seconds: an overloaded process says so rather than hang
        pool_pre_ping=True,  # a restarted server costs nobody an error
        connect_args={
            "connect_timeout": 5,
            "application_name": "skincare",
            "options": "-c timezone=UTC -c statement_timeout=30s "
            "-c idle_in_transaction_session_timeout=60s",
        },
    )


def driver_address() -> str:
    """The address for those who use psycopg without SQLAlchemy."""
    plain = make_url(database_url()).set(drivername="postgresql")
    return plain.render_as_string(hide_password=False)


@contextmanager
def transaction() -> Iterator[Session]:
    """One transaction: committed at the end of the block, rolled back when it raises.

    Raises Unavailable when the server is away or has no connection left.
    """
    with _transaction(engine()) as session:
        yield session


@contextmanager
def _transaction(bind: Engine | Connection) -> Iterator[Session]:
    with (
        translated(),
        Session(
            bind,
            expire_on_commit=False,
            join_transaction_mode="create_savepoint",  # in tests: a commit that can be rolled back
        ) as session,
        session.begin(),
    ):
        yield session


@contextmanager
def read() -> Iterator[Session]:
    """A transaction that may only look. The server refuses writes in it."""
    with transaction() as session:
        if _in_use is None:
            # BEGIN READ ONLY: no question of its own, as SET TRANSACTION would be.
            session.connection(execution_options={"postgresql_readonly": True})
        yield session


@contextmanager
def snapshot() -> Iterator[tuple[Session, str]]:
    """As `read`, of one moment however long it takes; and its name, for others to see the same."""
    with read() as session:
        session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        session.execute(text("SET LOCAL statement_timeout = 0"))
        session.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        yield session, session.scalars(select(func.pg_export_snapshot())).one()


@contextmanager
def read_released() -> Iterator[Session]:
    """As `read`, with the role that may read what is released to analysts and nothing else.

    On a read replica where one is named.
    """
    bind = _in_use if _in_use is not None else _engine(analyst_database_url())
    with _transaction(bind) as session:
        if _in_use is None:
            session.connection(execution_options={"postgresql_readonly": True})
        yield session


def now(session: Session) -> datetime:
    """The database's clock, which rules everywhere: when this transaction began."""
    return session.scalars(select(func.now())).one()


def take_time(session: Session) -> None:
    """Let this transaction count for longer than anybody would wait for a page."""
    session.execute(text("SET LOCAL statement_timeout = '30min'"))
    session.execute(text("SET LOCAL work_mem = '128MB'"))


def raw(session: Session) -> psycopg.Connection[Any]:
    """The driver's own connection, within the session's transaction: for COPY."""
    session.flush()
    connection = session.connection().connection.driver_connection
    assert isinstance(connection, psycopg.Connection)  # noqa: S101 (we have no other driver)
    return connection


def one_at_a_time(by: Session | Connection, *names: str) -> None:
    """Until this transaction ends nobody else passes here with one of these names.

    Whoever takes several takes them in the same order everywhere: no deadlock.
    """
    for name in names:
        by.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def leave(url: str) -> None:
    """End this process's connections to a database that is about to be renamed."""
    _engine(url).dispose()


@contextmanager
def use(bind: Engine | Connection | None) -> Iterator[None]:
    """For tests: every session of this process goes to `bind` inside the block.

    None: to where the settings say, whatever is around the block.
    """
    global _in_use
    before, _in_use = _in_use, bind
    try:
        yield
    finally:
        _in_use = before


@contextmanager
def translated() -> Iterator[None]:
    """Turn "the server is away" into a sentence; other errors pass as they are."""
    try:
        yield
    except (exc.OperationalError, exc.InterfaceError, exc.TimeoutError) as error:
        raise Unavailable(AWAY) from error
    except ConnectorException as error:  # the queue's library writes in the same transaction
        if isinstance(error.__cause__, psycopg.OperationalError):  # away, or its disk is full
            raise Unavailable(AWAY) from error
        raise
    except exc.DBAPIError as error:
        if error.connection_invalidated:
            raise Unavailable(AWAY) from error
        raise
