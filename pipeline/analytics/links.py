"""Answers of other shapes: what goes together, what follows an ingredient, who comes back."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import replace

from sqlalchemy.orm import Session

from core.analytics import Because, Period, Scale
from data import analytics
from data.analytics import Ingredient, Pair, Retention
from pipeline.analytics import statistics, titles
from pipeline.analytics.lines import Answer, Line
from pipeline.analytics.questions import Question

_CORRELATION = Scale(-1, 1, "correlation (Pearson's)")
_CHANGE = Scale(-100, 100, "points more than in the comparison")
_RETURNED = Scale(0, 100, "% of those who began")


def together(session: Session, question: Question) -> Answer:
    """Correlations of every two metrics, over the question's blocks."""
    shape = question.shape(question.where)
    values = [v for chosen in question.where.values() for v in chosen] or None
    found = analytics.pairs(
        session, shape=shape, since=question.since, until=question.until, first=values
    )
    groups: dict[tuple[str | None, str, str], list[Pair]] = defaultdict(list)
    for pair in found:
        group = pair.first if question.by is not None else None
        groups[group, pair.metric, pair.other].append(pair)
    lines = [_link(group, one, other, pairs) for (group, one, other), pairs in groups.items()]
    return _answer(question, _CORRELATION, Period.BLOCK, _controlled(lines), _ABOUT_LINKS)


_ABOUT_LINKS = (
    "A correlation over people of one block of four weeks, averaged over blocks by their people.",
    "The skin score is made of the other metrics, so it goes with them by construction.",
    "q: p after Benjamini and Hochberg over all correlations of this answer.",
)


def _link(group: str | None, one: str, other: str, pairs: list[Pair]) -> Line:
    line = Line("A", one, None, group, other)
    hidden = sum(pair.suppressed_because is not None for pair in pairs)
    shown = [
        (pair.people, pair.correlation, pair.noise_sd or 0.0)
        for pair in pairs
        if pair.people is not None and pair.people > 3 and pair.correlation is not None
    ]
    if not shown:
        because = {pair.suppressed_because for pair in pairs}
        why = Because.FEW if Because.FEW in because else Because.COMPLEMENT
        return line.but(because=why, hidden=hidden, cells=len(pairs))
    total = sum(n for n, *_ in shown)
    r = sum(n * r for n, r, _ in shown) / total
    noise = math.sqrt(sum((n / total * sd) ** 2 for n, _, sd in shown))
    people = max(n for n, *_ in shown)  # the same ones may come in every block
    low, high, p = statistics.correlation(r, people, noise)
    return line.but(
        people=people, value=r, low=low, high=high, p=p, hidden=hidden, cells=len(pairs)
    )


def after_ingredients(session: Session, question: Question) -> Answer:
    """Change around a start, less that of those who changed nothing at the same time."""
    groups: dict[tuple[str, str], list[Ingredient]] = defaultdict(list)
    others: dict[tuple[object, str], Ingredient] = {}
    for row in analytics.ingredients(session, since=question.since, until=question.until):
        if row.ingredient is None:
            others[row.period_start, row.metric] = row
        else:
            groups[row.ingredient, row.metric].append(row)
    lines = []
    for (ingredient, metric), rows in groups.items():
        pairs = [(row, others.get((row.period_start, row.metric))) for row in rows]
        lines.append(_effect(ingredient, metric, pairs))
    return _answer(question, _CHANGE, Period.BLOCK, _controlled(lines), _ABOUT_EFFECTS)


_ABOUT_EFFECTS = (
    "Mean of the checks 4 to 12 weeks after the start, less that of the 4 weeks before, less the "
    "same of people who changed nothing at that time. People chose by themselves what to start: a "
    "difference is no proof that the ingredient caused it.",
    "q: p after Benjamini and Hochberg over all ingredients and metrics here; of those with "
    "q < 0.05 about one in twenty is expected to be chance.",
)


def _effect(
    ingredient: str, metric: str, pairs: list[tuple[Ingredient, Ingredient | None]]
) -> Line:
    line = Line("A", metric, None, ingredient)
    shown = []
    people = 0
    for row, other in pairs:
        if row.people is None or other is None or other.people is None:
            continue
        one, two = (
            statistics.estimate(r.mean or 0.0, r.sd or 0.0, r.people or 2, r.mean_noise_sd or 0.0)
            for r in (row, other)
        )
        se = math.hypot(one.se, two.se)
        if se > 0:
            shown.append((one.value - two.value, se))
            people += row.people
    hidden = len(pairs) - len(shown)
    if not shown:
        return line.but(because=Because.FEW, hidden=hidden, cells=len(pairs))
    value, low, high, p = statistics.inverse_variance(shown)
    return line.but(
        people=people, value=value, low=low, high=high, p=p, hidden=hidden, cells=len(pairs)
    )


def returning(session: Session, question: Question) -> Answer:
    """Of those whose first check was in a block, the share who came back so many blocks later."""
    shape = question.shape(question.where)
    values = [v for chosen in question.where.values() for v in chosen] or None
    found = analytics.retention(
        session, shape=shape, since=question.since, until=question.until, first=values
    )
    groups: dict[tuple[str | None, int], list[Retention]] = defaultdict(list)
    for row in found:
        groups[row.first if question.by is not None else None, row.blocks_later].append(row)
    lines = [
        _came_back(group, later, rows)
        for (group, later), rows in sorted(groups.items(), key=_order)
    ]
    notes = (
        "Counted in blocks of four weeks after that of the first check; every person once, in "
        "the block in which they began.",
    )
    return _answer(question, _RETURNED, Period.BLOCK, lines, notes)


def _order(item: tuple[tuple[str | None, int], object]) -> tuple[str, int]:
    (group, later), _ = item
    return (group or "", later)


def _came_back(group: str | None, later: int, rows: list[Retention]) -> Line:
    line = Line("A", "blocks later", None, group, str(later))
    shown = [
        (r.people, r.returned) for r in rows if r.people is not None and r.returned is not None
    ]
    hidden = len(rows) - len(shown)
    people = sum(n for n, _ in shown)
    if not people:
        because = {row.suppressed_because for row in rows}
        why = Because.FEW if Because.FEW in because else Because.COMPLEMENT
        return line.but(because=why, hidden=hidden, cells=len(rows))
    share, low, high = statistics.share(sum(back for _, back in shown), people)
    return line.but(
        people=people,
        value=100 * share,
        low=100 * low,
        high=100 * high,
        hidden=hidden,
        cells=len(rows),
    )


def _controlled(lines: list[Line]) -> list[Line]:
    tested = [line for line in lines if line.p is not None]
    qs = iter(statistics.false_discovery([line.p for line in tested if line.p is not None]))
    return [line if line.p is None else line.but(q=next(qs)) for line in lines]


def _answer(
    question: Question, scale: Scale, period: Period, lines: list[Line], notes: tuple[str, ...]
) -> Answer:
    asked = replace(question, is_adjusted=False)
    return Answer(question, titles.of(asked), scale, period, tuple(lines), notes)
