"""Whatever changes what is counted marks its day, in its own transaction."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.metrics import Metric
from core.people import Purpose, Role, SkinType
from data import dirty_days, erasures, users
from data.database import transaction
from pipeline import consents, profiles, results
from tests import people
from tests.data.checks import simulated_check

MONDAY, FRIDAY = date(2026, 3, 2), date(2026, 3, 6)


@pytest.fixture
def ada(session: Session) -> UUID:
    """Somebody who is counted, with two checks on Monday and one late in the evening of Friday."""
    user_id = people.register(session)
    consents.give(session, user_id, Purpose.STATISTICS)
    for day, hour in ((2, 9), (2, 17), (6, 23)):
        at = datetime(2026, 3, day, hour, 59, tzinfo=UTC)
        simulated_check(session, user_id, {Metric.PORES: 40.0}, at=at)
    return user_id


@pytest.mark.parametrize(
    "change",
    [
        lambda s, ada: consents.give(s, ada, Purpose.STATISTICS),
        lambda s, ada: consents.withdraw(s, ada, Purpose.STATISTICS),
        lambda s, ada: erasures.erase(s, ada),
        lambda s, ada: profiles.update(s, ada, age=44),
        lambda s, ada: profiles.update(s, ada, skin_type=SkinType.DRY.value),
        lambda s, ada: users.change(s, ada, role=Role.ANALYST),
        lambda s, ada: users.change(s, ada, is_active=False),
    ],
    ids=["agrees", "withdraws", "is erased", "age", "skin type", "role", "closes"],
)
def test_a_change_of_the_person_marks_all_of_their_days(
    session: Session, ada: UUID, change: object
) -> None:
    assert dirty_days.marked(session) == {}
    change(session, ada)  # type: ignore[operator]
    assert list(dirty_days.marked(session)) == [MONDAY, FRIDAY]


@pytest.mark.parametrize(
    "change",
    [
        lambda s, ada: consents.give(s, ada, Purpose.MODEL_IMPROVEMENT),
        lambda s, ada: profiles.update(s, ada, first_name="Augusta"),
    ],
    ids=["another consent", "name"],
)
def test_what_is_not_counted_marks_nothing(session: Session, ada: UUID, change: object) -> None:
    change(session, ada)  # type: ignore[operator]
    assert dirty_days.marked(session) == {}


def test_of_somebody_who_is_not_counted_nothing_is_marked(session: Session, ada: UUID) -> None:
    consents.withdraw(session, ada, Purpose.STATISTICS)
    marks = dirty_days.marked(session)
    dirty_days.done(session, [mark for days in marks.values() for mark in days])
    profiles.update(session, ada, age=44)
    erasures.erase(session, ada)
    assert dirty_days.marked(session) == {}


def test_deleting_a_check_marks_its_day(session: Session, ada: UUID) -> None:
    at = datetime(2026, 3, 10, 1, tzinfo=UTC)
    third = simulated_check(session, ada, {Metric.PORES: 40.0}, at=at)
    results.delete(session, ada, third)
    assert list(dirty_days.marked(session)) == [at.date()]


def test_a_day_of_new_checks_waits_and_one_that_somebody_leaves_does_not(
    session: Session, ada: UUID
) -> None:
    hour = timedelta(hours=1)
    at = datetime(2026, 3, 10, 1, tzinfo=UTC)
    third = simulated_check(session, ada, {Metric.PORES: 40.0}, at=at)
    dirty_days.mark_check(session, third, at_once=False)
    assert dirty_days.marked(session, waited=hour) == {}
    assert list(dirty_days.marked(session)) == [at.date()]
    session.execute(text("UPDATE dirty_days SET marked_at = now() - interval '61 minutes'"))
    dirty_days.mark_check(session, third, at_once=False)  # comes later, and does not put it off
    (marks,) = dirty_days.marked(session, waited=hour).values()
    assert len(marks) == 2
    dirty_days.done(session, marks)
    dirty_days.mark_check(session, third, at_once=False)
    consents.withdraw(session, ada, Purpose.STATISTICS)
    found = dirty_days.marked(session, waited=hour)
    assert list(found) == [MONDAY, FRIDAY, at.date()]
    assert len(found[at.date()]) == 2


def test_a_mark_that_came_while_the_day_was_counted_stays(session: Session, ada: UUID) -> None:
    dirty_days.mark_person(session, ada)
    taken = dirty_days.marked(session)
    with transaction() as another:
        dirty_days.mark_person(another, ada)
    dirty_days.done(session, [mark for marks in taken.values() for mark in marks])
    left = dirty_days.marked(session)
    assert list(left) == [MONDAY, FRIDAY]
    assert all(set(left[day]).isdisjoint(taken[day]) for day in left)
