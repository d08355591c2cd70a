"""What each role may do in the database, and what it may not: asked of the server itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError

import data.database
from core.errors import Unavailable
from core.metrics import Metric
from core.postgres import ANALYST, APP, WORKER, EmbeddedPostgres, database_name
from core.settings import (
    analyst_database_url,
    database_url,
    owner_database_url,
    settings,
    worker_database_url,
)
from data import analytics, audit, audit_chain, rights
from data.database import transaction
from data.migrate import upgrade
from data.rights import Process, columns_of, tables_of
from tests.conftest import copy_of, name_roles
from tests.people import register


@pytest.fixture(scope="module")
def name(postgres: EmbeddedPostgres, template: str) -> Iterator[str]:
    """A database for all tests here: hardly one of them may write into it."""
    with copy_of(postgres, template) as url:
        yield database_name(url)


@pytest.fixture
def roles_named(
    name: str, postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """The addresses of all roles, as a running product has them; sessions go where they lead."""
    name_roles(monkeypatch, postgres, name)
    monkeypatch.setattr(data.database, "_in_use", None)
    monkeypatch.setattr(data.database, "_address", database_url)
    addresses = {database_url(), worker_database_url(), analyst_database_url()}
    yield
    for address in addresses:
        data.database._engine(address).dispose()
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def as_the_web(roles_named: None) -> None:
    pass


@pytest.fixture
def as_the_worker(roles_named: None) -> None:
    data.database.connect_as(worker_database_url)


def refused(statement: str) -> str:
    """The SQLSTATE with which the server refuses it."""
    with pytest.raises(DBAPIError) as error, transaction() as session:
        session.execute(text(statement))
    return str(getattr(error.value.orig, "sqlstate", None))


def test_both_add_to_the_audit_and_the_worker_links_it(roles_named: None) -> None:
    with transaction() as session:
        assert session.scalar(text("SELECT current_user")) == APP
        user_id = register(session)
        audit.add(session, "photo_viewed", actor=uuid4(), subject=user_id)
    data.database.connect_as(worker_database_url)
    with transaction() as session:
        assert session.scalar(text("SELECT current_user")) == WORKER
        audit.add(session, "swept", actor=None)
        assert audit_chain.seal(session) >= 3
        assert audit_chain.verify(session).holds


_NOBODY_OF_THE_PRODUCT = [
    "UPDATE audit_events SET details = '{}'",
    "DELETE FROM audit_events",
    "TRUNCATE audit_events CASCADE",
    "UPDATE audit_chain SET digest = sha256('')",
    "DELETE FROM audit_chain",
    "ALTER TABLE audit_events DISABLE TRIGGER only_added",
    "DROP TRIGGER only_added ON audit_chain",
    "DROP TABLE audit_chain",
    "SET session_replication_role = replica",
    "UPDATE alembic_version SET version_num = '0001'",
    "CREATE TABLE mine (id int)",
    "DELETE FROM consents",
    "DELETE FROM erasures",
    "DELETE FROM metric_scores",
    "UPDATE metric_scores SET value = 0",
]


@pytest.mark.parametrize(
    "forbidden",
    [
        *_NOBODY_OF_THE_PRODUCT,
        # what only the worker does
        "INSERT INTO audit_chain VALUES (1, 1, sha256(''))",
        "SELECT * FROM audit_chain",
        "INSERT INTO metric_scores (analysis_id) VALUES (gen_random_uuid())",
        "UPDATE analysis_results SET skin_score = 100",
        "UPDATE analysis_results SET model_version = 'mine'",
        "INSERT INTO analysis_results (id, skin_score) VALUES (gen_random_uuid(), 100)",
        "UPDATE shots SET is_scored = true",
        "DELETE FROM notifications",
        "SELECT * FROM daily_metrics",
        "INSERT INTO daily_metrics DEFAULT VALUES",
        "INSERT INTO released_periods DEFAULT VALUES",
        "DELETE FROM dirty_days",
        "SELECT make_partition('daily_metrics', '2026-01-01')",
        "UPDATE email_outbox SET sent_at = now()",
        # takes up no jobs, and says of none that it is done
        "UPDATE procrastinate_jobs SET status = 'doing'",
        "SELECT procrastinate_fetch_job_v2(NULL, 1)",
        "INSERT INTO procrastinate_workers DEFAULT VALUES",
        # what only an operator does
        "DELETE FROM second_factors",
        "INSERT INTO recalibrations DEFAULT VALUES",
    ],
)
def test_what_the_web_may_not(as_the_web: None, forbidden: str) -> None:
    assert refused(forbidden) == "42501"  # insufficient privilege


@pytest.mark.parametrize(
    "forbidden",
    [
        *_NOBODY_OF_THE_PRODUCT,
        # what only people and staff do, through the web
        "UPDATE users SET role = 'admin'",
        "INSERT INTO users DEFAULT VALUES",
        "UPDATE consents SET withdrawn_at = NULL",
        "INSERT INTO auth_sessions DEFAULT VALUES",
        "UPDATE auth_sessions SET expires_at = 'infinity'",
        "SELECT * FROM second_factors",
        "SELECT * FROM recovery_codes",
        "INSERT INTO user_keys DEFAULT VALUES",
        "DELETE FROM photos",
        "INSERT INTO analysis_results DEFAULT VALUES",
        "SELECT * FROM consultation_messages",
        "SELECT * FROM case_notes",
        "INSERT INTO case_gradings DEFAULT VALUES",
        "SELECT * FROM safety_answers",
        "SELECT * FROM answer_drafts",
        "SELECT * FROM break_glass",
        "UPDATE recalibrations SET state = 'accepted'",
        "SELECT * FROM saved_views",
    ],
)
def test_what_the_worker_may_not(as_the_worker: None, forbidden: str) -> None:
    assert refused(forbidden) == "42501"


_HELD = text("""
    SELECT c.relname, p, '' FROM pg_class c, unnest(CAST(:rights AS text[])) p
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
        AND has_table_privilege(c.oid, p)
    UNION ALL
    SELECT c.relname, p, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid,
        unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) p
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
        AND a.attnum > 0 AND NOT a.attisdropped
        AND NOT has_table_privilege(c.oid, p) AND has_column_privilege(c.oid, a.attnum, p)
