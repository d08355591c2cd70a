"""The arithmetic of the explorer against SciPy and statsmodels."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from core.analytics import Because, Period
from data.analytics import Released
from pipeline.analytics import statistics, student

WEEK = date(2026, 1, 5)


def cell(
    people: int | None, mean: float = 50.0, sd: float = 10.0, noise: float = 0.0, day: date = WEEK
) -> Released:
    if people is None:
        hidden = Because.FEW
        return Released(
            day, Period.WEEK, "", None, None, hidden, None, None, None, None, None, None
        )
    bins = (None,) * 10 + (people,) + (None,) * 9
    return Released(
        day, Period.WEEK, "", None, None, None, people, people, mean, sd, noise, bins, "pores"
    )


@given(st.floats(-40, 40), st.floats(0.5, 5000))
def test_the_t_distribution_is_scipys(t: float, df: float) -> None:
    assert student.two_sided_p(t, df) == pytest.approx(2 * stats.t.sf(abs(t), df), abs=1e-10)


@pytest.mark.parametrize("df", [1, 2.5, 9, 30, 400, 1e5, math.inf])
@pytest.mark.parametrize("level", [0.8, 0.95, 0.999])
def test_its_quantiles_are_scipys(df: float, level: float) -> None:
    assert student.quantile(level, df) == pytest.approx(stats.t.ppf((1 + level) / 2, df), rel=1e-8)


def test_an_interval_without_noise_is_the_usual_one_of_a_mean() -> None:
    values = np.random.default_rng(1).normal(40, 12, 25)
    found = statistics.estimate(values.mean(), values.std(ddof=1), 25, 0.0)
    low, high = stats.t.interval(0.95, 24, values.mean(), stats.sem(values))
    assert (found.low, found.high) == pytest.approx((low, high))


def test_the_noise_for_privacy_widens_the_interval() -> None:
    quiet, noisy = (statistics.estimate(50, 10, 100, noise) for noise in (0.0, 1.0))
    assert noisy.high - noisy.low > (quiet.high - quiet.low) * 1.3


def test_the_interval_holds_the_truth_in_95_of_100_samples_with_noise() -> None:
    rng = np.random.default_rng(2)
    held = 0
    for _ in range(2000):
        values = rng.normal(50, 10, 20)
        noise = 2 * 10 / 20
        mean = values.mean() + rng.normal(0, noise)
        found = statistics.estimate(mean, values.std(ddof=1), 20, noise)
        held += found.low <= 50 <= found.high
    assert 0.935 <= held / 2000 <= 0.97


def test_two_groups_are_compared_as_welch_does() -> None:
    rng = np.random.default_rng(3)
    one, other = rng.normal(50, 10, 30), rng.normal(55, 4, 12)
    found = statistics.difference(
        *(statistics.estimate(v.mean(), v.std(ddof=1), len(v), 0.0) for v in (one, other))
    )
    theirs = stats.ttest_ind(one, other, equal_var=False)
    interval = theirs.confidence_interval(0.95)
    assert found.p == pytest.approx(theirs.pvalue)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))


def test_cells_of_one_period_are_pooled_as_different_people() -> None:
    rng = np.random.default_rng(4)
    parts = [rng.normal(middle, 8, n) for middle, n in ((40, 50), (60, 100))]
    found = statistics.pooled([[cell(len(p), p.mean(), p.std(ddof=1)) for p in parts]])
    assert found is not None
    assert found.value == pytest.approx(np.concatenate(parts).mean())
    assert found.se == pytest.approx(
        math.sqrt(sum((len(p) / 150) ** 2 * p.var(ddof=1) / len(p) for p in parts))
    )


def test_asking_the_same_people_every_week_does_not_narrow_the_interval() -> None:
    once = statistics.pooled([[cell(100)]])
    often = statistics.pooled([[cell(100)]] * 50)
    assert once is not None
    assert often is not None
    assert often.high - often.low == pytest.approx(once.high - once.low)
    assert often.people == 100


def test_of_what_is_suppressed_nothing_is_estimated() -> None:
    assert statistics.pooled([[cell(None)], []]) is None
    shown = statistics.pooled([[cell(None), cell(20, 33.0)]])
    assert shown is not None
    assert shown.value == 33.0


@pytest.mark.parametrize(("part", "whole"), [(0, 10), (5, 10), (130, 2045), (10, 10)])
def test_the_interval_of_a_share_is_wilsons(part: int, whole: int) -> None:
    low, high = proportion_confint(part, whole, method="wilson")
    assert statistics.share(part, whole) == pytest.approx((part / whole, low, high), abs=1e-9)


def test_the_interval_of_a_correlation_is_fishers() -> None:
    rng = np.random.default_rng(5)
    x = rng.normal(size=80)
    theirs = stats.pearsonr(x, x + rng.normal(size=80))
    low, high, _ = statistics.correlation(theirs.statistic, 80, 0.0)
    interval = theirs.confidence_interval(0.95)
    assert (low, high) == pytest.approx((interval.low, interval.high))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_many_tests_are_controlled_as_statsmodels_does(ps: list[float]) -> None:
    theirs = multipletests(ps, method="fdr_bh")[1]
    assert statistics.false_discovery(ps) == pytest.approx(list(theirs))


def test_no_test_makes_no_discovery() -> None:
    assert statistics.false_discovery([]) == []


def test_the_distance_of_distributions_is_scipys_at_the_borders_of_the_bins() -> None:
    rng = np.random.default_rng(6)
    one, other = rng.integers(0, 20, 500), rng.integers(3, 20, 300)
    a, b = ([*map(float, np.bincount(v, minlength=20) / len(v))] for v in (one, other))
    assert statistics.kolmogorov(a, b) == pytest.approx(stats.ks_2samp(one, other).statistic)


def test_the_limit_of_the_distance_is_passed_by_one_in_a_hundred() -> None:
    assert stats.kstwobign.sf(
        statistics.kolmogorov_limit(400, 600) / math.sqrt(1000 / 240000)
    ) == pytest.approx(0.01, abs=0.0005)


def test_the_stability_index_is_its_formula_and_zero_for_the_same() -> None:
    one, other = [0.2, 0.3, 0.5], [0.3, 0.3, 0.4]
    expected = sum((b - a) * math.log(b / a) for a, b in zip(one, other, strict=True))
    assert statistics.stability_index(one, other) == pytest.approx(expected)
    assert statistics.stability_index(one, one) == 0
    assert statistics.stability_index([1.0, 0.0], [0.0, 1.0]) < 20  # finite


def test_people_in_hidden_bins_are_spread_evenly_over_these() -> None:
    assert statistics.shares((None, 60, None, 20), 100) == [0.1, 0.6, 0.1, 0.2]


def test_a_bin_hidden_in_one_of_the_cells_counts_as_half_the_floor_there() -> None:
    one = cell(30)
    other = Released(**{**vars(one), "bins": tuple(range(0, 100, 5))})
    summed = statistics.add_bins([one, other])
    assert summed is not None
    assert summed[1] == 5 + 5
    assert summed[10] == 80
    alone = statistics.add_bins([one, one])
    assert alone is not None
    assert alone[1] is None
