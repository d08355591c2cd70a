"""A person's own clock, where it is put forward and back."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core import clocks
from core.errors import InvalidInput

DAY = timedelta(days=1)
ZONES = st.sampled_from(clocks.zones()).map(ZoneInfo)
DAYS = st.dates(date(1970, 1, 2), date(2037, 12, 30))
TIMES = st.times().map(lambda t: t.replace(second=0, microsecond=0))


@pytest.mark.parametrize(
    ("zone", "local", "utc"),
    [
        ("Europe/Berlin", "2026-07-01 07:30", "2026-07-01 05:30"),
        ("Europe/Berlin", "2026-01-01 07:30", "2026-01-01 06:30"),
        ("Europe/Berlin", "2026-03-29 02:30", "2026-03-29 01:30"),  # is not: 03:30 it is
        ("Europe/Berlin", "2026-10-25 02:30", "2026-10-25 00:30"),  # is twice: the first
        ("America/New_York", "2026-03-08 02:30", "2026-03-08 07:30"),
        ("America/New_York", "2026-11-01 01:30", "2026-11-01 05:30"),
        ("Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-03 15:45"),  # half an hour
        ("Asia/Kathmandu", "2026-11-23 07:30", "2026-11-23 01:45"),
        ("Pacific/Chatham", "2026-11-23 07:30", "2026-11-22 17:45"),
        ("Pacific/Apia", "2011-12-30 07:30", "2011-12-30 17:30"),  # a day that was left out
    ],
)
def test_the_instant_of_a_time_of_day(zone: str, local: str, utc: str) -> None:
    wanted = datetime.fromisoformat(local)
    found = clocks.instant(wanted.date(), wanted.time(), ZoneInfo(zone))
    assert found == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@given(ZONES, DAYS, TIMES)
@example(ZoneInfo("Pacific/Apia"), date(2011, 12, 30), time(7, 30))
@example(ZoneInfo("America/Sao_Paulo"), date(2018, 11, 4), time(0, 15))  # midnight is missing
def test_days_never_overtake_each_other(there: ZoneInfo, day: date, at: time) -> None:
    before, here = clocks.instant(day - DAY, at, there), clocks.instant(day, at, there)
    assert before <= here  # the same only where a whole day was left out
    shown = here.astimezone(there)
    if (shown.date(), shown.time()) != (day, at):  # then the clocks jumped over it
        earlier = (here - timedelta(days=2)).astimezone(there).utcoffset()
        assert shown.replace(tzinfo=None) - datetime.combine(day, at) == (
            (shown.utcoffset() or timedelta()) - (earlier or timedelta())
        )


@given(ZONES, st.datetimes(datetime(1970, 1, 3), datetime(2037, 12, 28)), TIMES)  # noqa: DTZ001
def test_the_next_time_is_the_first_after_and_the_last_is_the_one_before(
    there: ZoneInfo, moment: datetime, at: time
) -> None:
    now = moment.replace(tzinfo=UTC)
    day, due = clocks.first_after(now, at, there)
    last_day, last = clocks.last_until(now, at, there)
    assert last <= now < due
    assert last_day < day
    assert due == clocks.instant(day, at, there)
    between = [
        clocks.instant(last_day + n * DAY, at, there) for n in range(1, (day - last_day).days)
    ]
    assert all(one in (last, due) for one in between)  # only days that were left out


def test_the_next_time_is_not_before_the_day_that_is_asked() -> None:
    now = datetime(2026, 11, 23, 6, tzinfo=UTC)
    berlin = ZoneInfo("Europe/Berlin")
    day, due = clocks.first_after(now, time(7, 30), berlin, not_before=date(2026, 11, 30))
    assert (day, due) == (date(2026, 11, 30), datetime(2026, 11, 30, 6, 30, tzinfo=UTC))
    assert clocks.first_after(now, time(7, 30), berlin)[0] == date(2026, 11, 23)


@given(ZONES, st.datetimes(datetime(1971, 1, 1), datetime(2037, 1, 1)), TIMES, TIMES)  # noqa: DTZ001
def test_a_span_holds_what_its_clock_shows(
    there: ZoneInfo, moment: datetime, begins: time, ends: time
) -> None:
    now = moment.replace(tzinfo=UTC)
    until = clocks.span_ends(now, begins, ends, there)
    if until is not None:
        assert now < until <= now + timedelta(hours=51)  # a left-out day, twice
    offsets = {(now + timedelta(days=n)).astimezone(there).utcoffset() for n in range(-2, 3)}
    if len(offsets) == 1 and begins != ends:  # no clock is put anywhere near
        shown = now.astimezone(there).time()
        inside = begins <= shown < ends if begins < ends else shown >= begins or shown < ends
        assert (until is not None) is inside


@pytest.mark.parametrize("name", ["Europe/Berlin", "UTC", "Japan", "America/Argentina/Ushuaia"])
def test_names_of_places_are_zones(name: str) -> None:
    assert clocks.checked_zone(name) == name
    assert clocks.zone(name).key == name


@pytest.mark.parametrize(
    "name", ["", "Mars/Olympus", "../../etc/passwd", "/etc/localtime", "a\0b", 5, None, "UTC+2"]
)
def test_what_is_no_zone_is_refused_and_never_breaks_a_reminder(name: object) -> None:
    with pytest.raises(InvalidInput, match="Europe/Berlin"):
        clocks.checked_zone(name)
    if isinstance(name, str | None):
        assert clocks.zone(name).key == "UTC"


def test_the_list_to_choose_from_holds_places_only() -> None:
    names = clocks.zones()
    assert len(names) > 400
    assert names[0] == "UTC"
    assert {"Europe/Berlin", "Asia/Tokyo", "America/New_York"} <= set(names)
    assert not [name for name in names if name.startswith(("Etc/", "posix", "right"))]
