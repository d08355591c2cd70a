from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from core.examination import Score
from core.metrics import SKIN_SCORE_WEIGHTS, Metric
from pipeline.change import Verdict
from pipeline.noise import Noise, with_derived
from pipeline.trends import as_csv, changes, comparable_scores, points

START = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
NOISE = Noise({Metric.PORES: 8.0})


@dataclass(frozen=True)
class Check:
    created_at: datetime
    scores: dict[Metric, Score]
    model_version: str = "1"
    analysis_id: UUID = field(default_factory=uuid4)

    def shots_of(self, _metric: Metric) -> int:
        return 1


def check(week: int, value: float | None, model: str = "1") -> Check:
    score = (
        Score.abstain("Too few pixels.")
        if value is None
        else Score(value, max(0.0, value - 4), min(100.0, value + 4))
    )
    return Check(START + timedelta(weeks=week), {Metric.PORES: score}, model)


def test_each_step_is_judged_against_the_check_before() -> None:
    history = [check(0, 40), check(1, 45), check(2, 60), check(3, 30)]
    verdicts = [
        p.change.verdict if p.change else None for p in points(history, Metric.PORES, NOISE)
    ]
    assert verdicts == [None, Verdict.NOISE, Verdict.REAL, Verdict.REAL]


def test_a_new_model_is_marked_and_not_compared() -> None:
    course = points([check(0, 40), check(1, 70, "2"), check(2, 71, "2")], Metric.PORES, NOISE)
    assert [p.model_changed for p in course] == [False, True, False]
    assert course[1].change is not None
    assert course[1].change.verdict is Verdict.NOT_COMPARABLE


def test_a_first_check_has_no_changes() -> None:
    assert changes(None, check(0, 40), NOISE) == {}


def test_a_sparkline_holds_only_scores_of_the_newest_model_in_the_order_of_time() -> None:
    newest_first = [check(3, 50, "2"), check(2, None, "2"), check(1, 48, "2"), check(0, 90, "1")]
    assert [s.value for s in comparable_scores(newest_first, Metric.PORES)] == [48, 50]
    assert comparable_scores([], Metric.PORES) == []


def test_the_csv_holds_every_check_and_says_what_was_not_measured() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv([check(0, 40), check(1, None)], NOISE))))
    assert [row["value"] for row in rows] == ["40.0", ""]
    assert rows[1]["not_measured_because"] == "Too few pixels."
    assert rows[0]["time_utc"] == "2026-03-01T08:30:00Z"
    assert {row["verdict"] for row in rows} == {"first check", "not comparable"}


def test_noise_of_derived_metrics_follows_from_the_measured_ones() -> None:
    measured = dict.fromkeys(SKIN_SCORE_WEIGHTS, 10.0) | {Metric.FINE_LINES: 6.0}
    del measured[Metric.ELASTICITY]
    known = with_derived(measured)
    assert known[Metric.ELASTICITY] == 6.0
    weights = SKIN_SCORE_WEIGHTS
    by_hand = sum((w * known[m]) ** 2 for m, w in weights.items()) ** 0.5
    assert known[Metric.SKIN_SCORE] == pytest.approx(by_hand)
    assert known[Metric.SKIN_SCORE] < 10.0
    assert Metric.SKIN_SCORE not in with_derived({Metric.PORES: 5.0})
