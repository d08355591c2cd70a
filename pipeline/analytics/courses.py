"""Figures over longer times: who came back, and what changed after a new ingredient."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from core.analytics import FIRST_MONDAY, FLOOR, Because, Fact, Period
from data.person_courses import Change, Visits
from pipeline.analytics import floor, near
from pipeline.analytics.noise import FARTHEST, STRENGTH, Marks, Noise, marks
from pipeline.analytics.people import Groups
from pipeline.analytics.reading import age_bands, skin_types, zones

QUARTER = timedelta(weeks=13)  # in which a start falls, counted from FIRST_MONDAY
LONGEST = 26  # blocks that somebody is followed for

INGREDIENT_COLUMNS = (
    *("ingredient", "metric", "shape", "first", "second", "suppressed_because", "people"),
    *("mean", "sd", "mean_noise_sd"),
)
RETENTION_COLUMNS = (
    *("blocks_later", "shape", "first", "second", "suppressed_because", "people"),
    *("returned", "checks", "checks_noise_sd"),
)
Row = tuple[Any, ...]


def ingredients(changes: Sequence[Change], start: date, key: bytes) -> list[Row]:
    """Of one quarter: the mean change of each metric after each ingredient."""
    noise = Noise(key, "ingredients", start.isoformat())
    points: dict[tuple[str, str], list[float]] = defaultdict(list)
    who: dict[tuple[str, str], list[bytes]] = defaultdict(list)
    of_metric: dict[str, list[float]] = defaultdict(list)
    for change in changes:
        points[change.ingredient, change.metric].append(change.points)
        who[change.ingredient, change.metric].append(change.who)
        of_metric[change.metric].append(change.points)
    rows: list[Row] = []
    shown: dict[str, list[frozenset[bytes]]] = defaultdict(list)  # of each metric, who is in what
    for (ingredient, metric), values in sorted(points.items()):
        named = (ingredient, metric, "", "", "")
        if len(values) < FLOOR:
            rows.append((*named, Because.FEW, None, None, None, None))
            continue
        # Two ingredients of one product have nearly the same people: the later one is not shown.
        people_of = frozenset(who[ingredient, metric])
        if any(_is_near(people_of, others) for others in shown[metric]):
            rows.append((*named, Because.COMPLEMENT, None, None, None, None))
            continue
        shown[metric].append(people_of)
        everybody = np.array(of_metric[metric])
        spread = float(everybody.std())
        limits = everybody.mean() - FARTHEST * spread, everybody.mean() + FARTHEST * spread
        clipped = np.clip(np.array(values), *limits)
        noise_sd = STRENGTH * spread / len(values)
        group = marks(who[ingredient, metric], key).sum(0, dtype=np.uint64)
        mean = float(clipped.mean()) + noise_sd * noise.of(group, f"{ingredient}\0{metric}")
        people = int(floor.rounded(np.array([len(values)]))[0])
        sd = float(clipped.std(ddof=1))
        sd += noise_sd / math.sqrt(2) * noise.of(group, f"{ingredient}\0{metric}\0sd")
        sd = round(max(0.0, sd), 4)
        rows.append((*named, None, people, round(mean, 4), sd, round(noise_sd, 4)))
    return rows


def _is_near(one: frozenset[bytes], other: frozenset[bytes]) -> bool:
    """Whether they differ by one to nine people."""
    return abs(len(one) - len(other)) < FLOOR and 0 < len(one ^ other) < FLOOR


@dataclass(frozen=True)
class _Cohort:
    """Those whose first checks were in one block."""

    began: int
    visits: list[Visits]


def retention(visits: Iterable[Visits], last: int, key: bytes) -> Iterator[tuple[date, list[Row]]]:
    """Of each block in which somebody began: rows for every block up to `last`."""
    cohorts: dict[int, list[Visits]] = defaultdict(list)
    for one in visits:
        cohorts[min(one.checks)].append(one)
    for began in sorted(cohorts):
        start = FIRST_MONDAY + began * Period.BLOCK.length
        yield start, list(_of_cohort(_Cohort(began, cohorts[began]), start, last, key))


def _of_cohort(cohort: _Cohort, start: date, last: int, key: bytes) -> Iterator[Row]:
    noise = Noise(key, "retention", start.isoformat())
    people = cohort.visits
    named = marks([one.who for one in people], key)
    groupings: tuple[tuple[str, Groups], ...] = (
        ("", Groups(np.zeros(len(people), np.int64), ("",))),
        (Fact.AGE_BAND, age_bands(_ages(people))),
        (Fact.SKIN_TYPE, skin_types([one.skin_type for one in people])),
        (Fact.ZONE, zones([one.zone for one in people])),
    )
    cells = [near.Cells(groups.codes, groups.values) for _, groups in groupings]
    beside = near.Near(cells, named)
    everyone = beside.hidden(np.ones(len(people), np.bool_), range(len(cells)))
    for later in range(min(last - cohort.began, LONGEST) + 1):
        checks = np.array([one.checks.get(cohort.began + later, 0) for one in people])
        too_near = beside.hidden(checks > 0, range(len(cells)))
        for number, (shape, groups) in enumerate(groupings):
            counts = np.bincount(groups.codes, minlength=len(groups.values))
            reasons = floor.line(counts, also=everyone[number])
            came = np.bincount(groups.codes[checks > 0], minlength=len(groups.values))
            # who came back, and who did not, are cells as well, of every group and of all
            sides = np.column_stack([came, counts - came])
            also = np.column_stack([too_near[number]] * 2)
            shown_or_not = floor.table(sides, reasons > 0, np.zeros(2, np.bool_), also=also)
            hidden = shown_or_not.max(axis=1) > 0
            for cell, value in enumerate(groups.values):
                key_ = (later, shape, value, "")
                if reasons[cell]:
                    because = Because.FEW if reasons[cell] == floor.FEW else Because.COMPLEMENT
                    yield (*key_, because, None, None, None, None)
                    continue
                size = int(floor.rounded(counts)[cell])
                if later > 0 and hidden[cell]:
                    yield (*key_, None, size, None, None, None)
                    continue
                there = (groups.codes == cell) & (checks > 0)
                mean, noise_sd = _mean(
                    checks[there], checks[checks > 0], named[there], noise, later
                )
                returned = int(floor.rounded(came)[cell])
                yield (*key_, None, size, returned, mean, noise_sd)


def _mean(
    values: floor.Counts, everybody: floor.Counts, who: Marks, noise: Noise, later: int
) -> tuple[float, float]:
    spread = float(everybody.std())
    noise_sd = STRENGTH * spread / len(values)
    clipped = np.minimum(values, everybody.mean() + FARTHEST * spread)
    group = who.sum(0, dtype=np.uint64)
    mean = float(clipped.mean()) + noise_sd * noise.of(group, str(later))
    return round(max(1.0, mean), 4), round(noise_sd, 4)


def _ages(people: Sequence[Visits]) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.array([np.nan if one.age is None else one.age for one in people], np.float64)
