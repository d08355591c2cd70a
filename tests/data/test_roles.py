"""What the role of the product may do in the database, and what it may not."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

import data.database
from core.errors import Unavailable
from core.metrics import Metric
from core.postgres import ANALYST, APP, EmbeddedPostgres
from core.postgres_programs import database_name
from core.settings import settings
from data import analytics, audit, audit_chain, roles
from data.database import transaction
from data.migrate import upgrade
from tests.people import register


@pytest.fixture
def as_the_product(
    fresh_database: str, postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Engine]:
    url = postgres.url(database_name(fresh_database), role=APP)
    with monkeypatch.context() as patch:
        patch.setenv("DATABASE_URL", url)
        patch.setenv("DATABASE_OWNER_URL", fresh_database)
        settings.cache_clear()
        upgrade()
        engine = create_engine(url)
        with data.database.use(engine):
            yield engine
        engine.dispose()
    settings.cache_clear()


def test_the_product_works_as_it_and_adds_to_the_audit(as_the_product: Engine) -> None:
    with transaction() as session:
        user_id = register(session)
        audit.add(session, "photo_viewed", actor=uuid4(), subject=user_id)
    with transaction() as session:
        assert audit_chain.seal(session) >= 2
        assert audit_chain.verify(session).holds


@pytest.mark.parametrize(
    "forbidden",
    [
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
    ],
)
def test_it_can_change_neither_the_audit_nor_the_tables(
    as_the_product: Engine, forbidden: str
) -> None:
    with as_the_product.connect() as connection, pytest.raises(ProgrammingError) as refused:
        connection.execute(text(forbidden))
    assert refused.value.orig is not None
    assert getattr(refused.value.orig, "sqlstate", None) == "42501"  # insufficient privilege


@pytest.fixture
def as_an_analyst(
    as_the_product: Engine,
    fresh_database: str,
    postgres: EmbeddedPostgres,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[None]:
    """The addresses of both roles, as a running product has them."""
    url = postgres.url(database_name(fresh_database), role=ANALYST)
    product = as_the_product.url.render_as_string(hide_password=False)
    with monkeypatch.context() as patch, data.database.use(None):
        patch.setenv("DATABASE_URL", product)
        patch.setenv("DATABASE_OWNER_URL", fresh_database)
        patch.setenv("ANALYST_DATABASE_URL", url)
        settings.cache_clear()
        upgrade()
        yield
        for address in (url, product):
            data.database._engine(address).dispose()
    settings.cache_clear()


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


def test_no_table_but_what_is_released_can_be_read_by_it(as_an_analyst: None) -> None:
    """Whatever table comes later: found in the database, not in a list."""
    with analytics.reading() as session:
        readable = session.scalars(
            text(
                "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm')"
                " AND has_table_privilege(c.oid, 'SELECT')"
            )
        ).all()
    assert set(readable) == set(roles.RELEASED)


def test_nothing_can_be_written_by_it_whatever_the_transaction_allows(as_an_analyst: None) -> None:
    """By its rights: that a question's transaction may only look is not what holds it."""
    with analytics.reading() as session:
        writable = session.scalars(
            text(
                "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                " WHERE n.nspname = 'public' AND CASE c.relkind"
                " WHEN 'S' THEN has_sequence_privilege(c.oid, 'USAGE, SELECT, UPDATE')"
                " WHEN 'i' THEN false WHEN 'I' THEN false"
                " ELSE has_any_column_privilege(c.oid, 'INSERT, UPDATE, REFERENCES')"
                " OR has_table_privilege(c.oid, 'DELETE, TRUNCATE, TRIGGER') END"
            )
        ).all()
        columns = session.scalars(
            text(
                "SELECT DISTINCT c.relname FROM pg_class c"
                " JOIN pg_namespace n ON n.oid = c.relnamespace"
                " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm')"
                " AND has_any_column_privilege(c.oid, 'SELECT')"
            )
        ).all()
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
    assert writable == []
    assert set(columns) == set(roles.RELEASED)
    assert as_the_owner == []
    assert roles_too == [ANALYST]


@pytest.mark.parametrize(
    "granted", ["SELECT (email) ON users", "INSERT ON released_metrics", "SELECT ON dirty_days"]
)
def test_what_somebody_granted_it_by_hand_is_taken_away_at_the_next_start(
    as_an_analyst: None, fresh_database: str, granted: str
) -> None:
    owner = create_engine(fresh_database)
    with owner.begin() as connection:
        connection.execute(text(f"GRANT {granted} TO {ANALYST}"))
    upgrade()
    owner.dispose()
    test_no_table_but_what_is_released_can_be_read_by_it(None)
    test_nothing_can_be_written_by_it_whatever_the_transaction_allows(None)


def test_a_role_that_is_not_there_is_named_with_what_to_do(
    as_the_product: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANALYST_DATABASE_URL", "postgresql://nobody_here:x@127.0.0.1:1/skincare")
    settings.cache_clear()
    with pytest.raises(Unavailable, match="CREATE ROLE nobody_here LOGIN"):
        upgrade()
