"""A migration that is killed half-way leaves what was there, and can be run again."""

from __future__ import annotations

import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from alembic import command
from sqlalchemy import Engine, NullPool, create_engine, text

from core.postgres import APP, EmbeddedPostgres
from core.settings import ROOT, settings
from data import migrate
from tests.data.schema import Schema, read_schema

pytestmark = [pytest.mark.slow, pytest.mark.alone, pytest.mark.timeout(300)]

_FROM = "0002"  # there are rows, and everything that came since is missing
_ROWS = """
    INSERT INTO users (user_id, email, password_hash, first_name, last_name)
        SELECT gen_random_uuid(), n || '@example.org', '', 'Ada', 'Byron'
        FROM generate_series(1, 3) n;
    INSERT INTO photos (photo_id, user_id, sha256, size, width, height, original_format,
            object_key, wrapped_key)
        SELECT gen_random_uuid(), user_id, '', 1, 1, 1, 'PNG', email, '' FROM users;
    INSERT INTO analysis_results (id, user_id, photo_id, status, reasons, model_version)
        SELECT gen_random_uuid(), user_id, photo_id, 'scored', '{}', '1.0' FROM photos;
"""
_LEFT = "SELECT (SELECT count(*) FROM photos), (SELECT count(*) FROM analysis_results)"


@dataclass(frozen=True)
class Known:
    """What there was before, and what one undisturbed run makes of it."""

    template: str  # the name of a database at `_FROM`, with rows
    before: Schema
    after: Schema
    statements: int  # that it takes


@pytest.fixture(scope="module")
def migrating(postgres: EmbeddedPostgres) -> Iterator[Callable[[str], Engine]]:
    """Makes a database, a copy of the one named, and lets the settings name it.

    Owner and product are two roles, as in the product: what is granted counts too.
    """
    made: list[str] = []
    with pytest.MonkeyPatch.context() as patch:

        def make(template: str) -> Engine:
            made.append(f"killed_{secrets.token_hex(4)}")
            postgres.create_database(made[-1], template=template)
            patch.setenv("DATABASE_URL", postgres.url(made[-1], role=APP))
            patch.setenv("DATABASE_OWNER_URL", postgres.url(made[-1]))
            settings.cache_clear()
            return create_engine(postgres.url(made[-1]), poolclass=NullPool)

        yield make
    settings.cache_clear()
    for name in made:
        postgres.drop_database(name)


@pytest.fixture(scope="module")
def known(migrating: Callable[[str], Engine]) -> Known:
    start = migrating("template0")
    command.upgrade(migrate._config(), _FROM)
    with start.begin() as connection:
        connection.execute(text(_ROWS))
    assert start.url.database is not None
    whole = migrating(start.url.database)
    ran = subprocess.run(_program("count"), cwd=ROOT, check=True, capture_output=True, text=True)
    return Known(start.url.database, _schema(start), _schema(whole), int(ran.stdout))


def _program(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "tests.data.migrating", *arguments]


def _schema(engine: Engine) -> Schema:
    with engine.connect() as connection:
        return read_schema(connection)


def _assert_whole(engine: Engine, known: Known) -> None:
    assert migrate.is_current()
    assert _schema(engine) == known.after
    with engine.connect() as connection:
        assert tuple(connection.execute(text(_LEFT)).one()) == (3, 3)


def test_there_is_something_to_kill(known: Known) -> None:
    assert known.statements > 50
    assert len(known.before) < len(known.after)


@pytest.mark.parametrize("share", [0.1, 0.6, 1], ids=["early", "late", "at the last grant"])
def test_killed_at_any_moment_nothing_has_changed_and_a_second_run_does_all(
    known: Known, migrating: Callable[[str], Engine], share: float
) -> None:
    engine = migrating(known.template)
    at = str(round(known.statements * share))
    assert subprocess.run(_program("die", at), cwd=ROOT, check=False).returncode == -9
    assert _schema(engine) == known.before
    migrate.upgrade()
    _assert_whole(engine, known)


def test_a_second_run_waits_for_a_server_that_has_not_noticed_the_death(
    known: Known, migrating: Callable[[str], Engine]
) -> None:
    engine = migrating(known.template)
    with subprocess.Popen(_program("hang", str(known.statements // 2)), cwd=ROOT) as first:
        asleep = text(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event = 'PgSleep'"
        )
        ends = time.monotonic() + 60
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            while not connection.scalar(asleep):
                assert time.monotonic() < ends
                time.sleep(0.05)
            first.kill()
            assert connection.scalar(asleep), "the server still holds the locks of the dead"
    migrate.upgrade()
    _assert_whole(engine, known)
