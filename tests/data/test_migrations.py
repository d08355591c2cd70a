"""The migrations make the tables that the code describes, from an empty database, once."""

from __future__ import annotations

import subprocess
import sys

import pytest
from alembic import command
from sqlalchemy import Engine, text

from core.settings import ROOT
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

_EARLIER_ROWS = """
    INSERT INTO users (user_id, email, password_hash, first_name, last_name)
        SELECT gen_random_uuid(), 'ada@example.org', '', 'Ada', 'Byron';
    INSERT INTO photos (photo_id, user_id, sha256, size, width, height, original_format,
            object_key, wrapped_key)
        SELECT gen_random_uuid(), user_id, '', 1, 1, 1, 'PNG', n, '' FROM users,
            unnest(ARRAY['1', '2']) n;
    INSERT INTO analysis_results (id, user_id, photo_id, status, reasons, model_version, quality)
        SELECT gen_random_uuid(), user_id, photo_id, 'scored', '{}', '1.0', '{"roll": 1.0}'
        FROM photos WHERE object_key = '1';
    INSERT INTO analysis_results (id, user_id, photo_id, status, reasons)
        SELECT gen_random_uuid(), user_id, photo_id, 'rejected', '{"Too dark."}'
        FROM photos WHERE object_key = '2';
    INSERT INTO analysis_results (id, user_id, status, model_version, is_demonstration)
        SELECT gen_random_uuid(), user_id, 'scored', 'simulated', true FROM users;
    INSERT INTO metric_scores (analysis_id, region, metric, value, low, high, abstained_because)
        SELECT id, 'face', 'pores', 40, 30, 50, NULL FROM analysis_results
            WHERE model_version = '1.0'
        UNION SELECT id, 'face', 'redness', NULL, NULL, NULL, 'Covered.' FROM analysis_results
            WHERE model_version = '1.0';
"""


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


def test_checks_from_before_shots_become_checks_of_one_shot(empty: Engine) -> None:
    command.upgrade(migrate._config(), "0002")
    with empty.begin() as connection:
        connection.execute(text(_EARLIER_ROWS))
    migrate.upgrade()
    with empty.connect() as connection:
        shots = connection.execute(
            text(
                "SELECT a.status, s.position, s.photo_id = a.photo_id, s.is_scored, s.reasons,"
                " s.quality, s.face_values FROM shots s JOIN analysis_results a"
                " ON a.id = s.analysis_id ORDER BY a.status"
            )
        ).all()
        current = connection.scalars(text("SELECT is_current FROM analysis_results")).all()
    assert [tuple(shot) for shot in shots] == [
        ("rejected", 1, True, False, ["Too dark."], None, None),
        ("scored", 1, True, True, [], {"roll": 1.0}, {"pores": 40}),
    ]
    assert current == [True, True, True]  # the simulated one has no shot
