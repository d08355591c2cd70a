"""The statistics against published worked examples and against plain definitions."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.agreement import (
    auc,
    bland_altman,
    bootstrap,
    icc_2_1,
    smallest_detectable_change,
    spearman,
    table_of_repeats,
    within_sd,
)

# Shrout & Fleiss 1979, table 2: six targets rated by four judges
JUDGES = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], float
)
# Bland & Altman 1986, table 1: peak flow in l/min of 17 people, first reading of each meter
WRIGHT = np.array(
    [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427], float
)
MINI = np.array(
    [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451], float
)


def test_icc_of_shrout_and_fleiss_example_is_0_29() -> None:
    assert round(icc_2_1(JUDGES), 2) == 0.29


def test_icc_is_one_when_repeats_agree_and_sees_a_shift_between_them() -> None:
    person = np.arange(8.0)[:, None]
    assert icc_2_1(np.hstack([person, person])) == pytest.approx(1)
    assert icc_2_1(np.hstack([person, person + 5])) < 0.5


def test_bland_and_altman_limits_are_those_of_their_paper() -> None:
    found = bland_altman(MINI, WRIGHT)
    assert round(found.bias, 1) == -2.1
    assert round(found.sd, 1) == 38.8
    # the paper doubles the rounded deviation instead of taking 1.96 of it: -79.7 and 75.5
    assert found.bias - 2 * found.sd == pytest.approx(-79.7, abs=0.15)
    assert found.bias + 2 * found.sd == pytest.approx(75.5, abs=0.15)
    assert found.low == pytest.approx(found.bias - 1.96 * found.sd)
    assert round(found.limit_error, 1) == 16.3


def test_auc_counts_pairs_in_order_and_ties_half() -> None:
    score = np.array([0.1, 0.4, 0.35, 0.8])
    assert auc(score, np.array([False, False, True, True])) == 0.75
    assert auc(np.ones(4), np.array([False, True, False, True])) == 0.5
    assert np.isnan(auc(score, np.ones(4, bool)))


def test_within_person_deviation_ignores_differences_between_people() -> None:
    assert within_sd({"a": [10, 12], "b": [70, 72], "c": [5]}) == pytest.approx(np.sqrt(2))
    assert np.isnan(within_sd({"a": [1.0]}))
    assert smallest_detectable_change(1) == pytest.approx(2.77, abs=0.005)


def test_repeats_are_cut_to_the_number_that_keeps_most_values() -> None:
    table = table_of_repeats({"a": [1, 2, 3], "b": [4, 5], "c": [6, 7], "d": [8]})
    assert table.tolist() == [[1, 2], [4, 5], [6, 7]]


def test_the_bootstrap_interval_holds_the_truth_and_widens_when_photos_belong_together() -> None:
    random = np.random.default_rng(3)
    people = random.normal(size=30)
    value = np.repeat(people, 10) + 0.01 * random.normal(size=300)
    target = np.repeat(people + random.normal(size=30), 10)

    def rank(rows: np.ndarray) -> float:
        return spearman(value[rows], target[rows])

    alone = bootstrap(rank, range(300), resamples=200)
    together = bootstrap(rank, list(np.repeat(np.arange(30), 10)), resamples=200)
    assert together.low < 0.7 < together.high
    assert together.high - together.low > 2 * (alone.high - alone.low)
    assert together.n == 30


def test_a_correlation_of_what_does_not_vary_is_not_a_number() -> None:
    assert np.isnan(spearman(np.ones(10), np.arange(10.0)))
    assert np.isnan(bootstrap(lambda _: float("nan"), range(10)).low)
