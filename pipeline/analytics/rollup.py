"""Keeping the statistics up to date: days that changed, then periods that are over.

Everything is made from the checks anew, so that doing it twice, or again after a crash, changes
nothing. Marks go when all that they ask for is done.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.orm import Session

from core.analytics import FIRST_MONDAY, Period
from core.settings import settings
from data import (
    daily_metrics,
    database,
    dirty_days,
    person_courses,
    person_periods,
    releases,
)
from data.database import transaction
from pipeline.analytics import courses, noise, reading
from pipeline.analytics.people import People
from pipeline.analytics.release import Figure, PairFigure, Release

log = structlog.get_logger(__name__)

# A period is released so long after its end, when the last photo of it has been scored.
SETTLED_AFTER = timedelta(days=1)
# Counting a day costs as much as its checks are many, so a day on which checks keep coming is
# counted once in this time, and not in each run. Whoever goes is taken out by the next run.
COUNTED_AFTER = timedelta(hours=1)

_OF_FIGURE = ("shape", "first", "second", "suppressed_because", "people", "analyses")
_OF_MEANS = ("mean", "sd", "mean_noise_sd", "bins")
_OF_PAIR = (
    *("metric", "other", "shape", "first", "second"),
    *("suppressed_because", "people", "correlation", "noise_sd"),
)


@dataclass(frozen=True)
class Done:
    """What one run did."""

    days: int
    periods: int


def run(
    *,
    now: datetime | None = None,
    simulated: bool | None = None,
    waited: timedelta = COUNTED_AFTER,
) -> Done:
    """Bring the roll-up and what is released up to date, one day or period a transaction.

    `simulated` counts simulated checks too; without it, only the demonstration does. A day of
    nothing but new checks is left for as long as `waited`.
    """
    if simulated is None:
        simulated = settings().demonstration
    with transaction() as session:
        today = (now or database.now(session)) - SETTLED_AFTER
        marked = dirty_days.marked(session, waited=waited)
        due = list(_due(session, marked, today.date()))
    for day in marked:
        with _counting() as session:
            daily_metrics.roll_up(session, day, simulated=simulated)
    for period, start in due:
        release(period, start, simulated=simulated)
    if any(period is Period.BLOCK for period, _ in due):
        _release_retention(today.date(), simulated=simulated)
    _release_ingredients(today.date(), set(marked), simulated=simulated)
    with transaction() as session:
        dirty_days.done(session, [mark for marks in marked.values() for mark in marks])
    if marked or due:
        log.info("statistics_updated", days=len(marked), periods=len(due))
    return Done(len(marked), len(due))


def _due(session: Session, marked: Iterable[date], today: date) -> Iterator[tuple[Period, date]]:
    """Periods that are over and were never released, or in which something has changed."""
    first = releases.first_day(session)
    for period in Period:
        ended = period.containing(today)  # the first that is not over
        wanted = {period.containing(day) for day in marked}
        if first is not None:
            start, out = period.containing(first), releases.periods(session, period)
            while start < ended:
                if start not in out:
                    wanted.add(start)
                start += period.length
        yield from ((period, start) for start in sorted(wanted) if start < ended)


def release(period: Period, start: date, *, simulated: bool) -> None:
    """Make the figures of one period, and put them in the place of those that were there."""
    with _counting() as session:
        span = person_periods.read(session, start, start + period.length, simulated=simulated)
    people = reading.people(span)
    made = make(people, period, start)
    with _counting() as session:
        for table, columns, rows in made:
            only = {} if table == "released_pairs" else {"period": period.value}
            releases.replace(session, table, columns, rows, start=start, **only)
        releases.is_out(session, period, start)
    log.info("statistics_released", period=period, start=start.isoformat())


def _release_retention(today: date, *, simulated: bool) -> None:
    """All of it: somebody who goes is missed in every block since they began."""
    ended = Period.BLOCK.containing(today)
    with _counting() as session:
        visits = list(person_courses.visits(session, ended, simulated=simulated))
    last = person_courses.block_number(ended) - 1
    made = list(courses.retention(visits, last, noise.key()))
    with _counting() as session:
        releases.empty(session, "released_retention")
        for start, rows in made:
            releases.replace(
                session, "released_retention", courses.RETENTION_COLUMNS, rows, start=start
            )


def _release_ingredients(today: date, changed: set[date], *, simulated: bool) -> None:
    """Quarters whose last start is so long ago that its course is over."""
    with transaction() as session:
        first, out = releases.first_day(session), releases.quarters(session)
    if first is None:
        return
    start = FIRST_MONDAY + (first - FIRST_MONDAY) // courses.QUARTER * courses.QUARTER
    while (over := start + courses.QUARTER + person_courses.AFTER) <= today:
        touched = any(start - person_courses.BEFORE <= day < over for day in changed)
        if touched or start not in out:
            with _counting() as session:
                changes = person_courses.changes(
                    session, start, start + courses.QUARTER, simulated=simulated
                )
            rows = courses.ingredients(changes, start, noise.key())
            with _counting() as session:
                releases.replace(
                    session, "released_ingredients", courses.INGREDIENT_COLUMNS, rows, start=start
                )
        start += courses.QUARTER


def make(
    people: People, period: Period, start: date
) -> list[tuple[str, tuple[str, ...], list[tuple[Any, ...]]]]:
    """The rows of each table for one period: table, columns, rows."""
    figures = Release(people, period, start, noise.key())
    made = [
        (
            "released_metrics",
            ("metric", "region", *_OF_FIGURE, *_OF_MEANS),
            [_row(figure) for figure in figures.metrics()],
        ),
        (
            "released_quality",
            ("measure", *_OF_FIGURE, *_OF_MEANS),
            [(figure.name, *_row(figure)[2:]) for figure in figures.quality()],
        ),
    ]
    if period is Period.BLOCK:
        rows = [_row_of_pair(figure) for figure in figures.pairs()]
        made.append(("released_pairs", _OF_PAIR, rows))
    return made


def _row_of_pair(figure: PairFigure) -> tuple[Any, ...]:
    row = _row(figure)
    return (*row[:4], "", *row[4:])


def _row(figure: Figure | PairFigure) -> tuple[Any, ...]:
    return tuple(getattr(figure, field.name) for field in dataclasses.fields(figure))


@contextmanager
def _counting() -> Iterator[Session]:
    """A transaction that may take longer than a page's."""
    with transaction() as session:
        database.take_time(session)
        yield session
