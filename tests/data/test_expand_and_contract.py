"""Code of the version before runs on the new schema: migrations expand first and contract later.

What a migration takes away it names itself, with the released revision whose code needs it no more:

    contracts = {"column users.nickname is gone": ("0018", "Names are read from profiles.")}
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest
from alembic import command
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, Engine, NullPool, create_engine, text

from core.postgres import EmbeddedPostgres
from core.settings import ROOT
from data import migrate
from tests.data.schema import narrowed, read_schema

pytestmark = pytest.mark.slow

_MIGRATIONS = ROOT / "data" / "migrations"
_RELEASED = {
    file: digest
    for digest, file in map(str.split, (_MIGRATIONS / "released.sha256").read_text().splitlines())
}


def _revisions() -> list[Script]:
    """Oldest first."""
    directory = ScriptDirectory.from_config(migrate._config())
    return list(directory.walk_revisions())[::-1]


def _is_released(revision: Script) -> bool:
    return str(_path(revision)) in _RELEASED


def _path(revision: Script) -> str:
    return revision.path.removeprefix(f"{_MIGRATIONS}/")


def _contracts(revision: Script) -> dict[str, tuple[str, str]]:
    declared: dict[str, tuple[str, str]] = getattr(revision.module, "contracts", {})
    return declared


@pytest.mark.parametrize("file", _RELEASED)
def test_a_released_migration_is_as_it_was_released(file: str) -> None:
    content = (_MIGRATIONS / file).read_bytes()
    assert hashlib.sha256(content).hexdigest() == _RELEASED[file], "write a new migration instead"


def test_what_is_released_comes_first() -> None:
    released = [_is_released(revision) for revision in _revisions()]
    assert released == sorted(released, reverse=True)
    assert released[0]


def test_code_of_the_release_before_runs_on_the_schema_of_every_newer_migration(
    empty: Engine,
) -> None:
    revisions = _revisions()
    last_released = [r for r in revisions if _is_released(r)][-1]
    command.upgrade(migrate._config(), last_released.revision)
    with empty.connect() as connection:
        before = read_schema(connection)
    known: set[str] = set()
    for revision in revisions[revisions.index(last_released) + 1 :]:
        command.upgrade(migrate._config(), revision.revision)
        with empty.connect() as connection:
            found = narrowed(before, connection)
        declared = set(_contracts(revision))
        assert found - known == declared, f"{revision.revision}: see docs/decisions/migrations.md"
        known |= found
    command.upgrade(migrate._config(), "head")


def test_what_is_taken_away_was_given_up_in_a_release_before() -> None:
    revisions = {revision.revision: revision for revision in _revisions()}
    for revision in revisions.values():
        for what, (given_up, reason) in _contracts(revision).items():
            assert _is_released(revisions[given_up]), f"{what}: {given_up} is not released yet"
            assert given_up < revision.revision
            assert reason.endswith(".")


# ------------------------------------------------------------- what the rule finds, and what not

_BEFORE = """
    CREATE TABLE people (id int PRIMARY KEY, mail text NOT NULL UNIQUE, role text DEFAULT 'user',
        note text, age int CHECK (age > 0));
    CREATE INDEX by_note ON people (note);
    CREATE TABLE photos (id int PRIMARY KEY, owner int REFERENCES people (id));
    CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS 'SELECT 2 * n';
    CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
    CREATE TYPE mood AS ENUM ('good', 'bad');
"""
_HARMS = {
    "DROP TABLE photos": "table photos is gone",
    "ALTER TABLE photos RENAME TO pictures": "table photos is gone",
    "ALTER TABLE people DROP note": "column people note is gone",
    "ALTER TABLE people ALTER id TYPE bigint": "column people id is different",
    "ALTER TABLE people ALTER note SET NOT NULL": "column people note is different",
    "ALTER TABLE people ALTER mail DROP NOT NULL": "column people mail is different",
    "ALTER TABLE people ALTER role DROP DEFAULT": "column people role is different",
    "ALTER TABLE people ADD plan text NOT NULL": "column people plan is new",
    "ALTER TABLE people ADD CONSTRAINT short CHECK (length(note) < 9)": (
        "constraint people short is new"
    ),
    "ALTER TABLE people ADD plan text CONSTRAINT given CHECK (plan IS NOT NULL)": (
        "constraint people given is new"
    ),
    "ALTER TABLE people DROP CONSTRAINT people_age_check": (
        "constraint people people_age_check is gone"
    ),
    "ALTER TABLE photos DROP CONSTRAINT photos_owner_fkey": (
        "constraint photos photos_owner_fkey is gone"
    ),
    "CREATE UNIQUE INDEX one_note ON people (note)": "index people one_note is new",
    "ALTER TABLE people ENABLE ROW LEVEL SECURITY": "table people is different",
    "CREATE POLICY own ON people USING (id = 1)": "policy people own is new",
    "CREATE TRIGGER no BEFORE UPDATE ON people EXECUTE FUNCTION nothing()": (
        "trigger people no is new"
    ),
    "DROP FUNCTION twice": "function twice(integer) is gone",
    "ALTER TYPE mood ADD VALUE 'fair'": "type mood is different",
}
_HARMLESS = [
    "CREATE TABLE letters (id int PRIMARY KEY, person int NOT NULL REFERENCES people (id))",
    "ALTER TABLE people ADD plan text",
    "ALTER TABLE people ADD plan text NOT NULL DEFAULT 'free'",
    "ALTER TABLE people ADD number int GENERATED ALWAYS AS IDENTITY",
    "ALTER TABLE people ADD plan text DEFAULT 'free' CHECK (plan IN ('free', 'paid'))",
    "ALTER TABLE people ADD friend int UNIQUE REFERENCES people (id)",
    "CREATE INDEX by_age ON people (age)",
    "DROP INDEX by_note",
    "CREATE FUNCTION thrice(n int) RETURNS int LANGUAGE sql AS 'SELECT 3 * n'",
]


@pytest.fixture(scope="module")
def small(postgres: EmbeddedPostgres) -> Iterator[Engine]:
    """A database with `_BEFORE` in it and nothing else."""
    name = f"small_{hashlib.sha256(_BEFORE.encode()).hexdigest()[:8]}"
    postgres.drop_database(name)
    postgres.create_database(name)
    engine = create_engine(postgres.url(name), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text(_BEFORE))
    yield engine
    postgres.drop_database(name)


def _after(connection: Connection, statement: str) -> set[str]:
    before = read_schema(connection)
    connection.execute(text(statement))
    return narrowed(before, connection)


@pytest.mark.parametrize(("statement", "finding"), _HARMS.items(), ids=list(_HARMS))
def test_what_harms_the_version_before_is_found(
    small: Engine, statement: str, finding: str
) -> None:
    with small.connect() as connection:  # rolled back at its end
        assert finding in _after(connection, statement)


@pytest.mark.parametrize("statement", _HARMLESS)
def test_what_only_adds_is_let_through(small: Engine, statement: str) -> None:
    with small.connect() as connection:
        assert _after(connection, statement) == set()
