"""What an answer is made of: lines, the same for every way to look; and its table."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from core.analytics import Because, Period, Scale
from pipeline.analytics.adjust import Change
from pipeline.analytics.questions import Question
from pipeline.analytics.statistics import Bins, Difference
from pipeline.analytics.words import WHY, of_metric, of_value


@dataclass(frozen=True)
class Line:
    """One figure. Suppressed: `because` says why, and there are no numbers."""

    cohort: str  # A or B
    about: str  # metric or measure; of an ingredient what is said to change
    period_start: date | None = None  # None: all of the question's time together
    group: str | None = None
    other: str | None = None  # value of the second grouping; of a correlation the second metric
    because: Because | None = None
    people: int | None = None
    checks: int | None = None
    value: float | None = None
    low: float | None = None  # interval of 95 %
    high: float | None = None
    sd: float | None = None  # between people
    bins: Bins | None = None
    counted: int = 0  # people in `bins`, once for every period that they came in
    hidden: int = 0  # released figures behind this line that are suppressed
    cells: int = 0  # and all of them
    p: float | None = None
    q: float | None = None  # p after Benjamini and Hochberg, over all lines of the answer

    def but(self, **changes: Any) -> Line:
        return replace(self, **changes)

    @property
    def why(self) -> str:
        return "" if self.because is None else WHY[self.because]


@dataclass(frozen=True)
class Answer:
    """What is known to a question."""

    question: Question
    asks: str  # the question in words
    scale: Scale
    period: Period
    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()
    difference: Difference | None = None  # cohort A less B
    changes: tuple[Change, ...] = ()  # what adjusting did
    releases: tuple[tuple[str, date], ...] = ()  # versions of the model and their first week

    @property
    def people(self) -> int:
        """At least so many different people: those of the largest figure."""
        return max((line.people or 0 for line in self.lines), default=0)


COLUMNS = (
    "cohort", "about", "from", "group", "second group", "people", "checks", "value", "low", "high",
    "sd", "p", "q", "not shown because",
)  # fmt: skip


def rows(answer: Answer) -> list[dict[str, object]]:
    """The table under a chart, in words."""
    return [
        {
            "cohort": line.cohort,
            "about": of_metric(line.about),
            "from": None if line.period_start is None else line.period_start.isoformat(),
            "group": of_value(line.group),
            "second group": None if line.other is None else of_value(line.other),
            "people": line.people,
            "checks": line.checks,
            **{
                name: None if value is None else round(value, 3)
                for name, value in (
                    ("value", line.value),
                    ("low", line.low),
                    ("high", line.high),
                    ("sd", line.sd),
                )
            },
            **{
                name: None if value is None else float(f"{value:.2g}")
                for name, value in (("p", line.p), ("q", line.q))
            },
            "not shown because": line.why or None,
        }
        for line in answer.lines
    ]


def as_csv(answer: Answer) -> bytes:
    """The table as a file; its first line is the question, as a comment."""
    out = io.StringIO()
    out.write(f"# {answer.asks} Values in {answer.scale.unit}; intervals of 95 %.\r\n")
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows(rows(answer))
    return out.getvalue().encode("utf-8-sig")
