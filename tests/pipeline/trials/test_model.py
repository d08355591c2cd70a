"""The statistics of a trial on simulated people with known effects; see bench/trials.py."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.trials import WORLDS, World, coverage, false_alarms, power, simulated
from pipeline.trials.model import THRESHOLDS, Measured, estimate

pytestmark = pytest.mark.slow

PEOPLE = 100
WHITE, STAYS, DRIFT = WORLDS[0], WORLDS[2], WORLDS[4]


@pytest.mark.parametrize("world", [WHITE, STAYS, DRIFT], ids=lambda world: world.name)
def test_without_an_effect_a_trial_of_four_metrics_rarely_says_real(world: World) -> None:
    found = simulated(world, 4 * PEOPLE)
    assert false_alarms(found, 4) <= 0.10
    assert coverage(found, 0.0) >= 0.85


@pytest.mark.parametrize("world", [WHITE, STAYS], ids=lambda world: world.name)
def test_the_interval_holds_the_true_effect(world: World) -> None:
    found = simulated(replace(world, effect=8.0), PEOPLE)
    assert coverage(found, 8.0) >= 0.85


def test_a_large_effect_is_mostly_found_and_more_often_than_a_small_one() -> None:
    large, small = (
        power(simulated(replace(WHITE, effect=size), PEOPLE), 1) for size in (16.0, 4.0)
    )
    assert large >= 0.8
    assert small < large


def test_more_metrics_ask_for_more_certainty() -> None:
    assert list(THRESHOLDS.values()) == sorted(THRESHOLDS.values())


def course(step: float, *, sd: float = 3.0) -> list[Measured]:
    return [Measured(week, 40 + step * (week >= 0), sd) for week in range(-4, 11)]


def test_the_estimate_is_the_same_upside_down() -> None:
    up, down = estimate(course(10)), estimate(course(-10))
    assert up.effect == pytest.approx(-down.effect, abs=0.5)
    assert up.probability == pytest.approx(down.probability, abs=0.02)


def test_a_worse_measurement_says_less() -> None:
    sharp, blurred = estimate(course(8, sd=1.0)), estimate(course(8, sd=8.0))
    assert sharp.high - sharp.low < blurred.high - blurred.low
    assert sharp.probability > blurred.probability


def test_scores_that_do_not_move_show_no_change() -> None:
    found = estimate(course(0))
    assert found.probability < 0.5
    assert found.low < 0 < found.high
