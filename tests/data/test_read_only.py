"""Transactions that may only look, over the product's own pool of connections."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, exc, text

import data.database
from data.database import read, transaction
from tests import people


@pytest.fixture
def _pool_of_the_settings(fresh_database: str) -> Iterator[None]:
    with data.database.use(None):
        yield


@pytest.mark.usefixtures("_pool_of_the_settings")
def test_who_only_reads_cannot_write_and_leaves_a_connection_that_can() -> None:
    for _ in range(3):  # the pool hands out one connection again and again
        with read() as session:
            assert session.scalar(text("SHOW transaction_read_only")) == "on"
        with pytest.raises(exc.InternalError, match="read-only"), read() as session:
            people.register(session)
        with transaction() as session:
            assert session.scalar(text("SHOW transaction_read_only")) == "off"
    with transaction() as session:
        people.register(session)
    engine = data.database.engine()
    assert isinstance(engine, Engine)
    assert engine.pool.checkedin() == 1  # type: ignore[attr-defined]
    engine.dispose()
