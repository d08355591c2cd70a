"""Groups compared as if light, device and age were mixed alike in all of them.

A stated regression: value = sum of one effect each of the group, light, device and age (no
interactions), by least squares over people. Its normal equations need only how many people are in
every two groups together, and the mean of each group: both are released. A group's adjusted mean is
what the regression expects of it at the mix of everybody. See
docs/decisions/analytics-asking.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
from sqlalchemy.orm import Session

from core.analytics import FLOOR, Fact, Period
from data import analytics
from data.analytics import Released
from data.tables import FACE
from pipeline.analytics import statistics, student
from pipeline.analytics.questions import Question, View
from pipeline.analytics.words import FACT_VALUES

FOR = (Fact.AGE_BAND, Fact.DEVICE, Fact.LIGHT)
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Change:
    """What adjusting did to the mean of one group, in the metric's points."""

    group: str
    people: int
    before: float
    after: float
    low: float  # 95 % interval of `after`
    high: float


@dataclass(frozen=True)
class Margin:
    """The groups of one fact: how many people, and their mean."""

    names: tuple[str, ...]
    people: Floats
    means: Floats


def of_groups(session: Session, question: Question) -> tuple[tuple[Change, ...], str]:
    """The adjusted means of the groups, and in words what was done, or why nothing could be."""
    by = question.by
    if question.view is not View.SPREAD or by is None:
        return (), "Adjusting compares groups: look at how a metric is distributed, by something."
    if set(question.where) - {by} or question.against or question.region != FACE:
        return (), (
            "Adjusting needs everybody's figures of the whole face: take the filters and the "
            "second cohort away."
        )
    facts = tuple(sorted({by, *FOR}))
    blocks: dict[str, list[Released]] = defaultdict(list)
    for cell in analytics.released(
        session,
        metric=question.metric.value,
        shape=("", *facts, *("+".join(pair) for pair in combinations(facts, 2))),
        period=Period.BLOCK,
        since=question.since,
        until=question.until,
        with_bins=False,
    ):
        blocks[cell.shape].append(cell)
    margins = {fact: _margin(blocks[fact]) for fact in facts}
    count = len({cell.period_start for cell in blocks[""] if cell.people})
    if not count or any(len(margin.names) == 0 for margin in margins.values()):
        return (), "Adjusting is not possible: too few groups are large enough to be shown."
    joint = {
        (one, other): _together(blocks[f"{one}+{other}"], margins[one], margins[other])
        for one, other in combinations(facts, 2)
    }
    overall = statistics.pooled([[cell] for cell in blocks[""]])
    if overall is None:
        return (), "Adjusting is not possible: too few people."
    fitted = fit(margins, joint, sd=overall.sd, mean=overall.value)
    others = [fact for fact in FOR if fact is not by]
    said = (
        f"Adjusted for {_listed(others)}: means as the groups would have them if all had "
        "everybody's mix, by a regression with one effect of each and no interactions. Groups "
        "that are not shown are left out of it."
    )
    return tuple(fitted.changes(by, count)), said


def _listed(facts: Sequence[Fact]) -> str:
    names = [{Fact.AGE_BAND: "age"}.get(fact, fact.value) for fact in facts]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


@dataclass(frozen=True)
class Fit:
    """The regression's effects, in the order of `places`; and its cross-products."""

    margins: Mapping[Fact, Margin]
    places: Mapping[tuple[Fact, str], int]
    effects: Floats
    inverse: Floats  # pseudo-inverse of X'X
    variance: float  # between people, of what is not explained

    def changes(self, by: Fact, blocks: int) -> list[Change]:
        """`blocks` in which the same people may have been counted."""
        at_mix = np.zeros(len(self.effects))
        at_mix[0] = 1
        for fact, margin in self.margins.items():
            if fact is not by:
                for name, people in zip(margin.names, margin.people, strict=True):
                    at_mix[self.places[fact, name]] = people / margin.people.sum()
        reach = student.quantile(statistics.LEVEL, float("inf"))
        found = []
        margin = self.margins[by]
        for name, people, mean in zip(margin.names, margin.people, margin.means, strict=True):
            row = at_mix.copy()
            row[self.places[by, name]] = 1
            after = float(row @ self.effects)
            # the same people in every block, and the noise for privacy: twice one person's weight
            per_block = people / blocks
            noise = self.variance * 4 / per_block**2 / blocks
            se = float(np.sqrt(self.variance * row @ self.inverse @ row * blocks + noise))
            found.append(
                Change(
                    name,
                    round(per_block),
                    float(mean),
                    after,
                    after - reach * se,
                    after + reach * se,
                )
            )
        return found


