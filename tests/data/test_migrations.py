"""The migrations make the tables that the code describes, from an empty database, once."""

from __future__ import annotations

import secrets
import subprocess
import sys
from collections.abc import Iterator

import pytest
from alembic import command
from sqlalchemy import Engine, NullPool, create_engine, text

from core.postgres import EmbeddedPostgres
from core.settings import ROOT, settings
from data import migrate
from data.tables import Base

pytestmark = pytest.mark.slow

_CONSTRAINTS = """
    SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
    FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
        AND conrelid::regclass::text !~ 'procrastinate|alembic'
"""
_INDEXES = """
    SELECT indexdef FROM pg_indexes
    WHERE schemaname = 'public' AND tablename !~ 'procrastinate|alembic'
"""


@pytest.fixture
def empty(postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """An empty database, which the settings name."""
    name = f"empty_{secrets.token_hex(4)}"
    postgres.create_database(name)
    monkeypatch.setenv("DATABASE_URL", postgres.url(name))
    settings.cache_clear()
    engine = create_engine(postgres.url(name), poolclass=NullPool)
    yield engine
    postgres.drop_database(name)
    monkeypatch.undo()
    settings.cache_clear()


def _all(engine: Engine, query: str) -> set[str]:
    with engine.connect() as connection:
        return set(connection.scalars(text(query)))


def test_an_empty_database_is_brought_up_to_date(empty: Engine) -> None:
    assert not migrate.is_current()
    migrate.upgrade()
    assert migrate.is_current()
    migrate.upgrade()
    assert migrate.is_current()


def test_the_migrations_and_the_classes_agree(empty: Engine) -> None:
    migrate.upgrade()
    command.check(migrate._config())  # raises when a column or a type differs


def test_checks_and_indexes_are_those_of_the_classes_too(empty: Engine) -> None:
    """Alembic does not compare CHECKs: a value added to an enum needs a migration."""
    migrate.upgrade()
    migrated = _all(empty, _CONSTRAINTS), _all(empty, _INDEXES)
    with empty.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    Base.metadata.create_all(empty)
    assert migrated == (_all(empty, _CONSTRAINTS), _all(empty, _INDEXES))
    assert len(migrated[0]) > 40


def test_processes_that_start_together_migrate_once(empty: Engine) -> None:
    program = [sys.executable, "-m", "data.migrate"]
    started = [subprocess.Popen(program, cwd=ROOT) for _ in range(3)]
    assert [process.wait(60) for process in started] == [0, 0, 0]
    assert migrate.is_current()


def test_the_way_down_leaves_nothing(empty: Engine) -> None:
    migrate.upgrade()
    command.downgrade(migrate._config(), "base")
    left = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    assert _all(empty, left) == {"alembic_version"}
    migrate.upgrade()
