"""People's own days. A day comes from the person's clock; here is checked that it can be one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from core import clocks
from core.errors import InvalidInput
from data import notification_preferences

BACK = timedelta(days=14)  # how far back something can be entered
# Where on earth the date is earliest and latest.
_FIRST, _LAST = timedelta(hours=-12), timedelta(hours=14)


def now() -> datetime:
    """The one clock of routines; tests put another in its place."""
    return datetime.now(UTC)


def today_of(session: Session, user_id: UUID) -> date:
    """The person's day now, by the time zone that they are known to live in."""
    there = clocks.zone(notification_preferences.read(session, user_id).time_zone)
    return now().astimezone(there).date()


def checked(day: date) -> date:
    """A day that it is or was, somewhere, within the last two weeks. Raises InvalidInput."""
    moment = now()
    if day > (moment + _LAST).date():
        raise InvalidInput("This day has not come yet.")
    if day < (moment + _FIRST - BACK).date():
        raise InvalidInput(f"This day is more than {BACK.days} days ago.")
    return day
