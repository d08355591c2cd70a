"""Reminders: due on the person's own clock, told once a day, caught up once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from core import clocks
from core.errors import InvalidInput
from core.metrics import Metric
from core.notification_preferences import UNTIL_RESUMED, Preferences
from core.notifications import REMINDERS, Channel, Kind
from data import notification_preferences, notifications, users
from data.database import now as clock_of_the_database
from data.database import transaction
from data.notifications import News
from pipeline import notify, reminders
from pipeline.reminders import Change
from tests import people
from tests.data.checks import simulated_check

MORNING, EVENING, CHECK = REMINDERS
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
HALF_PAST_SEVEN = Change(is_on=True, at=time(7, 30))


def person(session: Session, zone: str | None = "Europe/Berlin") -> UUID:
    user_id = people.register(session)
    if zone is not None:
        reminders.live_in(session, user_id, zone)
    return user_id


def morning_person(session: Session, now: datetime, zone: str = "Europe/Berlin") -> UUID:
    user_id = person(session, zone)
    reminders.change(session, user_id, {MORNING: HALF_PAST_SEVEN}, now=now)
    return user_id


def told(session: Session, user_id: UUID) -> list[News]:
    return notifications.listed(session, user_id, limit=100)[0]


def utc(text_: str) -> datetime:
    return datetime.fromisoformat(text_).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "due"),
    [
        ("Europe/Berlin", "2026-11-24 06:30"),
        ("Asia/Tokyo", "2026-11-23 22:30"),
        ("America/Los_Angeles", "2026-11-23 15:30"),
        ("Asia/Kathmandu", "2026-11-24 01:45"),
    ],
)
def test_half_past_seven_is_told_when_it_is_half_past_seven_there(
    session: Session, zone: str, due: str
) -> None:
    ada = morning_person(session, utc("2026-11-23 12:00"), zone)
    assert reminders.current(session, ada)[MORNING].next_due_at == utc(due)
    assert reminders.tell_due(now=utc(due) - MINUTE) == 0
    assert reminders.tell_due(now=utc(due)) == 1
    [news] = told(session, ada)
    assert (news.kind, news.title) == (MORNING, "Time for your morning routine")
    assert reminders.tell_due(now=utc(due) + MINUTE) == 0
    assert reminders.current(session, ada)[MORNING].next_due_at == utc(due) + DAY


def test_where_nothing_is_known_of_the_zone_utc_counts_until_a_browser_says_it(
    session: Session,
) -> None:
    ada = person(session, zone=None)
    reminders.change(session, ada, {MORNING: HALF_PAST_SEVEN})
    due = reminders.current(session, ada)[MORNING].next_due_at
    assert due is not None
    assert (due.hour, due.minute) == (7, 30)
    assert not reminders.learn_time_zone(session, ada, "Mars/Olympus")
    assert reminders.learn_time_zone(session, ada, "Asia/Kathmandu")
    due = reminders.current(session, ada)[MORNING].next_due_at
    assert due is not None
    assert (due.hour, due.minute) == (1, 45)
    # who travels keeps what is set, until they set something else
    assert not reminders.learn_time_zone(session, ada, "Europe/Berlin")
    assert notification_preferences.read(session, ada).time_zone == "Asia/Kathmandu"


def test_a_time_that_does_not_exist_is_told_once_and_one_that_exists_twice_too(
    session: Session,
) -> None:
    ada = person(session)
    half_past_two = {MORNING: Change(is_on=True, at=time(2, 30))}
    for night, due in (
        ("2026-03-29 00:00", "2026-03-29 01:30"),
        ("2026-10-24 23:00", "2026-10-25 00:30"),
    ):
        reminders.change(session, ada, half_past_two, now=utc(night))
        at = [m for n in range(0, 300, 5) if reminders.tell_due(now=(m := utc(night) + n * MINUTE))]
        assert at == [utc(due)]


@pytest.mark.parametrize("hours", [1, 5])
def test_a_missed_hour_is_caught_up_once(session: Session, hours: int) -> None:
    ada = morning_person(session, utc("2026-11-23 12:00"))
    due = utc("2026-11-24 06:30")
    assert reminders.tell_due(now=due + hours * HOUR) == 1
    assert reminders.tell_due(now=due + hours * HOUR + MINUTE) == 0
    assert reminders.current(session, ada)[MORNING].next_due_at == due + DAY


def test_days_that_were_missed_are_one_reminder_and_last_nights_is_none(session: Session) -> None:
    ada = morning_person(session, utc("2026-11-23 12:00"))
    late = utc("2026-11-27 20:00")  # in the evening of the fourth day
    assert reminders.tell_due(now=late) == 0
    assert told(session, ada) == []
    assert reminders.current(session, ada)[MORNING].next_due_at == utc("2026-11-28 06:30")
    back = utc("2026-11-30 07:00")  # half an hour late, on the third day after
    assert reminders.tell_due(now=back) == 1
    assert reminders.current(session, ada)[MORNING].told_day == date(2026, 11, 30)


def test_an_earlier_time_on_a_day_that_was_told_waits_for_tomorrow(session: Session) -> None:
    ada = morning_person(session, utc("2026-11-23 12:00"))
    reminders.tell_due(now=utc("2026-11-24 06:30"))
    later = {MORNING: Change(is_on=True, at=time(9, 0))}
    reminders.change(session, ada, later, now=utc("2026-11-24 06:45"))
    assert reminders.current(session, ada)[MORNING].next_due_at == utc("2026-11-25 08:00")


def test_switched_off_means_never(session: Session) -> None:
    ada = morning_person(session, utc("2026-11-23 12:00"))
    off = {MORNING: Change(is_on=False, at=time(7, 30))}
    reminders.change(session, ada, off, now=utc("2026-11-23 12:00"))
    assert reminders.tell_due(now=utc("2026-11-24 06:30")) == 0
    assert reminders.current(session, ada)[MORNING].next_due_at is None


def test_paused_switched_off_in_preferences_or_deactivated_no_reminder_comes_and_none_is_left_over(
    session: Session,
) -> None:
    start, due = utc("2026-11-23 12:00"), utc("2026-11-24 06:30")
    paused, off, gone = (morning_person(session, start) for _ in range(3))
    notification_preferences.write(
        session, paused, Preferences(time_zone="Europe/Berlin", paused_until=UNTIL_RESUMED)
    )
    notify.switch(session, off, MORNING, Channel.APP, on=False)
    users.change(session, gone, is_active=False)
    assert reminders.tell_due(now=due) == 0
    for user_id in (paused, off, gone):
        assert told(session, user_id) == []
        assert reminders.current(session, user_id)[MORNING].next_due_at == due + DAY


def test_batches_follow_each_other_until_nobody_is_due(session: Session) -> None:
    for _ in range(7):
        morning_person(session, utc("2026-11-23 12:00"))
    assert reminders.tell_due(now=utc("2026-11-24 06:30"), batch=3) == 7


def test_a_zone_that_the_machine_forgot_does_not_stop_the_others(session: Session) -> None:
    start, due = utc("2026-11-23 12:00"), utc("2026-11-24 06:30")
    morning_person(session, start)
    lost = morning_person(session, start)
    session.execute(
        text("UPDATE notification_settings SET time_zone = 'Mars/Olympus' WHERE user_id = :lost"),
        {"lost": lost},
    )
    assert reminders.tell_due(now=due) == 1
    assert reminders.current(session, lost)[MORNING].next_due_at == utc("2026-11-24 07:30")


# ---------------------------------------------------------------------- the next check


def test_a_check_is_due_a_week_after_the_last_one(session: Session) -> None:
    ada = person(session)
    assert reminders.current(session, ada)[CHECK].next_due_at is None  # there was none yet
    made = utc("2026-11-23 23:30")  # the 24th in Berlin
    simulated_check(session, ada, {Metric.PORES: 40.0}, at=made)
    reminders.check_made(session, ada, now=made)
    assert reminders.current(session, ada)[CHECK].next_due_at == utc("2026-12-01 08:00")
    simulated_check(session, ada, {Metric.PORES: 40.0}, at=made + 2 * DAY)
    reminders.check_made(session, ada, now=made + 2 * DAY)
    assert reminders.current(session, ada)[CHECK].due_day == date(2026, 12, 3)


def test_who_does_not_come_back_is_asked_four_times_and_then_left_alone(session: Session) -> None:
    ada = person(session)
    made = utc("2026-11-01 12:00")
    simulated_check(session, ada, {Metric.PORES: 40.0}, at=made)
    reminders.check_made(session, ada, now=made)
    at = [m for n in range(120) if reminders.tell_due(now=(m := made + n * DAY))]
    assert [m.date() for m in at] == [date(2026, 11, 8) + n * 7 * DAY for n in range(4)]
    simulated_check(session, ada, {Metric.PORES: 40.0}, at=made + 130 * DAY)
    reminders.check_made(session, ada, now=made + 130 * DAY)
    assert reminders.current(session, ada)[CHECK].next_due_at is not None


def test_a_check_that_is_long_overdue_is_asked_for_once_and_again_a_week_later(
    session: Session,
) -> None:
    ada = person(session)
    made = utc("2026-11-01 12:00")
    simulated_check(session, ada, {Metric.PORES: 40.0}, at=made)
    reminders.check_made(session, ada, now=made)
    back = utc("2026-11-20 15:00")  # nothing ran for two weeks
    assert reminders.tell_due(now=back) == 1
    assert reminders.current(session, ada)[CHECK].due_day == date(2026, 11, 27)


def test_the_pace_of_checks_is_weeks(session: Session) -> None:
    ada = person(session)
    with pytest.raises(InvalidInput, match="every 7, 14, 28 days"):
        reminders.change(session, ada, {CHECK: Change(is_on=True, at=time(9), every_days=1)})
    with pytest.raises(InvalidInput, match="no such reminder"):
        reminders.change(session, ada, {Kind.RESULT_READY: HALF_PAST_SEVEN})


# ---------------------------------------------------------------------- any zone, any outage


@contextmanager
def emptied(session: Session) -> Iterator[None]:
    """Hypothesis runs the test's body many times in one transaction."""
    with session.begin_nested() as savepoint:
        yield
        savepoint.rollback()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    zone=st.sampled_from(clocks.zones()),
    first=st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 1)),  # noqa: DTZ001
    at=st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    waits=st.lists(st.integers(1, 3 * 24 * 60), min_size=5, max_size=25),
)
def test_no_day_is_told_twice_and_none_is_missed_while_it_runs(
    session: Session, zone: str, first: datetime, at: time, waits: list[int]
) -> None:
    """Looked at after waits of a minute to three days, as if workers came and went."""
    with emptied(session):
        start = moment = first.replace(tzinfo=UTC)
        ada = person(session, zone)
        reminders.change(session, ada, {MORNING: Change(is_on=True, at=at)}, now=start)
        days: list[date | None] = []
        expected: list[date] = []
        there = ZoneInfo(zone)
        for wait in waits:
            moment += wait * MINUTE
            if reminders.tell_due(now=moment):
                days.append(reminders.current(session, ada)[MORNING].told_day)
            day, due = clocks.last_until(moment, at, there)
            fresh = due > start and moment - due <= reminders.STALE_AFTER
            if fresh and day not in expected:
                expected.append(day)
        assert days == expected
        assert max(Counter(days).values(), default=1) == 1
        assert len(told(session, ada)) == len(days)


def test_the_database_says_what_time_it_is(database: Connection) -> None:
    with transaction() as session:
        ada = person(session, "UTC")
        now = clock_of_the_database(session)
        soon = {MORNING: Change(is_on=True, at=(now + 2 * MINUTE).time())}
        reminders.change(session, ada, soon)
    assert reminders.tell_due() == 0
    overdue = "UPDATE reminders SET next_due_at = now() WHERE next_due_at IS NOT NULL"
    database.execute(text(overdue))
    with transaction() as session:
        reminders.tell_due()
        due = reminders.current(session, ada)[MORNING].next_due_at
    assert due is not None
    assert due > now
