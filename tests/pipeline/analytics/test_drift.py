"""Drift is seen when it is there, and not made of chance."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from core.analytics import Because, Period
from data.analytics import Released
from pipeline.analytics.drift import Verdict, of_weeks

MONDAY = date(2026, 1, 5)


def week(number: int, values: np.ndarray) -> Released:
    counts = np.histogram(values, bins=20, range=(0, 100))[0]
    bins = tuple(int(5 * round(n / 5)) if n >= 10 else None for n in counts)
    return Released(
        MONDAY + timedelta(weeks=number), Period.WEEK, "", None, None, None, len(values),
        len(values), float(values.mean()), float(values.std()), 0.1, bins, "redness",
    )  # fmt: skip


def weeks(people: int, *, moved_by: float = 0.0, seed: int = 1) -> list[Released]:
    rng = np.random.default_rng(seed)
    return [
        week(n, rng.normal(50 + (moved_by if n >= 12 else 0), 10, people).clip(0, 99))
        for n in range(20)
    ]


def test_weeks_of_the_same_people_are_stable_whether_many_or_few() -> None:
    for people in (60, 400, 5000):
        verdicts = [
            found.verdict for seed in range(10) for found in of_weeks(weeks(people, seed=seed))
        ]
        assert verdicts.count(Verdict.MOVED) <= 0.03 * len(verdicts), people


def test_scores_that_move_by_most_of_a_standard_deviation_are_told_from_that_week_on() -> None:
    found = of_weeks(weeks(400, moved_by=8))
    assert [one.verdict for one in found[:4]] == [Verdict.STABLE] * 4
    assert {one.verdict for one in found[4:]} == {Verdict.MOVED}


def test_with_too_few_weeks_or_all_suppressed_nothing_is_said() -> None:
    assert of_weeks(weeks(100)[:8]) == []
    hidden = (None,) * 6
    few = Released(MONDAY, Period.WEEK, "", None, None, Because.FEW, *hidden)
    assert of_weeks([few] * 20) == []
