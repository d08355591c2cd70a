"""From the people of a period to figures that may be shown, each decided once.

What analysts see is a function of these figures alone, so nothing they ask can tell more. See
docs/decisions/analytics-what-is-released.md.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations

import numpy as np
import numpy.typing as npt

from core.analytics import BINS, FLOOR, MEASURES, PERCENT, Because, Fact, Period, Scale
from pipeline.analytics import floor, near
from pipeline.analytics.noise import FARTHEST, STRENGTH, Marks, Noise, marks
from pipeline.analytics.people import FACE_SLOTS, MEASURE_NAMES, SLOTS, Floats, People

Shape = tuple[Fact, ...]
Values = tuple[str, str]  # of the shape's facts; '' where it has none

_EVERYBODY: Shape = ()
ONE_FACT: tuple[Shape, ...] = tuple((fact,) for fact in sorted(Fact))
TWO_FACTS: tuple[Shape, ...] = tuple(combinations(sorted(Fact), 2))
# What is told of photos by two facts: whether the gate is fair to every tone, by what may differ.
TWO_FACTS_OF_PHOTOS: tuple[Shape, ...] = (
    (Fact.DEVICE, Fact.TONE_BAND),
    (Fact.LIGHT, Fact.TONE_BAND),
    (Fact.MODEL_VERSION, Fact.TONE_BAND),
)
_BECAUSE = {floor.FEW: Because.FEW, floor.COMPLEMENT: Because.COMPLEMENT}


@dataclass(frozen=True)
class Figure:
    """One cell as it is released; all but the reason is None where it is suppressed."""

    name: str  # metric or measure
    region: str
    shape: str
    first: str
    second: str
    because: Because | None
    people: int | None = None  # rounded
    analyses: int | None = None  # rounded
    mean: float | None = None
    sd: float | None = None
    noise_sd: float | None = None
    bins: list[int | None] | None = None


@dataclass(frozen=True)
class PairFigure:
    """How two metrics of the face go together in one cell."""

    metric: str
    other: str
    shape: str
    first: str
    because: Because | None
    people: int | None = None
    correlation: float | None = None
    noise_sd: float | None = None


@dataclass
class _Grouping:
    """The people in the order of one shape's cells."""

    shape: Shape
    sizes: tuple[int, ...]  # how many values each fact has
    values: list[Values]
    order: npt.NDArray[np.int64]
    cell: npt.NDArray[np.int64]  # (n,) of each person
    starts: npt.NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        self.starts = np.searchsorted(self.cell[self.order], np.arange(len(self.values)))

    def sums(self, of: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
        """Σ over the people of each cell, (cells, …), of (n, …)."""
        total = np.zeros((len(self.values), *of.shape[1:]), of.dtype)
        some = np.flatnonzero(np.diff(np.append(self.starts, len(self.order))))
        if len(some):
            total[some] = np.add.reduceat(of[self.order], self.starts[some], axis=0)
        return total


@dataclass(frozen=True)
class _Columns:
    """What is measured of each person, and how it is named."""

    names: Sequence[tuple[str, str]]  # (metric or measure, region)
    matrix: Floats  # (n, m)
    checks: npt.NDArray[np.int64]  # (n,)
    scales: Sequence[Scale]


class Release:
    """The figures of one period."""

    def __init__(self, people: People, period: Period, start: date, key: bytes) -> None:
        self._people, self._period = people, period
        self._marks = marks(people.ids, key)
        self._noise = Noise(key, period, start.isoformat())
        shapes = [_EVERYBODY, *ONE_FACT]
        if period is Period.BLOCK:
            shapes += TWO_FACTS
        self._groupings = {shape: _group(people, shape) for shape in shapes}
        self._near = near.Near(list(self._groupings.values()), self._marks)

    def metrics(self) -> Iterator[Figure]:
        """Every metric: of regions by at most one fact, of the face also by two."""
        columns = _Columns(
            [(metric, region) for metric, region in SLOTS],
            self._people.values,
            self._people.scored,
            [Scale(0, 100, "points")] * len(SLOTS),
        )
        yield from self._figures(columns, TWO_FACTS, FACE_SLOTS)

    def quality(self) -> Iterator[Figure]:
        """Every measure of the photos."""
        names = [(name, "face") for name in MEASURE_NAMES]
        columns = _Columns(
            names, self._people.measures, self._people.checks, list(MEASURES.values())
        )
        yield from self._figures(columns, TWO_FACTS_OF_PHOTOS, len(names))

    def pairs(self) -> Iterator[PairFigure]:
        """Every two metrics of the face, by at most one fact."""
        for one, other in combinations(range(FACE_SLOTS), 2):
            names = sorted((SLOTS[one][0].value, SLOTS[other][0].value))
            yield from self._pair(self._people.values[:, [one, other]], names[0], names[1])

    # ------------------------------------------------------------------ means and bins

    def _figures(
        self, of: _Columns, by_two: Sequence[Shape], by_two_at_most: int
    ) -> Iterator[Figure]:
        measured = ~np.isnan(of.matrix)
        enough = measured.sum(0) >= FLOOR
        clipped = _clipped(of.matrix, measured)
        apart = [
            self._apart(measured[:, column], by_two if column < by_two_at_most else ())
            for column in range(len(of.names))
        ]
        hidden: dict[tuple[Shape, int], floor.Reasons] = {}
        for shape, grouping in self._groupings.items():
            if len(shape) == 2 and shape not in by_two:
                continue
            columns = range(by_two_at_most if len(shape) == 2 else len(of.names))
            wanted = [c for c in columns if enough[c] or not shape]
            if not wanted:
                continue
            totals = _Totals.of(grouping, of, clipped, measured, self._marks, wanted)
            for place, column in enumerate(wanted):
                # of shares, those of whom there is something: nine rejected people are few
                is_share = of.scales[column] is PERCENT
                counts = (totals.some if is_share else totals.people)[:, place]
                reasons = self._reasons(grouping, counts, column, hidden, apart[column][shape])
                hidden[shape, column] = reasons
                yield from self._of_column(of, grouping, totals, place, column, reasons)

    def _apart(self, measured: near.Flags, by_two: Sequence[Shape]) -> dict[Shape, near.Flags]:
        """Cells that are too near others, of every shape in which such a column is released."""
        shapes = list(self._groupings)
        among = [i for i, shape in enumerate(shapes) if len(shape) < 2 or shape in by_two]
        found = self._near.hidden(measured, among)
        return {shapes[i]: flags for i, flags in zip(among, found, strict=True)}

    def _reasons(
        self,
        grouping: _Grouping,
        counts: floor.Counts,
        column: int,
        hidden: dict[tuple[Shape, int], floor.Reasons],
        apart: near.Flags,
    ) -> floor.Reasons:
        if len(grouping.shape) < 2:
            return floor.line(counts, also=apart)
        rows, columns = (
            np.asarray(hidden[(fact,), column] != floor.SHOWN) for fact in grouping.shape
        )
        reasons = floor.table(
            counts.reshape(grouping.sizes),
            rows,
            columns,
            also=apart.reshape(grouping.sizes),
        )
        return reasons.reshape(-1)

    def _of_column(
        self,
        of: _Columns,
        grouping: _Grouping,
        totals: _Totals,
        place: int,
        column: int,
        reasons: floor.Reasons,
    ) -> Iterator[Figure]:
        name, region = of.names[column]
        shape = "+".join(grouping.shape)
        people, analyses = floor.rounded(totals.people), floor.rounded(totals.analyses)
        for cell, (first, second) in enumerate(grouping.values):
            if reasons[cell]:
                yield Figure(name, region, shape, first, second, _BECAUSE[int(reasons[cell])])
                continue
            n = int(totals.people[cell, place])
            noise_sd = STRENGTH * totals.spread[place] / n
            mean, sd = _moments(n, totals.sums[cell, place], totals.squares[cell, place])
            group = totals.groups[cell, place]
            figure = f"{name}\0{region}"
            mean += noise_sd * self._noise.of(group, f"{figure}\0mean")
            sd += noise_sd / math.sqrt(2) * self._noise.of(group, f"{figure}\0sd")
            scale = of.scales[column]
            yield Figure(
                name,
                region,
                shape,
                first,
                second,
                None,
                int(people[cell, place]),
                int(analyses[cell, place]),
                round(float(np.clip(mean, scale.low, scale.high)), 4),
                round(max(0.0, float(sd)), 4),
                round(float(noise_sd), 4),
                floor.bins(totals.bins[cell, place]),
            )

    # ------------------------------------------------------------------ correlations

    def _pair(self, both: Floats, metric: str, other: str) -> Iterator[PairFigure]:
        measured = np.isnan(both).sum(axis=1) == 0
        clipped = np.where(measured[:, None], _clipped(both, ~np.isnan(both)), 0.0)
        terms = np.column_stack(
            [measured, clipped, clipped**2, clipped[:, :1] * clipped[:, 1:]]
        ).astype(np.float64)
        who = np.where(measured[:, None], self._marks, np.uint64(0))
        apart = self._apart(measured, ())
        for shape, grouping in self._groupings.items():
            if len(shape) > 1:
                continue
            sums = np.asarray(grouping.sums(terms), np.float64)
            groups = np.asarray(grouping.sums(who), np.uint64)
            counts: floor.Counts = np.rint(sums[:, 0]).astype(np.int64)
            if shape and counts.sum() < FLOOR:
                continue
            reasons = floor.line(counts, also=apart[shape])
            people = floor.rounded(counts)
            for cell, (first, _) in enumerate(grouping.values):
                if reasons[cell]:
                    because = _BECAUSE[int(reasons[cell])]
                    yield PairFigure(metric, other, "+".join(shape), first, because)
                    continue
                noise_sd = STRENGTH / counts[cell]
                found = _correlation(*sums[cell])
                found += noise_sd * self._noise.of(groups[cell], f"{metric}\0{other}")
                yield PairFigure(
                    metric,
                    other,
                    "+".join(shape),
                    first,
                    None,
                    int(people[cell]),
                    round(float(np.clip(found, -1, 1)), 4),
                    round(float(noise_sd), 4),
                )


@dataclass(frozen=True)
class _Totals:
    """Sums over the people of each cell, (cells, columns)."""

    people: floor.Counts
    some: floor.Counts  # of whom the value is above 0
    analyses: floor.Counts
    sums: npt.NDArray[np.float64]
    squares: npt.NDArray[np.float64]
    groups: Marks  # (cells, columns, 2)
    bins: floor.Counts  # (cells, columns, BINS)
    spread: npt.NDArray[np.float64]  # (columns,) standard deviation between all people

    @classmethod
    def of(
        cls,
        grouping: _Grouping,
        columns: _Columns,
        clipped: npt.NDArray[np.float64],
        measured: npt.NDArray[np.bool_],
        who: Marks,
        wanted: Sequence[int],
    ) -> _Totals:
        few = measured[:, wanted]
        values = np.where(few, clipped[:, wanted], 0.0)
        of_raw = np.where(few, columns.matrix[:, wanted], 0.0)
        group = np.stack(
            [
                np.asarray(grouping.sums(np.where(few[:, [i]], who, np.uint64(0))), np.uint64)
                for i in range(len(wanted))
            ],
            axis=1,
        )
        bins = np.zeros((len(grouping.values), len(wanted), BINS), np.int64)
        for i, column in enumerate(wanted):
            scale, there = columns.scales[column], few[:, i]
            raw = columns.matrix[there, column].astype(np.float64)
            at = np.clip((raw - scale.low) / (scale.high - scale.low) * BINS, 0, BINS - 1)
            at_ = grouping.cell[there] * BINS + at.astype(np.int64)
            bins[:, i] = np.bincount(at_, minlength=bins[:, i].size).reshape(-1, BINS)
        n = np.maximum(1, few.sum(0))
        mean = values.sum(0) / n
        spread = np.sqrt(np.where(few, (values - mean) ** 2, 0.0).sum(0) / n)
        return cls(
            np.asarray(grouping.sums(few.astype(np.int64)), np.int64),
            np.asarray(grouping.sums((few & (of_raw > 0)).astype(np.int64)), np.int64),
            np.asarray(grouping.sums(few * columns.checks[:, None]), np.int64),
            np.asarray(grouping.sums(values), np.float64),
            np.asarray(grouping.sums(values**2), np.float64),
            group,
            bins,
            spread,
        )


def _group(people: People, shape: Shape) -> _Grouping:
    facts = [people.facts[fact] for fact in shape]
    cell = np.zeros(len(people), np.int64)
    for fact in facts:
        cell = cell * len(fact.values) + fact.codes
    firsts = facts[0].values if facts else ("",)
    seconds = facts[1].values if len(facts) > 1 else ("",)
    values = [(first, second) for first in firsts for second in seconds]
    return _Grouping(
        shape,
        tuple(len(fact.values) for fact in facts),
        values,
        np.argsort(cell, kind="stable"),
        cell,
    )


def _clipped(matrix: Floats, measured: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """Nobody is farther from the mean of all than FARTHEST standard deviations: no one decides."""
    values = np.where(measured, matrix, 0.0).astype(np.float64)
    n = np.maximum(1, measured.sum(0))
    mean = values.sum(0) / n
    sd = np.sqrt(np.where(measured, (values - mean) ** 2, 0.0).sum(0) / n)
    return np.clip(values, mean - FARTHEST * sd, mean + FARTHEST * sd)


def _moments(n: int, total: float, squares: float) -> tuple[float, float]:
    mean = total / n
    return mean, math.sqrt(max(0.0, squares - n * mean * mean) / (n - 1))


def _correlation(n: float, x: float, y: float, xx: float, yy: float, xy: float) -> float:
    """Pearson's, of sums; 0 where one of the two does not vary."""
    both = (n * xx - x * x) * (n * yy - y * y)
    return 0.0 if both <= 1e-9 else (n * xy - x * y) / math.sqrt(both)
