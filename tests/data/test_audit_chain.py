"""Whoever changes, removes or adds to the audit's past is found; nobody can by ordinary means."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from data import audit, audit_chain

CHANGES = [
    "UPDATE audit_events SET details = '{}' WHERE event_id = :event",
    "UPDATE audit_events SET actor = 'somebody else' WHERE event_id = :event",
    "UPDATE audit_events SET at = at + interval '1 microsecond' WHERE event_id = :event",
    "UPDATE audit_chain SET digest = sha256('') WHERE event_id = :event",
    "DELETE FROM audit_events WHERE event_id = :event",
    "DELETE FROM audit_chain WHERE event_id = :event",
]


@pytest.fixture
def sealed(session: Session) -> Session:
    for number in range(5):
        audit.add(session, "photo_viewed", actor=uuid4(), subject=uuid4(), number=number, why="é ✓")
    session.flush()
    while audit_chain.seal(session):
        pass
    return session


def test_an_untouched_chain_holds_and_says_what_is_not_linked_yet(sealed: Session) -> None:
    found = audit_chain.verify(sealed)
    assert found.holds
    assert found.links >= 5
    assert found.waiting == 0
    audit.add(sealed, "signed_in", actor=uuid4())
    sealed.flush()
    later = audit_chain.verify(sealed, known=found.head)
    assert later.holds
    assert later.waiting == 1
    assert audit_chain.seal(sealed) == 1
    assert audit_chain.seal(sealed) == 0


@pytest.mark.parametrize(
    "change",
    [*CHANGES, "TRUNCATE audit_chain, audit_events"],
)
def test_rows_of_the_audit_cannot_be_changed_by_ordinary_means(
    sealed: Session, change: str
) -> None:
    with pytest.raises(ProgrammingError, match="only ever added"), sealed.begin_nested():
        sealed.execute(text(change), {"event": _third(sealed)})


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_gets_past_that_is_found_by_the_verifier(sealed: Session, change: str) -> None:
    event = _third(sealed)
    for trigger in ("audit_events", "audit_chain"):
        sealed.execute(text(f"ALTER TABLE {trigger} DISABLE TRIGGER only_added"))
    sealed.execute(
        text("ALTER TABLE audit_chain DROP CONSTRAINT fk_audit_chain_event_id_audit_events")
    )
    sealed.execute(text(change), {"event": event})
    sealed.expire_all()
    found = audit_chain.verify(sealed)
    assert not found.holds


def test_an_event_that_was_seen_late_is_linked_behind_those_that_came_after_it(
    sealed: Session,
) -> None:
    """Its transaction took its number first and ended last; hours of others lie before both."""
    at = text("INSERT INTO audit_events (at, action) VALUES (now() + :later, 'seen_late')")
    sealed.execute(at, {"later": timedelta(hours=2)})
    assert audit_chain.seal(sealed) == 1
    late = text(
        "INSERT INTO audit_events (event_id, at, action) OVERRIDING SYSTEM VALUE "
        "SELECT max(event_id) - 1000, now() + :later, 'seen_late' FROM audit_events"
    )
    sealed.execute(
        text(
            "SELECT setval(pg_get_serial_sequence('audit_events', 'event_id'), "
            "(SELECT max(event_id) + 2000 FROM audit_events))"
        )
    )
    sealed.execute(at, {"later": timedelta(hours=2, minutes=1)})
    assert audit_chain.seal(sealed) == 1
    sealed.execute(late, {"later": timedelta(hours=2)})
    assert audit_chain.seal(sealed) == 1
    assert audit_chain.verify(sealed).waiting == 0


def test_a_chain_cut_at_its_end_is_found_by_the_head_that_was_written_down(
    sealed: Session,
) -> None:
    known = audit_chain.head(sealed)
    sealed.execute(text("ALTER TABLE audit_chain DISABLE TRIGGER only_added"))
    sealed.execute(text("DELETE FROM audit_chain WHERE position = :p"), {"p": known.position})
    sealed.expire_all()
    assert audit_chain.verify(sealed).holds  # by itself it cannot know
    assert not audit_chain.verify(sealed, known=known).holds


def test_a_chain_written_anew_is_found_by_the_head_that_was_written_down(sealed: Session) -> None:
    forged = replace(audit_chain.head(sealed), digest=bytes(32))
    found = audit_chain.verify(sealed, known=forged)
    assert "not the one that was written down" in found.broken[0]


def _third(session: Session) -> int:
    found = session.scalar(text("SELECT event_id FROM audit_chain ORDER BY position DESC OFFSET 2"))
    assert isinstance(found, int)
    return found
