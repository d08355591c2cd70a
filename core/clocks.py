"""A person's own clock: which instant a time of day is, where the clocks are put forward and back.

A time that does not exist on a day (the clocks jumped over it) is that which the clock would have
shown without the jump; one that exists twice is the first of the two. So RFC 5545, §3.3.5, rules
for calendars, and each day has exactly one instant for each time of day.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from core.errors import InvalidInput

FALLBACK = "UTC"
_DAY = timedelta(days=1)
# In the list, but no place where people live.
_NO_PLACES = ("Etc/", "SystemV/", "US/Pacific-New")


@cache
def zones() -> tuple[str, ...]:
    """The names to choose from: UTC and those of places, as in Europe/Berlin."""
    places = (name for name in available_timezones() if "/" in name)
    return (FALLBACK, *sorted(name for name in places if not name.startswith(_NO_PLACES)))


def is_zone(name: object) -> bool:
    """Whether it names a zone that can be kept; a browser's answer may be anything."""
    return isinstance(name, str) and (name in zones() or name in available_timezones())


def checked_zone(name: object) -> str:
    """The name, if it is one. Raises InvalidInput."""
    if not is_zone(name):
        raise InvalidInput("The time zone must be a name like Europe/Berlin.")
    return str(name)


def zone(name: str | None) -> ZoneInfo:
    """The zone of this name; UTC for None, and for one that the machine does not know any more."""
    try:
        return ZoneInfo(name or FALLBACK)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(FALLBACK)


@lru_cache(maxsize=10_000)  # thousands have the same time of day in the same zone
def instant(day: date, at: time, there: ZoneInfo) -> datetime:
    """When it is this time on this day there, in UTC."""
    return datetime.combine(day, at.replace(fold=0, tzinfo=None), there).astimezone(UTC)


def first_after(
    moment: datetime, at: time, there: ZoneInfo, *, not_before: date | None = None
) -> tuple[date, datetime]:
    """The first day from `not_before` on whose `at` comes after `moment`, and that instant."""
    first = moment.astimezone(there).date() - _DAY
    for day in _days(first if not_before is None else max(first, not_before)):
        due = instant(day, at, there)
        if due > moment:
            return day, due
    raise AssertionError("days do not end")


def last_until(moment: datetime, at: time, there: ZoneInfo) -> tuple[date, datetime]:
    """The last day whose `at` has come by `moment`, and that instant."""
    day = moment.astimezone(there).date() + _DAY
    while (due := instant(day, at, there)) > moment:
        day -= _DAY
    return day, due


def _days(first: date) -> Iterator[date]:
    while True:
        yield first
        first += _DAY


def span_ends(moment: datetime, begins: time, ends: time, there: ZoneInfo) -> datetime | None:
    """When the daily span that `moment` is in ends; None outside. It may go over midnight."""
    today = moment.astimezone(there).date()
    for day in (today - _DAY, today):
        last = day if begins < ends else day + _DAY
        from_, until = instant(day, begins, there), instant(last, ends, there)
        if from_ <= moment < until:
            return until
    return None