""")
_ALL = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"]


def held() -> set[tuple[str, str, str]]:
    """(Table, right, column or '' for all): what the role has, as the server itself says."""
    with transaction() as session:
        return {(row[0], row[1], row[2]) for row in session.execute(_HELD, {"rights": _ALL})}


@pytest.mark.parametrize(
    ("process", "address"),
    [
        (Process.WEB, database_url),
        (Process.WORKER, worker_database_url),
        (Process.ANALYST, analyst_database_url),
    ],
)
def test_each_role_has_the_rights_that_are_written_down_and_no_other(
    roles_named: None, process: Process, address: Callable[[], str]
) -> None:
    """Whatever table comes later: asked of the database, not of a list. Partitions are shut."""
    data.database.connect_as(address)
    written = {(table, right, "") for table, all_ in tables_of(process).items() for right in all_}
    written |= {
        (table, right, column)
        for (table, right), columns in columns_of(process).items()
        for column in columns
    }
    assert held() == written


def test_somebody_has_decided_about_every_table(database: Connection) -> None:
    there = database.scalars(
        text(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT relispartition"
        )
    )
    assert set(there) == set(rights.TABLES)  # shut while it is not in data/rights.py


def test_processes_that_share_a_role_may_together_do_what_each_may(
    roles_named: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where somebody's own server has one role for the product."""
    with monkeypatch.context() as patch:
        patch.setenv("WORKER_DATABASE_URL", "")
        patch.setenv("ANALYST_DATABASE_URL", "")
        settings.cache_clear()
        upgrade()
    together = held()
    settings.cache_clear()
    upgrade()
    tables = {(table, right) for table, right, column in together if not column}
    assert tables == {
        (table, right)
        for process in Process
        for table, all_ in tables_of(process).items()
        for right in all_
    }


@pytest.fixture
def as_an_analyst(roles_named: None) -> None:
    pass


