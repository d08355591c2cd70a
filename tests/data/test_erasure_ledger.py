"""What is known of erasures outside the database is never less than what was acknowledged."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from core.errors import Unavailable
from core.settings import settings
from data import audit, erasures
from data.database import read, transaction
from data.erasure_ledger import Entry, ErasureLedger, merged, the_ledger
from tests import people

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def entry(**changes: object) -> Entry:
    given = {
        "erasure_id": uuid4(),
        "pseudonym": "ab" * 16,
        "requested_at": NOON,
        "due_at": NOON + timedelta(days=30),
        "erased_at": None,
    }
    return Entry.model_validate(given | changes)


@contextmanager
def rolled_back() -> Iterator[Session]:
    with contextlib.suppress(ZeroDivisionError), transaction() as session:
        yield session
        raise ZeroDivisionError


def test_a_request_and_an_erasure_stand_in_the_ledger_under_a_pseudonym(
    var: Path, fresh_database: str
) -> None:
    with transaction() as session:
        user_id = people.register(session, email="ada@example.org")
        erasures.request(session, user_id)
    [asked] = the_ledger().entries()
    assert (asked.pseudonym, asked.erased_at) == (audit.of(user_id), None)
    with transaction() as session:
        erasures.erase(session, user_id)
    [done] = the_ledger().entries()
    assert done.erasure_id == asked.erasure_id
    assert done.erased_at is not None
    written = b"".join(path.read_bytes() for path in (var / "erasures").rglob("*.json"))
    assert b"ada" not in written
    assert str(user_id).encode() not in written


def test_what_was_rolled_back_is_as_it_was_before(var: Path, fresh_database: str) -> None:
    with transaction() as session:
        user_id = people.register(session)
    with rolled_back() as session:
        erasures.request(session, user_id, at_once=True)
        erasures.erase(session, user_id)
    assert list(the_ledger().entries()) == []

    with transaction() as session:
        erasures.request(session, user_id)
    [before] = the_ledger().entries()
    with rolled_back() as session:
        erasures.request(session, user_id, at_once=True)
    assert list(the_ledger().entries()) == [before]


def test_without_its_ledger_nobody_is_told_that_they_will_be_erased(
    var: Path, fresh_database: str
) -> None:
    with transaction() as session:
        user_id = people.register(session)
    (var / "erasures").write_text("a file where the folder should be")
    with pytest.raises(Unavailable, match="Nothing was changed"), transaction() as session:
        erasures.request(session, user_id)
    with read() as session:
        assert erasures.due(session) == []


def test_entries_of_before_there_was_a_ledger_are_brought_into_it_once(
    var: Path, fresh_database: str
) -> None:
    with transaction() as session:
        erasures.request(session, people.register(session))
    [asked] = the_ledger().entries()
    the_ledger().remove(asked.erasure_id)
    with transaction() as session:
        assert erasures.note_all(session) == 1
        assert erasures.note_all(session) == 0
    assert list(the_ledger().entries()) == [asked]


def test_an_older_database_does_not_make_the_ledger_forget(var: Path, fresh_database: str) -> None:
    with transaction() as session:
        erasures.request(session, people.register(session))
    [asked] = the_ledger().entries()
    erased = asked.model_copy(update={"erased_at": NOON})
    the_ledger().put(erased)
    with transaction() as session:
        assert erasures.note_all(session) == 0
    assert list(the_ledger().entries()) == [erased]


def test_of_two_ledgers_the_one_that_knows_more_counts(tmp_path: Path) -> None:
    here, there = (ErasureLedger(f"file://{tmp_path / name}") for name in ("here", "there"))
    waiting, both = entry(), entry()
    here.put(waiting)
    here.put(both)
    there.put(both.model_copy(update={"erased_at": NOON}))
    for order in ((here, there), (there, here)):
        found = {one.erasure_id: one.erased_at for one in merged(*order)}
        assert found == {waiting.erasure_id: None, both.erasure_id: NOON}
    assert merged(ErasureLedger(f"file://{tmp_path / 'nowhere'}")) == []
    assert settings().erasure_ledger.endswith("/erasures")
