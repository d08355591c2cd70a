"""Reading what is released to analysts: nothing else is read here, and nobody's rows.

Every function answers from tables whose size does not depend on how many people or checks there
are. What a cell may show was decided when it was written (pipeline.analytics.release); a
suppressed one comes with its reason and without numbers. Use `reading`: its role in the database
can read nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, null, select
from sqlalchemy.orm import Session

from core.analytics import Because, Period
from data.database import read_released
from data.tables import (
    FACE,
    ReleasedIngredient,
    ReleasedMetric,
    ReleasedPair,
    ReleasedPeriod,
    ReleasedQuality,
    ReleasedRetention,
)


@dataclass(frozen=True)
class Released:
    """A metric, or a measure of photos, in one cell. Suppressed: everything after is None."""

    period_start: date
    period: Period
    shape: str  # '' or one or two of core.analytics.Fact, joined by “+”
    first: str | None  # value of the shape's first fact
    second: str | None
    suppressed_because: Because | None
    people: int | None  # to the nearest five; the smallest is ten
    analyses: int | None
    mean: float | None  # over people, each by their own mean; with noise
    sd: float | None  # between people
    mean_noise_sd: float | None  # standard deviation of the noise in `mean`
    # People in each of 20 equal bins of the scale, to the nearest five; None: too few to tell.
    # None instead of all: not asked for, or hidden.
    bins: tuple[int | None, ...] | None
    metric: str = ""  # or measure
    region: str = FACE


@dataclass(frozen=True)
class Pair:
    """How two metrics of the face go together in a block of four weeks."""

    period_start: date
    shape: str
    first: str | None
    metric: str
    other: str
    suppressed_because: Because | None
    people: int | None
    correlation: float | None  # −1 to 1
    noise_sd: float | None


@dataclass(frozen=True)
class Ingredient:
    """Change around the start of an ingredient; `ingredient` None: those who changed nothing."""

    period_start: date  # of thirteen weeks
    ingredient: str | None  # id of data/knowledge/ingredients.yaml
    metric: str
    suppressed_because: Because | None
    people: int | None
    mean: float | None  # points, after less before
    sd: float | None
    mean_noise_sd: float | None


@dataclass(frozen=True)
class Retention:
    """How many of those who began in a block came back so many blocks later."""

    period_start: date
    shape: str
    first: str | None
    blocks_later: int
    suppressed_because: Because | None
    people: int | None  # who began
    returned: int | None
    checks: float | None  # mean number in that block of those who came back
    checks_noise_sd: float | None


@contextmanager
def reading() -> Iterator[Session]:
    """A transaction for reading what is released; the database itself allows no more."""
    with read_released() as session:
        yield session


def released(
    session: Session,
    *,
    metric: str | Sequence[str],
    region: str = FACE,
    shape: str | Sequence[str] = "",
    period: Period | None = None,
    since: date | None = None,
    until: date | None = None,
    first: str | Sequence[str] | None = None,
    second: str | Sequence[str] | None = None,
    with_bins: bool = True,
) -> list[Released]:
    """Cells of a shape by period, oldest first; `until` is exclusive; suppressed ones included.

    Without `period`: weeks for at most one fact, blocks for two, which have no weeks. Whoever draws
    no distribution goes without the bins.
    """
    row = ReleasedMetric
    wanted = _cells(row, row.metric, metric, shape, period, with_bins).where(row.region == region)
    wanted = _within(wanted, row, since, until, first, second)
    return [_figure(found, found.metric, found.region) for found in session.execute(wanted)]


def quality(
    session: Session,
    *,
    measure: str | Sequence[str],
    shape: str = "",
    period: Period | None = None,
    since: date | None = None,
    until: date | None = None,
    first: str | Sequence[str] | None = None,
    second: str | Sequence[str] | None = None,
    with_bins: bool = True,
) -> list[Released]:
    """The same for measures of the photos (core.analytics.MEASURES); bins are over its scale."""
    row = ReleasedQuality
    wanted = _cells(row, row.measure, measure, shape, period, with_bins)
    wanted = _within(wanted, row, since, until, first, second)
    return [_figure(found, found.measure, FACE) for found in session.execute(wanted)]


def pairs(
    session: Session,
    *,
    shape: str = "",
    since: date | None = None,
    until: date | None = None,
    first: str | Sequence[str] | None = None,
) -> list[Pair]:
    """Correlations of every two metrics by block, of shapes with at most one fact."""
    row = ReleasedPair
    wanted = _plain(row).where(row.shape == shape)
    wanted = wanted.order_by(row.period_start, row.first, row.metric, row.other)
    return [
        Pair(
            found.period_start,
            found.shape,
            found.first or None,
            found.metric,
            found.other,
            found.suppressed_because,
            found.people,
            found.correlation,
            found.noise_sd,
        )
        for found in session.execute(_within(wanted, row, since, until, first, None))
    ]


def ingredients(
    session: Session,
    *,
    ingredient: str | None = None,
    since: date | None = None,
    until: date | None = None,
) -> list[Ingredient]:
    """Changes after starting an ingredient, the comparison (`ingredient` None) always with them."""
    row = ReleasedIngredient
    wanted = _plain(row).order_by(row.ingredient, row.metric, row.period_start)
    if ingredient is not None:
        wanted = wanted.where(row.ingredient.in_(("", ingredient)))
    return [
        Ingredient(
            found.period_start,
            found.ingredient or None,
            found.metric,
            found.suppressed_because,
            found.people,
            found.mean,
            found.sd,
            found.mean_noise_sd,
        )
        for found in session.execute(_within(wanted, row, since, until, None, None))
    ]


def retention(
    session: Session,
    *,
    shape: str = "",
    since: date | None = None,
    until: date | None = None,
    first: str | Sequence[str] | None = None,
) -> list[Retention]:
    """Cohorts by the block of their first check, of shapes with at most one fact."""
    row = ReleasedRetention
    wanted = _plain(row).where(row.shape == shape)
    wanted = wanted.order_by(row.period_start, row.first, row.blocks_later)
    return [
        Retention(
            found.period_start,
            found.shape,
            found.first or None,
            found.blocks_later,
            found.suppressed_because,
            found.people,
            found.returned,
            found.checks,
            found.checks_noise_sd,
        )
        for found in session.execute(_within(wanted, row, since, until, first, None))
    ]


def released_until(session: Session) -> Mapping[Period, tuple[date, date, datetime]]:
    """First and last period that is out, and when anything was last released, of each kind."""
    row = ReleasedPeriod
    found = session.execute(
        select(
            row.period,
            func.min(row.period_start),
            func.max(row.period_start),
            func.max(row.released_at),
        ).group_by(row.period)
    )
    return {period: (first, last, at) for period, first, last, at in found}


def versions(session: Session) -> list[tuple[str, date]]:
    """Versions of the model, each with the first week of which something is known: a release."""
    row = ReleasedMetric
    found = session.execute(
        select(row.first, func.min(row.period_start))
        .where(
            row.shape == "model_version",
            row.metric == "skin_score",
            row.region == FACE,
            row.period == Period.WEEK,
            row.people.is_not(None),
        )
        .group_by(row.first)
        .order_by(func.min(row.period_start), row.first)
    )
    return [(version, first) for version, first in found]


def usual_period(shapes: str | Sequence[str]) -> Period:
    return Period.BLOCK if any("+" in shape for shape in _listed(shapes)) else Period.WEEK


def _cells(
    row: Any,
    name: Any,
    names: str | Sequence[str],
    shapes: str | Sequence[str],
    period: Period | None,
    with_bins: bool,
) -> Select[Any]:
    wanted = _plain(row) if with_bins else select(*_but_bins(row), null().label("bins"))
    return wanted.where(
        row.shape.in_(_listed(shapes)),
        name.in_(_listed(names)),
        row.period == (period or usual_period(shapes)),
    ).order_by(name, row.period_start, row.first, row.second)


def _plain(row: Any) -> Select[Any]:
    """Rows as they are: nothing is changed here, so the session need not keep track of them."""
    return select(*row.__table__.columns)


def _but_bins(row: Any) -> list[Any]:
    return [column for column in row.__table__.columns if column.name != "bins"]


def _listed(one_or_more: str | Sequence[str]) -> list[str]:
    return [one_or_more] if isinstance(one_or_more, str) else list(one_or_more)


def _within(
    wanted: Select[Any],
    row: Any,
    since: date | None,
    until: date | None,
    first: str | Sequence[str] | None,
    second: str | Sequence[str] | None,
) -> Select[Any]:
    if since is not None:
        wanted = wanted.where(row.period_start >= since)
    if until is not None:
        wanted = wanted.where(row.period_start < until)
    if first is not None:
        wanted = wanted.where(row.first.in_(_listed(first)))
    if second is not None:
        wanted = wanted.where(row.second.in_(_listed(second)))
    return wanted


def _figure(row: Any, name: str, region: str) -> Released:
    return Released(
        row.period_start,
        row.period,
        row.shape,
        row.first or None,
        row.second or None,
        row.suppressed_because,
        row.people,
        row.analyses,
        row.mean,
        row.sd,
        row.mean_noise_sd,
        None if row.bins is None else tuple(row.bins),
        name,
        region,
    )