def test_analysts_questions_are_asked_as_a_role_that_reads_what_is_released(
    as_an_analyst: None,
) -> None:
    with analytics.reading() as session:
        assert session.scalar(text("SELECT current_user")) == ANALYST
        assert analytics.released(session, metric=Metric.REDNESS.value) == []
        assert analytics.versions(session) == []
        assert analytics.released_until(session) is not None
    with transaction() as session:
        assert session.scalar(text("SELECT current_user")) == APP


@pytest.mark.parametrize(
    "forbidden",
    [
        "SELECT * FROM users",
        "SELECT * FROM analysis_results",
        "SELECT * FROM metric_scores",
        "SELECT * FROM photos",
        "SELECT * FROM daily_metrics",
        "SELECT * FROM dirty_days",
        "SELECT * FROM audit_events",
        "SELECT * FROM case_gradings",
        "SELECT * FROM consents",
        "SELECT * FROM saved_views",
        "SELECT * FROM procrastinate_jobs",
        "UPDATE released_metrics SET people = 1",
        "DELETE FROM released_metrics",
        "INSERT INTO released_periods DEFAULT VALUES",
        "SELECT make_partition('daily_metrics', '2026-01-01')",
        "CREATE TABLE mine (id int)",
        "CREATE TEMP TABLE mine AS SELECT 1",
        "SET ROLE skincare_app",
        "COPY released_metrics TO PROGRAM 'cat'",
    ],
)
def test_that_role_reads_nobodys_rows_and_writes_nothing(
    as_an_analyst: None, forbidden: str
) -> None:
    with analytics.reading() as session, pytest.raises(DBAPIError) as refused:
        session.execute(text(forbidden))
    # insufficient privilege, or a write in a transaction that may only look
    assert getattr(refused.value.orig, "sqlstate", None) in ("42501", "25006")


def test_that_role_acts_for_nobody_else(as_an_analyst: None) -> None:
    with analytics.reading() as session:
        as_the_owner = session.scalars(
            text(
                "SELECT proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
                " WHERE n.nspname = 'public' AND p.prosecdef"
                " AND has_function_privilege(p.oid, 'EXECUTE')"
            )
        ).all()
        roles_too = session.scalars(
            text("SELECT rolname FROM pg_roles WHERE pg_has_role(current_user, oid, 'MEMBER')")
        ).all()
        sequences = session.scalars(
            text(
                "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
                " AND CASE relkind WHEN 'S'"
                " THEN has_sequence_privilege(oid, 'USAGE, SELECT, UPDATE') END"
            )
        ).all()
    assert as_the_owner == []
    assert roles_too == [ANALYST]
    assert sequences == []


@pytest.mark.parametrize(
    ("role", "granted"),
    [
        (ANALYST, "SELECT (email) ON users"),
        (ANALYST, "INSERT ON released_metrics"),
        (WORKER, "UPDATE (role) ON users"),
        (APP, "TRUNCATE ON audit_events"),
    ],
)
def test_what_somebody_granted_by_hand_is_taken_away_at_the_next_start(
    roles_named: None, role: str, granted: str
) -> None:
    owner = create_engine(owner_database_url())
    with owner.begin() as connection:
        connection.execute(text(f"GRANT {granted} TO {role}"))
    owner.dispose()
    upgrade()
    for process, address in (
        (Process.WEB, database_url),
        (Process.WORKER, worker_database_url),
        (Process.ANALYST, analyst_database_url),
    ):
        test_each_role_has_the_rights_that_are_written_down_and_no_other(None, process, address)


@pytest.mark.parametrize("setting", ["DATABASE_URL", "WORKER_DATABASE_URL", "ANALYST_DATABASE_URL"])
def test_a_role_that_is_not_there_is_named_with_what_to_do(
    roles_named: None, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    monkeypatch.setenv(setting, "postgresql://nobody_here:x@127.0.0.1:1/skincare")
    settings.cache_clear()
    with pytest.raises(Unavailable, match=f"which {setting} names.*CREATE ROLE nobody_here LOGIN"):
        upgrade()
