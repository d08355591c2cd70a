"""What the role of the product may do in the database, and what it may not."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import ProgrammingError

import data.database
from core.postgres import APP, EmbeddedPostgres, database_name
from core.settings import settings
from data import audit, audit_chain
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
