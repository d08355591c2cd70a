"""The API over the test's own database, called in process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from core.settings import settings
from pipeline import passwords
from tests.api.calling import Api, Person, TestClient, opened, person
from tests.api.checking import calling


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


@pytest.fixture
def ada(var: Path, database: Connection) -> Person:
    """In one transaction, so one request at a time."""
    return person()


@pytest.fixture
def client(ada: Person) -> Iterator[TestClient]:
    with calling(ada) as found:
        yield found


@pytest.fixture
def bea(var: Path, fresh_database: str) -> Person:
    """In a database of her own: several requests, and a worker beside them."""
    return person()


@pytest.fixture
def busy_client(bea: Person) -> Iterator[TestClient]:
    with calling(bea) as found:
        yield found
