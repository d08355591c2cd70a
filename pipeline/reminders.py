"""Reminders: when each is due next on the person's own clock, and telling those that are due.

A day and a reminder are told once, however often and by however many workers it is asked. What
was missed is caught up once: the next time is reckoned from now, not from the one that was missed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.orm import Session

from core import clocks
from core.errors import InvalidInput
from core.notifications import REMINDERS, Kind
from data import analyses, database, notification_preferences
from data import reminders as kept
from data.database import transaction
from data.reminders import Due, Reminder
from pipeline import notify

log = structlog.get_logger(__name__)

CHECK_EVERY_DAYS = (7, 14, 28)  # skin changes over weeks; a shorter pace shows noise
MOST_UNANSWERED = 4  # then nobody is asked for a check any more, until the next one
STALE_AFTER = timedelta(hours=6)  # a morning routine is not for the evening
BATCH = 1000

# A routine is reminded of by those who ask for it; a check is, once there has been one.
DEFAULTS: Mapping[Kind, Reminder] = {
    Kind.MORNING_ROUTINE: Reminder(Kind.MORNING_ROUTINE, False, time(7, 30)),
    Kind.EVENING_ROUTINE: Reminder(Kind.EVENING_ROUTINE, False, time(21, 0)),
    Kind.CHECK_DUE: Reminder(Kind.CHECK_DUE, True, time(9, 0), every_days=7),
}
assert DEFAULTS.keys() == set(REMINDERS)  # noqa: S101


@dataclass(frozen=True)
class Change:
    """What a person sets of one reminder."""

    is_on: bool
    at: time  # on the person's clock, whole minutes
    every_days: int = 1  # of "check due" only


def current(session: Session, user_id: UUID) -> dict[Kind, Reminder]:
    """Every reminder of the person, those that were never set with their defaults."""
    return {**DEFAULTS, **kept.of(session, user_id)}


def change(
    session: Session,
    user_id: UUID,
    changes: Mapping[Kind, Change],
    *,
    now: datetime | None = None,
) -> None:
    """Set some of the reminders. InvalidInput for what cannot be."""
    now = now or database.now(session)
    before = current(session, user_id)
    for kind, wanted in changes.items():
        if kind not in DEFAULTS:
            raise InvalidInput("There is no such reminder.")
        days = wanted.every_days if kind is Kind.CHECK_DUE else 1
        if kind is Kind.CHECK_DUE and days not in CHECK_EVERY_DAYS:
            allowed = ", ".join(map(str, CHECK_EVERY_DAYS))
            raise InvalidInput(f"A check can be due every {allowed} days.")
        at = wanted.at.replace(second=0, microsecond=0, tzinfo=None)
        changed = replace(before[kind], is_on=wanted.is_on, at=at, every_days=days, unanswered=0)
        _schedule(session, user_id, changed, now)


def live_in(
    session: Session, user_id: UUID, time_zone: str, *, now: datetime | None = None
) -> None:
    """Reckon by the clocks of this zone from now on."""
    name = clocks.checked_zone(time_zone)
    preferences = notification_preferences.read(session, user_id)
    notification_preferences.write(
        session, user_id, replace(preferences, time_zone=name, choices={})
    )
    reschedule(session, user_id, now=now)


def learn_time_zone(session: Session, user_id: UUID, time_zone: str) -> bool:
    """What a browser says, for as long as nobody has said anything; whether it was news."""
    if not clocks.is_zone(time_zone):
        return False
    learnt = notification_preferences.learn_time_zone(session, user_id, time_zone)
    if learnt:
        reschedule(session, user_id)
    return learnt


def check_made(session: Session, user_id: UUID, *, now: datetime | None = None) -> None:
    """There is a new check: the next one is due from it."""
    before = current(session, user_id)[Kind.CHECK_DUE]
    now = now or database.now(session)
    _schedule(session, user_id, replace(before, unanswered=0), now)


def reschedule(session: Session, user_id: UUID, *, now: datetime | None = None) -> None:
    """Reckon anew when everything is due next: the zone has changed, or became known."""
    now = now or database.now(session)
    for reminder in current(session, user_id).values():
        if reminder.is_on:
            _schedule(session, user_id, reminder, now)


def _schedule(session: Session, user_id: UUID, reminder: Reminder, now: datetime) -> None:
    there = clocks.zone(notification_preferences.read(session, user_id).time_zone)
    day, due = None, None
    if reminder.is_on and reminder.kind is not Kind.CHECK_DUE:
        told = reminder.told_day
        after = None if told is None else told + timedelta(days=1)
        day, due = clocks.first_after(now, reminder.at, there, not_before=after)
    elif reminder.is_on and reminder.unanswered < MOST_UNANSWERED:
        newest = analyses.latest(session, user_id)
        if newest:
            days = [newest[0].created_at.astimezone(there).date()]
            if reminder.unanswered and reminder.told_day is not None:
                days.append(reminder.told_day)
            after = max(days) + timedelta(days=reminder.every_days)
            day, due = clocks.first_after(now, reminder.at, there, not_before=after)
    kept.write(session, user_id, replace(reminder, due_day=day, next_due_at=due))


# ---------------------------------------------------------------------- telling


def tell_due(*, now: datetime | None = None, batch: int = BATCH) -> int:
    """Tell everybody whose reminders are due, a transaction a batch; how many were told.

    `now` is the database's time; tests give another. Any number of workers may do this at once.
    """
    told = 0
    while True:
        with transaction() as session:
            moment = now or database.now(session)
            due = kept.take_due(session, moment, at_most=batch)
            told += _tell(session, due, moment)
        if len(due) < batch:
            break
    if told:
        log.info("reminders_told", number=told)
    return told


def _tell(session: Session, due: Sequence[Due], now: datetime) -> int:
    preferences = notification_preferences.read_many(session, {one.user_id for one in due})
    news, moved = [], []
    for one in due:
        there = clocks.zone(preferences[one.user_id].time_zone)
        is_worth_it, reminder = _moved_on(one.reminder, now, there)
        moved.append((one.user_id, reminder))
        if is_worth_it and one.is_active:
            dedupe = f"{reminder.kind.value}:{reminder.told_day}"
            news.append(notify.Told(one.user_id, reminder.kind, dedupe))
    kept.move_on(session, moved)
    return notify.tell_many(session, news, preferences, now=now)


def _moved_on(reminder: Reminder, now: datetime, there: ZoneInfo) -> tuple[bool, Reminder]:
    """Whether it is to be told now, and when it is due next, reckoned from now."""
    is_check = reminder.kind is Kind.CHECK_DUE
    day, at = clocks.last_until(now, reminder.at, there)
    after = reminder.due_day
    is_worth_it = (after is None or day >= after) and (is_check or now - at <= STALE_AFTER)
    if is_worth_it:
        unanswered = reminder.unanswered + 1 if is_check else 0
        reminder = replace(reminder, told_day=day, unanswered=unanswered)
        after = day + timedelta(days=reminder.every_days)
    if reminder.unanswered >= MOST_UNANSWERED:
        return is_worth_it, replace(reminder, next_due_at=None, due_day=None)
    next_day, next_at = clocks.first_after(now, reminder.at, there, not_before=after)
    return is_worth_it, replace(reminder, next_due_at=next_at, due_day=next_day)
