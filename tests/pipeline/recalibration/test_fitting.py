"""Curves from scores to grades: what they find, what they refuse, what they promise."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as trying
from hypothesis import strategies as st

from core.examination import Score
from core.recalibration import KNOTS, LEAST_SLOPE, MOST_SLOPE, Curve
from pipeline.recalibration import curves, fitting
from pipeline.recalibration.graded import Graded

LIGHT, DARK = 48.0, -40.0  # degrees, ITA


def graded(
    truth: Callable[[float], float],
    *,
    people: int = 200,
    each: int = 1,
    noise: float = 5.0,
    half: float = 10.0,
    ita: float | None = LIGHT,
    seed: int = 0,
    first: int = 0,
) -> list[Graded]:
    """People whose grade is `truth` of the model's value, and some noise."""
    random = np.random.default_rng(seed)
    found = []
    for number in range(first, first + people):
        for _ in range(each):
            value = float(random.uniform(5, 95))
            grade = float(np.clip(truth(value) + random.normal(0, noise), 0, 100))
            low, high = max(0.0, value - half), min(100.0, value + half)
            found.append(Graded(UUID(int=number), value, low, high, grade, ita))
    return found


def test_a_bend_in_the_scale_is_found() -> None:
    curve, figures = fitting.fit(graded(lambda x: 20 + 0.6 * x, people=400, noise=3))
    assert curve is not None
    assert figures.gain is not None
    assert curves.value(curve, (20.0, 50.0, 80.0)) == pytest.approx([32, 50, 68], abs=2.5)
    assert figures.gain.gain.low > 1
    assert figures.gain.mae_after < figures.gain.mae_before


def test_scores_that_are_right_are_left_alone() -> None:
    for seed in range(5):
        curve, figures = fitting.fit(graded(lambda x: x, seed=seed))
        assert curve is None
        assert figures.left_out_because == fitting.NO_GAIN


def test_grades_that_have_nothing_to_do_with_the_scores_do_not_turn_them_round() -> None:
    curve, _ = fitting.fit(graded(lambda x: 100 - x, people=300))
    if curve is not None:
        assert all(b > a for a, b in zip(curve.at_knots, curve.at_knots[1:], strict=False))


def test_of_few_people_nothing_is_fitted_and_the_reason_says_how_many_are_missing() -> None:
    grades = graded(lambda x: x / 2, people=fitting.LEAST_PEOPLE - 8, each=5)
    curve, figures = fitting.fit(grades)
    assert curve is None
    assert figures.gain is None
    assert figures.left_out_because == (
        "8 more people with a blind grade are needed; 42 of 50 are there."
    )


def test_a_person_with_many_grades_counts_once() -> None:
    many = graded(lambda x: x + 15, people=1, each=2000, noise=1)
    curve, _ = fitting.fit([*many, *graded(lambda x: x, people=150, first=1, noise=3)])
    assert curve is None or abs(curves.value(curve, (50.0,))[0] - 50) < 2


def test_a_curve_that_would_harm_one_tone_of_skin_is_not_proposed() -> None:
    grades = [
        *graded(lambda x: 0.5 * x + 30, people=300, noise=3),
        *graded(lambda x: x, people=40, noise=3, ita=DARK, first=300),
    ]
    curve, figures = fitting.fit(grades)
    assert curve is None
    assert figures.left_out_because == fitting.WORSE_FOR.format(tone="dark")
    assert figures.by_tone["dark"].gain.high < 0 < figures.by_tone["light"].gain.low


def test_a_tone_of_fewer_than_ten_people_has_no_figures() -> None:
    grades = [
        *graded(lambda x: 20 + 0.6 * x, people=200),
        *graded(lambda x: 20 + 0.6 * x, people=9, ita=DARK, first=200),
    ]
    _, figures = fitting.fit(grades)
    assert set(figures.by_tone) == {"light"}


@pytest.mark.parametrize("half", [3.0, 10.0])
def test_intervals_hold_nine_tenths_of_the_grades_of_people_they_were_not_fitted_to(
    half: float,
) -> None:
    grades = graded(lambda x: 15 + 0.7 * x, people=600, noise=8, half=half)
    curve, figures = fitting.fit(grades)
    assert curve is not None
    assert figures.coverage_after is not None
    assert 0.85 <= figures.coverage_after <= 0.95
    others = graded(lambda x: 15 + 0.7 * x, people=600, noise=8, half=half, seed=7)
    held = [
        score.low <= one.grade <= score.high
        for one in others
        for score in [curves.score(curve, Score(one.value, one.low, one.high))]
        if score.low is not None and score.high is not None
    ]
    assert 0.85 <= np.mean(held) <= 0.95


def test_the_same_grades_give_the_same_curve_and_figures() -> None:
    grades = graded(lambda x: 20 + 0.6 * x)
    assert fitting.fit(grades) == fitting.fit(grades)


def test_what_fits_the_noise_is_no_gain() -> None:
    """A bend that fits 60 noisy grades best is worth nothing for others."""
    for seed in range(5):
        curve, figures = fitting.fit(graded(lambda x: x, people=60, noise=25, seed=seed))
        assert curve is None
        assert figures.gain is not None
        assert figures.gain.gain.value < 1.5


@trying(max_examples=60)
@given(
    st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)), min_size=50, max_size=70),
)
def test_whatever_was_graded_the_curve_rises_and_intervals_stay_intervals(
    pairs: list[tuple[float, float]],
) -> None:
    grades = [
        Graded(UUID(int=n), value, max(0.0, value - 5), min(100.0, value + 5), grade, None)
        for n, (value, grade) in enumerate(pairs)
    ]
    curve, _ = fitting.fit(grades)
    if curve is None:
        return
    step = KNOTS[1]
    slopes = np.diff(curve.at_knots) / step
    assert (slopes >= LEAST_SLOPE - 1e-6).all()
    assert (slopes <= MOST_SLOPE + 1e-6).all()
    for value in (0.0, 3.0, 50.0, 99.0, 100.0):
        curves.score(curve, Score(value, max(0.0, value - 5), min(100.0, value + 5)))


@trying(max_examples=100)
@given(
    st.floats(1, 99),
    st.floats(0, 30),
    st.floats(-20, 20),
    st.lists(st.floats(LEAST_SLOPE, MOST_SLOPE), min_size=4, max_size=4),
    st.floats(1, 3),
)
def test_a_score_can_be_taken_back_to_what_it_was(
    value: float, half: float, first: float, slopes: list[float], widen: float
) -> None:
    ends = [first, *(first + 25 * np.cumsum(slopes)).tolist()]
    curve = Curve(at_knots=(ends[0], ends[1], ends[2], ends[3], ends[4]), widen=widen)
    of = Score(value, max(0.0, value - half), min(100.0, value + half))
    after = curves.score(curve, of)
    assert after.low is not None
    assert after.value is not None
    assert after.high is not None
    low, middle, high = curves.before(curve, after.low, after.value, after.high)
    if 0 < after.value < 100:
        assert middle == pytest.approx(value, abs=1e-6)
    if after.low > 0 and after.value < 100:
        assert low == pytest.approx(of.low, abs=1e-6)
    if after.high < 100 and after.value > 0:
        assert high == pytest.approx(of.high, abs=1e-6)
