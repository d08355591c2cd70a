"""The API over the test's own database, called in process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from core.settings import settings
from pipeline import passwords
from tests.api.calling import Api, opened


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The least work that bcrypt can do; how much it is does not matter here."""
    monkeypatch.setattr(passwords, "ROUNDS", 4)
    passwords._nobodys.cache_clear()
    yield
    passwords._nobodys.cache_clear()


@pytest.fixture
def api(database: Connection) -> Iterator[Api]:
    """Over `database`, whose one transaction is rolled back: one request at a time."""
    with opened(settings()) as client:
        yield Api(client)
