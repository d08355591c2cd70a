"""Several workers that look for due reminders at the same moment, on a real database."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, datetime, time
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from core.notifications import Kind
from data import reminders as kept
from data.database import read, transaction
from pipeline import reminders
from pipeline.reminders import Change
from tests import people

PEOPLE = 60
DUE = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)


def test_several_schedulers_at_once_tell_everybody_once(var: Path, fresh_database: str) -> None:
    with transaction() as session:
        first = people.register(session)
        session.execute(
            text("""
                INSERT INTO users (user_id, email, password_hash, first_name, last_name)
                SELECT gen_random_uuid(), n || '@example.net', '', 'A', 'B'
                FROM generate_series(2, :people) n
            """),
            {"people": PEOPLE},
        )
        everybody = [UUID(str(one)) for one in session.scalars(text("SELECT user_id FROM users"))]
        assert first in everybody
        for user_id in everybody:
            reminders.live_in(session, user_id, "Europe/Berlin")
            at = {Kind.MORNING_ROUTINE: Change(is_on=True, at=time(7, 30))}
            reminders.change(session, user_id, at, now=datetime(2026, 11, 23, 12, tzinfo=UTC))

    told: list[int] = []
    together = threading.Barrier(6)

    def schedule() -> None:
        together.wait()
        told.append(reminders.tell_due(now=DUE, batch=7))

    workers = [threading.Thread(target=schedule) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    # A batch that is smaller than it could be, since others hold rows, ends a run: what is left is
    # found a minute later.
    told.append(reminders.tell_due(now=DUE))

    assert sum(told) == PEOPLE
    with read() as session:
        found = session.execute(text("SELECT user_id, dedupe_key FROM notifications")).all()
        left = session.scalar(
            text("SELECT count(*) FROM reminders WHERE next_due_at <= :due"), {"due": DUE}
        )
    assert set(Counter(found).values()) == {1}
    assert {user_id for user_id, _ in found} == set(everybody)
    assert {key for _, key in found} == {"morning_routine:2026-11-24"}
    assert left == 0


def test_a_scheduler_that_dies_half_way_leaves_the_rest_to_the_next(
    var: Path, fresh_database: str
) -> None:
    """Rolled back: neither told nor moved on, so the next one tells it."""
    with transaction() as session:
        ada = people.register(session)
        at = {Kind.MORNING_ROUTINE: Change(is_on=True, at=time(6, 30))}
        reminders.change(session, ada, at, now=datetime(2026, 11, 23, 12, tzinfo=UTC))

    class Killed(BaseException):
        pass

    def dies() -> None:
        with transaction() as session:
            due = kept.take_due(session, DUE, at_most=10)
            assert reminders._tell(session, due, DUE) == 1
            raise Killed

    with pytest.raises(Killed):
        dies()
    assert reminders.tell_due(now=DUE) == 1
    assert reminders.tell_due(now=DUE) == 0
