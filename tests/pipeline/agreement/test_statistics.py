"""Agreement of two ratings, against published tables and against other libraries."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.inter_rater import cohens_kappa

from evaluation import agreement as of_repeats
from pipeline.agreement.statistics import RESAMPLES, agreement

# Peak expiratory flow of 17 people by two meters, l/min (Bland & Altman 1986, table 1).
WRIGHT = np.array(
    [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427], float
)
MINI = np.array(
    [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451], float
)
# Six people, four judges (Shrout & Fleiss 1979, table 2).
JUDGES = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], float
)


def test_bias_and_limits_are_those_of_bland_and_altman() -> None:
    found = agreement(MINI, WRIGHT, np.arange(17))
    assert found.bias is not None
    assert found.limits is not None
    assert found.bias.value == pytest.approx(-2.1, abs=0.05)
    low, high = found.limits
    # the paper rounds the standard deviation to 38.8 and takes 2 of it
    assert (high.value - low.value) / (2 * 1.96) == pytest.approx(38.8, abs=0.05)
    # 95 % of its interval by t, −22.0 to 17.8; a bootstrap comes near
    assert found.bias.low == pytest.approx(-22.0, abs=3)
    assert found.bias.high == pytest.approx(17.8, abs=3)


@pytest.mark.parametrize(("one", "other"), [(0, 1), (0, 3), (1, 2), (2, 3)])
def test_icc_of_two_judges_is_that_of_the_analysis_of_variance(one: int, other: int) -> None:
    found = agreement(JUDGES[:, one], JUDGES[:, other], np.arange(6))
    assert of_repeats.icc_2_1(JUDGES) == pytest.approx(0.29, abs=0.005)  # the paper's, by ANOVA
    assert found.icc is not None
    assert found.icc.value == pytest.approx(of_repeats.icc_2_1(JUDGES[:, [one, other]]))


@pytest.mark.parametrize("seed", range(5))
def test_kappa_is_that_of_statsmodels_with_quadratic_weights(seed: int) -> None:
    random = np.random.default_rng(seed)
    first = random.integers(0, 5, 60)
    second = np.clip(first + random.integers(-1, 2, 60), 0, 4)
    table = np.zeros((5, 5))
    np.add.at(table, (first, second), 1)
    ratings = first.astype(float), second.astype(float)
    found = agreement(*ratings, np.arange(60), classes=ratings)
    assert found.kappa is not None
    assert found.kappa.value == pytest.approx(cohens_kappa(table, wt="quadratic").kappa)


def test_the_interval_holds_the_truth_in_about_95_of_100_samples() -> None:
    random = np.random.default_rng(3)
    held = 0
    for _ in range(200):
        skin = random.normal(50, 20, 80)
        first, second = skin + random.normal(0, 10, (2, 80))
        found = agreement(first, second, np.arange(80))
        assert found.icc is not None
        held += found.icc.low <= 400 / 500 <= found.icc.high
    assert 180 <= held <= 199


def test_pairs_of_one_person_do_not_count_as_independent() -> None:
    random = np.random.default_rng(4)
    skin = np.repeat(random.normal(50, 20, 30), 10)
    offset = np.repeat(random.normal(0, 8, 30), 10)
    first, second = skin, skin + offset
    apart = agreement(first, second, np.arange(300)).bias
    together = agreement(first, second, np.repeat(np.arange(30), 10)).bias
    assert apart is not None
    assert together is not None
    assert together.value == pytest.approx(apart.value)
    assert together.high - together.low > 2 * (apart.high - apart.low)


def test_a_rating_that_never_varies_has_no_coefficient_but_a_bias() -> None:
    ratings = np.full(20, 30.0), np.full(20, 40.0)
    found = agreement(*ratings, np.arange(20), classes=ratings)
    assert found.bias is not None
    assert (found.bias.value, found.bias.low, found.bias.high) == (10, 10, 10)
    assert found.kappa is None or found.kappa.value == 0
    assert found.icc is None or found.icc.value == 0


def test_the_same_grades_give_the_same_intervals() -> None:
    assert agreement(WRIGHT, MINI, np.arange(17)) == agreement(WRIGHT, MINI, np.arange(17))
    assert RESAMPLES == 1000
