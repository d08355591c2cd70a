from __future__ import annotations

import pytest

from core.examination import Score
from pipeline.change import Verdict, change
from pipeline.noise import Least


def score(value: float) -> Score:
    return Score(value, max(0.0, value - 5), min(100.0, value + 5))


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        pytest.param(50, 57.9, Verdict.NOISE, id="just below the smallest detectable change"),
        pytest.param(50, 58.0, Verdict.REAL, id="just at it"),
        pytest.param(50, 42.0, Verdict.REAL, id="downward as well"),
        pytest.param(50, 50, Verdict.NOISE, id="nothing moved"),
    ],
)
def test_a_change_is_real_from_the_smallest_detectable_change_on(
    before: float, after: float, verdict: Verdict
) -> None:
    found = change(score(before), score(after), Least(8.0))
    assert found.verdict is verdict
    assert found.delta == pytest.approx(after - before)


def test_a_metric_that_abstained_once_is_not_compared() -> None:
    found = change(Score.abstain("The forehead is covered."), score(40), Least(8.0))
    assert (found.verdict, found.delta) == (Verdict.NOT_COMPARABLE, None)


def test_scores_of_two_models_are_not_compared() -> None:
    assert (
        change(score(20), score(80), Least(8.0), same_model=False).verdict is Verdict.NOT_COMPARABLE
    )


def test_without_a_measured_noise_there_is_no_verdict() -> None:
    assert change(score(20), score(80), None).verdict is Verdict.NOT_COMPARABLE
