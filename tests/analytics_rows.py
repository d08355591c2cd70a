"""Released rows made by hand: what analysts would see of a population that is small and known."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.analytics import BINS, Because, Period
from data.tables import (
    ReleasedIngredient,
    ReleasedMetric,
    ReleasedPair,
    ReleasedPeriod,
    ReleasedQuality,
    ReleasedRetention,
)

BLOCK = date(2026, 1, 26)  # begins a block of four weeks
AT = datetime(2026, 3, 1, tzinfo=UTC)


def partition(session: Session, table: str, day: date) -> None:
    session.execute(text("SELECT make_partition(:table, :day)"), {"table": table, "day": day})


def partitions(session: Session) -> None:
    for table in ("metrics", "quality", "pairs", "ingredients", "retention"):
        for day in (BLOCK, BLOCK + timedelta(weeks=4)):
            partition(session, f"released_{table}", day)
    for period in Period:
        session.add(ReleasedPeriod(period=period, period_start=BLOCK, released_at=AT))


def metric(
    session: Session,
    shape: str,
    groups: dict[tuple[str, str], tuple[int, float] | Because],
    *,
    name: str = "redness",
    period: Period = Period.BLOCK,
    start: date = BLOCK,
    sd: float = 10.0,
    noise_sd: float = 0.1,
) -> None:
    """One period's cells: people and mean of each group, or why it is suppressed."""
    for (first, second), found in groups.items():
        row = ReleasedMetric(
            metric=name, region="face", period=period, period_start=start, shape=shape,
            first=first, second=second, released_at=AT,
        )  # fmt: skip
        _fill(row, found, sd, noise_sd)
        session.add(row)


def quality(
    session: Session, name: str, shape: str, groups: dict[str, tuple[int, float] | Because],
    *, period: Period = Period.BLOCK, start: date = BLOCK,
) -> None:  # fmt: skip
    for first, found in groups.items():
        row = ReleasedQuality(
            measure=name, period=period, period_start=start, shape=shape, first=first,
            second="", released_at=AT,
        )  # fmt: skip
        _fill(row, found, 5.0, 0.1)
        session.add(row)


def _fill(
    row: ReleasedMetric | ReleasedQuality,
    found: tuple[int, float] | Because,
    sd: float,
    noise_sd: float,
) -> None:
    if isinstance(found, Because):
        row.suppressed_because = found
        return
    people, mean = found
    row.people, row.analyses, row.mean, row.sd, row.mean_noise_sd = (
        people, people * 4, mean, sd, noise_sd,
    )  # fmt: skip
    bins: list[int | None] = [None] * BINS
    bins[min(BINS - 1, int(mean // 5))] = people
    row.bins = bins


def others(session: Session) -> None:
    """A correlation, an ingredient that helps and one that does not, and who came back."""
    session.add(
        ReleasedPair(
            period_start=BLOCK, shape="", first="", second="", metric="pores", other="redness",
            people=200, correlation=0.4, noise_sd=0.01, released_at=AT,
        )
    )  # fmt: skip
    for ingredient, mean in (("", 0.0), ("azelaic_acid", -6.0), ("niacinamide", 0.1)):
        session.add(
            ReleasedIngredient(
                period_start=BLOCK, shape="", first="", second="", ingredient=ingredient,
                metric="redness", people=100, mean=mean, sd=8.0, mean_noise_sd=0.16,
                released_at=AT,
            )
        )  # fmt: skip
    for later, returned in ((0, 100), (1, 60)):
        session.add(
            ReleasedRetention(
                period_start=BLOCK, shape="", first="", second="", blocks_later=later,
                people=100, returned=returned, checks=4.0, checks_noise_sd=0.1, released_at=AT,
            )
        )  # fmt: skip
