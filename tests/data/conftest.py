from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, NullPool, create_engine

from core.postgres import EmbeddedPostgres
from core.settings import settings
from pipeline import passwords


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The least work that bcrypt can do; how much it is does not matter here."""
    monkeypatch.setattr(passwords, "ROUNDS", 4)
    passwords._nobodys.cache_clear()
    yield
    passwords._nobodys.cache_clear()


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
