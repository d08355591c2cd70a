"""What analysts may see, what it is made from, and which days of it have to be made again.

`dirty_days` and `daily_metrics` are the product's own. The role of the analyst may read the tables
whose names begin with `released_` and no others (data.roles). Those that grow by the day are
partitioned; `make_partition` of the database makes the partition that a row needs.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Identity,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.analytics import Because, Period
from data.base import Base, TextEnum, now, one_of, owner

_BY_MONTH = {"postgresql_partition_by": "RANGE (day)"}
_BY_YEAR = {"postgresql_partition_by": "RANGE (period_start)"}


class DirtyDay(Base):
    """Something that is counted on this day has changed. Only added to, and removed when done.

    Written in the transaction of the change. Not one row a day: those who record would wait for
    each other, and a mark could be removed together with one that was not seen yet.
    """

    __tablename__ = "dirty_days"

    mark_id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    day: Mapped[date]  # of the check, UTC
    marked_at: Mapped[datetime] = now()
    # Somebody goes, or belongs elsewhere. False: a check more, which can wait for others.
    at_once: Mapped[bool] = mapped_column(server_default=true())


class DailyMetric(Base):
    """Checks of one day, of everybody who agreed to statistics, however few: never for analysts.

    `metric` '' is the check itself; `fact` and `value` '' are everybody.
    """

    __tablename__ = "daily_metrics"
    __table_args__ = (_BY_MONTH,)

    day: Mapped[date] = mapped_column(primary_key=True)
    metric: Mapped[str] = mapped_column(primary_key=True)
    region: Mapped[str] = mapped_column(primary_key=True)
    fact: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    people: Mapped[int]
    analyses: Mapped[int]  # scored, with a value
    total: Mapped[float]  # Σ value
    squares: Mapped[float]  # Σ value²
    bins: Mapped[list[int]] = mapped_column(ARRAY(Integer))  # twenty of five points
    abstained: Mapped[int]
    rejected: Mapped[int]  # only of the check itself


class ReleasedPeriod(Base):
    """A period whose figures are out. What is not here is not released yet."""

    __tablename__ = "released_periods"
    __table_args__ = (one_of("period", Period),)

    period: Mapped[Period] = mapped_column(TextEnum(Period), primary_key=True)
    period_start: Mapped[date] = mapped_column(primary_key=True)
    released_at: Mapped[datetime] = now()


class _Figure:
    """What every released figure has. `first` and `second` are values of the shape's facts, or ''.

    Suppressed: `people` and all that follows from them are NULL.
    """

    period_start: Mapped[date] = mapped_column(primary_key=True)
    shape: Mapped[str] = mapped_column(primary_key=True)
    first: Mapped[str] = mapped_column(primary_key=True)
    second: Mapped[str] = mapped_column(primary_key=True)
    people: Mapped[int | None]  # rounded
    suppressed_because: Mapped[Because | None] = mapped_column(TextEnum(Because))
    released_at: Mapped[datetime] = now()


def _figure(*more: Any) -> tuple[Any, ...]:
    return (
        one_of("suppressed_because", Because),
        CheckConstraint(
            "(people IS NULL) = (suppressed_because IS NOT NULL)", name="shown_or_suppressed"
        ),
        CheckConstraint("people IS NULL OR people >= 10", name="floor"),
        *more,
        _BY_YEAR,
    )


class ReleasedMetric(_Figure, Base):
    """One metric of one region over the people of a cell: each counts once, by their own mean."""

    __tablename__ = "released_metrics"
    __table_args__ = _figure(
        # in the order in which they are asked for: a trend is one range of the index
        PrimaryKeyConstraint(
            "shape", "metric", "region", "period", "period_start", "first", "second"
        ),
        one_of("period", Period),
    )

    metric: Mapped[str] = mapped_column(primary_key=True)
    region: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[Period] = mapped_column(TextEnum(Period), primary_key=True)
    analyses: Mapped[int | None]  # rounded
    mean: Mapped[float | None]
    sd: Mapped[float | None]  # between people
    mean_noise_sd: Mapped[float | None]  # of the noise that was added to `mean`
    # People in each bin, rounded; NULL where there are too few of them.
    bins: Mapped[list[int | None] | None] = mapped_column(ARRAY(Integer))


class ReleasedQuality(_Figure, Base):
    """A measure of the photos and of their sending (core.analytics.MEASURES), in the same way."""

    __tablename__ = "released_quality"
    __table_args__ = _figure(
        PrimaryKeyConstraint("shape", "measure", "period", "period_start", "first", "second"),
        one_of("period", Period),
    )

    measure: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[Period] = mapped_column(TextEnum(Period), primary_key=True)
    analyses: Mapped[int | None]
    mean: Mapped[float | None]
    sd: Mapped[float | None]
    mean_noise_sd: Mapped[float | None]
    bins: Mapped[list[int | None] | None] = mapped_column(ARRAY(Integer))


class ReleasedPair(_Figure, Base):
    """How two metrics of the face go together, over the people of a block."""

    __tablename__ = "released_pairs"
    __table_args__ = _figure()

    metric: Mapped[str] = mapped_column(primary_key=True)
    other: Mapped[str] = mapped_column(primary_key=True)  # after `metric` in the alphabet
    correlation: Mapped[float | None]  # Pearson's, −1 to 1
    noise_sd: Mapped[float | None]  # of the noise that was added to it


class ReleasedIngredient(_Figure, Base):
    """Change of a metric of the face around the start of an ingredient.

    The mean of the person's checks 4 to 12 weeks after, less that of the 4 weeks before.
    `ingredient` '' is the comparison: who changed nothing, around the same time. `period_start` is
    the quarter-year block (thirteen weeks from FIRST_MONDAY) of the start.
    """

    __tablename__ = "released_ingredients"
    __table_args__ = _figure()

    ingredient: Mapped[str] = mapped_column(primary_key=True)
    metric: Mapped[str] = mapped_column(primary_key=True)
    mean: Mapped[float | None]  # points
    sd: Mapped[float | None]
    mean_noise_sd: Mapped[float | None]


class ReleasedRetention(_Figure, Base):
    """Of those whose first check was in a block, how many came back so many blocks later."""

    __tablename__ = "released_retention"
    __table_args__ = _figure()

    blocks_later: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    returned: Mapped[int | None]  # people, rounded
    checks: Mapped[float | None]  # mean of those who came back, in that block
    checks_noise_sd: Mapped[float | None]


class SavedView(Base):
    """A question of an analyst, to be asked again: the part of the address after “?”."""

    __tablename__ = "saved_views"
    __table_args__ = (
        CheckConstraint("length(name) BETWEEN 1 AND 80", name="name"),
        CheckConstraint("length(query) <= 2000", name="query"),
        Index(None, "user_id", text("lower(name)"), unique=True),
    )

    view_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = owner()
    name: Mapped[str]
    query: Mapped[str]
    created_at: Mapped[datetime] = now()