def fit(
    margins: Mapping[Fact, Margin],
    joint: Mapping[tuple[Fact, Fact], Floats],
    *,
    sd: float,
    mean: float,
) -> Fit:
    """Least squares from tables. `joint` holds people in (groups of one, groups of the other)."""
    total = max(float(margin.people.sum()) for margin in margins.values())
    places: dict[tuple[Fact, str], int] = {}
    for fact, margin in margins.items():
        for name in margin.names:
            places[fact, name] = len(places) + 1
    size = len(places) + 1
    squares, sums = np.zeros((size, size)), np.zeros(size)
    squares[0, 0], sums[0] = total, total * mean
    for fact, margin in margins.items():
        at = [places[fact, name] for name in margin.names]
        people = margin.people * total / margin.people.sum()
        squares[at, at] = people
        squares[0, at] = squares[at, 0] = people
        # counted from the mean of all, so that a group left out elsewhere moves nothing here
        sums[at] = people * (
            margin.means - (margin.people @ margin.means) / margin.people.sum() + mean
        )
    for (one, other), table in joint.items():
        rows = [places[one, name] for name in margins[one].names]
        columns = [places[other, name] for name in margins[other].names]
        scaled = _to_margins(
            table,
            margins[one].people * total / margins[one].people.sum(),
            margins[other].people * total / margins[other].people.sum(),
        )
        squares[np.ix_(rows, columns)] = scaled
        squares[np.ix_(columns, rows)] = scaled.T
    inverse: Floats = np.linalg.pinv(squares, rcond=1e-9, hermitian=True).astype(np.float64)
    effects = inverse @ sums
    explained = float(effects @ sums) / total - mean * mean
    variance = max(sd * sd - max(0.0, explained), 0.05 * sd * sd)
    return Fit(margins, places, effects, inverse, float(variance))


def _margin(cells: Sequence[Released]) -> Margin:
    people: dict[str, float] = defaultdict(float)
    sums: dict[str, float] = defaultdict(float)
    for cell in cells:
        if cell.people is not None and cell.mean is not None and cell.first is not None:
            people[cell.first] += cell.people
            sums[cell.first] += cell.people * cell.mean
    names = tuple(sorted(people, key=_place))
    return Margin(
        names,
        np.array([people[name] for name in names]),
        np.array([sums[name] / people[name] for name in names]),
    )


def _together(cells: Sequence[Released], one: Margin, other: Margin) -> Floats:
    """People in both groups; of a hidden cell what is likely, at most half the floor a block."""
    table = np.zeros((len(one.names), len(other.names)))
    expected = np.outer(one.people, other.people) / max(1.0, one.people.sum())
    blocks = len({cell.period_start for cell in cells}) or 1
    for cell in cells:
        if cell.first not in one.names or cell.second not in other.names:
            continue
        at = one.names.index(cell.first), other.names.index(cell.second)
        table[at] += min(FLOOR / 2, expected[at] / blocks) if cell.people is None else cell.people
    return np.maximum(table, 1e-6)


def _to_margins(table: Floats, rows: Floats, columns: Floats) -> Floats:
    """The table with these sums (iterative proportional fitting): rounding and gaps taken out."""
    for _ in range(50):
        table = table * (rows / table.sum(1))[:, None]
        table = table * (columns / table.sum(0))
    return table


def _place(name: str) -> tuple[int, str]:
    """From young to old, from light to dark."""
    known = [values.index(name) for values in FACT_VALUES.values() if values and name in values]
    return (known[0] if known else 99, name)
