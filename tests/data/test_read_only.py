"""Transactions that may only look, over the product's own pool of connections."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, exc, text

import data.database
from data.database import read, transaction
from tests import people


def test_who_only_reads_cannot_write_and_leaves_a_connection_that_can(
    fresh_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data.database, "_in_use", None)  # the engine of the settings
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
