"""Whether scores, and the photos behind them, are distributed as they were: week by week.

Compared with the eight weeks that began half a year before the last one. The population stability
index and the distance of Kolmogorov and Smirnov, from released bins; both move by chance alone in
a small week, so the thresholds grow as people get fewer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from core.analytics import BINS, Period
from core.metrics import Metric
from core.people import Identity
from data import analytics
from data.analytics import Released
from pipeline.analytics import asking, statistics
from pipeline.analytics.statistics import Bins

MEASURES = ("exposure", "evenness", "sharpness", "face_width", "turned_by", "skin_cover")
COMPARED_WITH = 8  # weeks
OVER = timedelta(weeks=26)
WATCH, MOVED = 0.1, 0.25  # of the stability index, as is usual
LEAST_DISTANCE = 0.1  # of Kolmogorov–Smirnov: less is no matter however sure
_TOGETHER = 2  # bins: ten of them leave enough people in each


class Verdict(StrEnum):
    STABLE = "stable"
    WATCH = "watch"
    MOVED = "moved"


@dataclass(frozen=True)
class Week:
    """One week of one metric or measure against the weeks of comparison."""

    start: date
    people: int
    index: float  # population stability index
    distance: float  # Kolmogorov–Smirnov, 0–1
    distance_limit: float  # passed by one in a hundred weeks without any drift
    chance: float  # the index that chance alone would give
    verdict: Verdict


def weeks(who: Identity) -> dict[str, list[Week]]:
    """Of every metric of the face and every measure of the photos, oldest first.

    A question like any other: noted and counted. Raises NotAllowed or TooMany.
    """
    asking.note(who, "view=drift")
    with analytics.reading() as session:
        return of_everything(session)


def of_everything(session: Session) -> dict[str, list[Week]]:
    """The same for the product itself, which tells who may ask."""
    out = analytics.released_until(session).get(Period.WEEK)
    if out is None:
        return {}
    since = out[1] - OVER
    cells = analytics.released(
        session, metric=[m.value for m in Metric], period=Period.WEEK, since=since
    )
    cells += analytics.quality(session, measure=MEASURES, period=Period.WEEK, since=since)
    by_name: dict[str, list[Released]] = {}
    for cell in cells:
        by_name.setdefault(cell.metric, []).append(cell)
    return {name: of_weeks(found) for name, found in by_name.items()}


def of_weeks(cells: Sequence[Released]) -> list[Week]:
    """Weeks after those of comparison; empty while there are too few of these."""
    shown = [cell for cell in cells if cell.people is not None and cell.bins is not None]
    before, after = shown[:COMPARED_WITH], shown[COMPARED_WITH:]
    usual = statistics.add_bins(before)
    if usual is None or not after:
        return []
    people = sum(cell.people or 0 for cell in before)
    reference = statistics.shares(usual, people)
    return [_week(cell, reference, people) for cell in after]


def _week(cell: Released, reference: Sequence[float], people: int) -> Week:
    here = cell.people or 1
    now = _coarse(_filled(cell.bins or (), here, reference))
    reference = _coarse(reference)
    index = statistics.stability_index(reference, now)
    distance = statistics.kolmogorov(reference, now)
    limit = statistics.kolmogorov_limit(here, people)
    chance = (len(now) - 1) * (1 / here + 1 / people)
    if index > MOVED + chance or distance > max(limit, LEAST_DISTANCE):
        verdict = Verdict.MOVED
    elif index > WATCH + chance:
        verdict = Verdict.WATCH
    else:
        verdict = Verdict.STABLE
    return Week(cell.period_start, here, index, distance, limit, chance, verdict)


def _filled(bins: Bins, people: int, usual: Sequence[float]) -> list[float]:
    """Shares of a week. Who is in its hidden bins is put there as usual: no alarm for that."""
    hidden = [b is None for b in bins]
    rest = max(0, people - sum(b for b in bins if b is not None))
    there = sum(u for u, is_hidden in zip(usual, hidden, strict=True) if is_hidden) or 1.0
    filled = [rest * u / there if b is None else float(b) for b, u in zip(bins, usual, strict=True)]
    total = sum(filled) or 1.0
    return [f / total for f in filled]


def _coarse(shares: Sequence[float]) -> list[float]:
    return [sum(shares[i : i + _TOGETHER]) for i in range(0, BINS, _TOGETHER)]
