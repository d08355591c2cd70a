"""Whose noise a change is judged by, and how it is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pytest
from scipy.special import stdtrit

from core.metrics import Metric
from pipeline.noise import MEDIAN_VARIANCE, Least, Noise, OwnNoise, own_noise, student_975

PORES = Metric.PORES


@dataclass(frozen=True)
class Check:
    model_version: str = "2"
    shots: int = 1

    def shots_of(self, _metric: Metric) -> int:
        return self.shots


@dataclass(frozen=True)
class Shots:
    values: tuple[Mapping[Metric, float], ...]
    model_version: str = "2"


def shots(*values: float, version: str = "2") -> Shots:
    return Shots(tuple({PORES: value} for value in values), version)


def test_until_there_is_something_better_the_models_noise_counts() -> None:
    assert Noise({PORES: 9.0}).least(PORES, Check(), Check()) == Least(9.0)
    assert Noise({}).least(PORES, Check(), Check()) is None


def test_scores_of_an_earlier_version_are_judged_by_that_versions_noise() -> None:
    noise = Noise({PORES: 9.0}, earlier={"1": {PORES: 31.0}})
    assert noise.least(PORES, Check("1"), Check("1")) == Least(31.0)


def test_two_photos_of_a_check_do_not_tell_a_persons_noise_and_three_do() -> None:
    assert own_noise([shots(40, 44)]) == {}
    assert own_noise([shots(40, 44, 42)])["2", PORES] == OwnNoise(4.0, 2, 3)


def test_checks_are_pooled_and_their_levels_do_not_matter() -> None:
    found = own_noise([shots(40, 44, 42), shots(80, 84, 82)])["2", PORES]
    assert found == OwnNoise(4.0, 4, 6)


def test_versions_are_never_pooled() -> None:
    found = own_noise([shots(40, 44, 42), shots(10, 50, 90, version="1")])
    assert found["2", PORES].variance == pytest.approx(4.0)


def test_a_persons_own_noise_replaces_the_models_and_says_so() -> None:
    noise = Noise({PORES: 31.0}, own=own_noise([shots(40, 41, 42)]))
    least = noise.least(PORES, Check(), Check())
    assert least is not None
    # Student's t for 2 degrees of freedom is 4.303, the variance of a photo 1
    assert least.points == pytest.approx(4.303 * 2**0.5, abs=0.01)
    assert least.own_photos == 3


def test_more_photos_in_both_checks_make_smaller_changes_detectable() -> None:
    noise = Noise({}, own=own_noise([shots(40, 41, 42), shots(50, 51, 52)]))
    found = [noise.least(PORES, Check(shots=n), Check(shots=n)) for n in (1, 2, 3, 4, 5)]
    points = [each.points for each in found if each]
    assert points == sorted(points, reverse=True)
    assert len(set(points)) == 5


def test_photos_that_happen_to_agree_promise_no_more_than_any_camera_can() -> None:
    noise = Noise({}, own=own_noise([shots(40, 40, 40)]), floor={PORES: 4.0})
    for count in (1, 3):
        check = Check(shots=count)
        assert noise.least(PORES, check, check) == Least(4.0, 3)


@pytest.mark.parametrize("freedom", [1, 2, 3, 7, 12, 13, 14, 30, 200, 800])
def test_students_t_is_that_of_scipy(freedom: int) -> None:
    assert student_975(freedom) == pytest.approx(stdtrit(freedom, 0.975), abs=2e-4)


def test_of_unchanged_skin_one_change_in_twenty_is_called_real() -> None:
    """Simulated people with a known noise: how often chance alone passes the limit."""
    random = np.random.default_rng(7)
    passed, people = 0, 3000
    for _ in range(people):
        sd = random.uniform(1, 6)
        own = own_noise([shots(*random.normal(50, sd, 3)) for _ in range(2)])
        before, after = (float(np.median(random.normal(50, sd, 3))) for _ in range(2))
        least = Noise({}, own=own).least(PORES, Check(shots=3), Check(shots=3))
        assert least is not None
        passed += abs(after - before) > least.points
    assert 0.035 <= passed / people <= 0.065


def test_the_variance_of_a_median_is_that_of_simulated_photos() -> None:
    random = np.random.default_rng(3)
    for count, expected in MEDIAN_VARIANCE.items():
        medians = np.median(random.normal(size=(200_000, count)), axis=1)
        assert medians.var() == pytest.approx(expected, rel=0.02)
