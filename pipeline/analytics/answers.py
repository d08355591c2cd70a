"""The answer to a question: lines of figures, each with its people and its interval, and words.

Everything is a function of what is released, so an answer can tell no more than the tables do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from core.analytics import MEASURES, POINTS, REASONS, REJECTED, REJECTED_FOR, Because, Period, Scale
from data import analytics
from data.analytics import Released
from pipeline.analytics import adjust, links, statistics, titles
from pipeline.analytics.lines import Answer, Line
from pipeline.analytics.questions import Question, View, Where
from pipeline.analytics.statistics import Difference
from pipeline.analytics.words import FACT_VALUES, of_metric

Cells = Sequence[Released]
Key = tuple[date | None, str | None, str | None]


@dataclass(frozen=True)
class _Asked:
    """A question's way to the released cells of a metric or a measure."""

    session: Session
    question: Question

    def cells(self, name: str, shape: str, cohort: Where, period: Period) -> list[Released]:
        asked = self.question
        facts = shape.split("+") if shape else []
        first, second = (
            next((list(cohort[f]) for f in cohort if len(facts) > n and f == facts[n]), None)
            for n in (0, 1)
        )
        within: dict[str, Any] = {
            "since": asked.since,
            "until": asked.until,
            "first": first,
            "second": second,
            "with_bins": asked.view is View.SPREAD,
        }
        if asked.view is View.PHOTOS:
            return analytics.quality(
                self.session, measure=name, shape=shape, period=period, **within
            )
        return analytics.released(
            self.session, metric=name, region=asked.region, shape=shape, period=period, **within
        )


def answer(session: Session, question: Question) -> Answer:
    """Read what is released, and say what it says."""
    match question.view:
        case View.TOGETHER:
            return links.together(session, question)
        case View.INGREDIENTS:
            return links.after_ingredients(session, question)
        case View.RETURNING:
            return links.returning(session, question)
        case _:
            return _figures(session, question)


def _figures(session: Session, question: Question) -> Answer:
    asked = _Asked(session, question)
    cohorts = {"A": question.where}
    if question.against is not None:
        cohorts["B"] = question.against
    period = Period.BLOCK
    if question.view is View.TREND and all(len(question.facts(c)) < 2 for c in cohorts.values()):
        period = Period.WEEK
    notes: list[str] = []
    lines = [
        line for name, cohort in cohorts.items() for line in _of_cohort(asked, name, cohort, period)
    ]
    changes: tuple[adjust.Change, ...] = ()
    if question.is_adjusted:
        changes, said = adjust.of_groups(session, question)
        notes.append(said)
    notes += _said_of_hidden(lines)
    if question.view is View.SPREAD:
        notes.append("Drawn is how many people are in steps of five points; steps of few are not.")
    if question.view is not View.TREND:
        notes.append(
            "The same people come in several blocks of four weeks; the interval is not narrowed "
            "by counting them again."
        )
    return Answer(
        question=question,
        asks=titles.of(question),
        scale=scale_of(question),
        period=period,
        lines=tuple(lines),
        notes=tuple(notes),
        difference=None if question.against is None else _compared(asked, question.against),
        changes=changes,
        releases=tuple(analytics.versions(session)) if question.view is View.TREND else (),
    )


def scale_of(question: Question) -> Scale:
    return MEASURES[question.measure] if question.view is View.PHOTOS else POINTS


def _of_cohort(asked: _Asked, name: str, cohort: Where, period: Period) -> list[Line]:
    question = asked.question
    shape = question.shape(cohort)
    facts = question.facts(cohort)
    # of a cell: which of its values name the group, the others only filter
    if question.view is View.AGE_AND_TONE:
        group: tuple[int | None, int | None] = (0, 1)
    elif question.by is None:
        group = (None, None)
    else:
        group = (facts.index(question.by), None)
    is_trend = question.view is View.TREND

    def key(cell: Released) -> Key:
        values = (cell.first, cell.second)
        one, other = (None if place is None else values[place] for place in group)
        return (cell.period_start if is_trend else None, one, other)

    what = [question.metric.value]
    if question.view is View.PHOTOS:
        what = [question.measure]
        if question.measure == REJECTED and question.by is None:
            what += [REJECTED_FOR + reason for reason in REASONS]
    lines = []
    for each in what:
        cells = asked.cells(each, shape, cohort, period)
        lines += _lines(cells, key, cohort=name, about=each)
    return lines


def _lines(cells: Cells, key: Callable[[Released], Key], *, cohort: str, about: str) -> list[Line]:
    groups: dict[Key, list[Released]] = defaultdict(list)
    for cell in cells:
        groups[key(cell)].append(cell)
    return [
        _line(where, found, cohort, about)
        for where, found in sorted(groups.items(), key=lambda item: in_order(item[0]))
    ]


def in_order(key: Key) -> tuple[str, int, str, int, str]:
    """By time, then as the groups are usually listed: from young to old, from light to dark."""
    period_start, one, other = key
    return (
        "" if period_start is None else period_start.isoformat(),
        _ORDER.get(one or "", 99),
        one or "",
        _ORDER.get(other or "", 99),
        other or "",
    )


_ORDER = {
    value: place for values in FACT_VALUES.values() for place, value in enumerate(values or ())
}


def _line(where: Key, cells: Cells, cohort: str, about: str) -> Line:
    period_start, group, other = where
    line = Line(cohort, about, period_start, group, other)
    found = statistics.pooled(_by_period(cells))
    hidden = sum(cell.suppressed_because is not None for cell in cells)
    if found is None:
        because = {cell.suppressed_because for cell in cells}
        why = Because.FEW if Because.FEW in because else Because.COMPLEMENT
        return line.but(because=why, hidden=hidden, cells=len(cells))
    return line.but(
        people=found.people,
        checks=sum(cell.analyses or 0 for cell in cells),
        value=found.value,
        low=found.low,
        high=found.high,
        sd=found.sd,
        bins=statistics.add_bins(cells),
        counted=sum(cell.people or 0 for cell in cells),
        hidden=hidden,
        cells=len(cells),
    )


def _by_period(cells: Iterable[Released]) -> list[list[Released]]:
    periods: dict[date, list[Released]] = defaultdict(list)
    for cell in cells:
        periods[cell.period_start].append(cell)
    return list(periods.values())


def _compared(asked: _Asked, against: Where) -> Difference | None:
    """Cohort A less cohort B, over all groups; None: one of them cannot be shown."""
    found = []
    question = asked.question
    name = question.measure if question.view is View.PHOTOS else question.metric.value
    for cohort in (question.where, against):
        shape = "+".join(sorted(cohort))
        cells = asked.cells(name, shape, cohort, Period.BLOCK)
        found.append(statistics.pooled(_by_period(cells)))
    one, other = found
    return None if one is None or other is None else statistics.difference(one, other)


def _said_of_hidden(lines: Sequence[Line]) -> list[str]:
    hidden, cells = sum(line.hidden for line in lines), sum(line.cells for line in lines)
    if not hidden:
        return []
    return [
        f"{hidden} of the {cells} figures behind this are not shown: they are of fewer than ten "
        "people, or would give such a group away. The table says which and why."
    ]


def name_of(question: Question) -> str:
    """What is measured, for axes."""
    if question.view is View.PHOTOS:
        return of_metric(question.measure)
    return of_metric(question.metric)
