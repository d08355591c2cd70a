"""Agreement and repeatability of scores: the usual statistics, each with its source."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata, spearmanr

Floats = npt.NDArray[np.floating[Any]]
Integers = npt.NDArray[np.intp]
Statistic = Callable[[Integers], float]

RESAMPLES = 1000
LEAST = 4  # pairs below which a correlation says nothing


@dataclass(frozen=True)
class Estimate:
    """A figure and its 95 % bootstrap interval; nan where it cannot be had."""

    value: float
    low: float
    high: float
    n: int  # what was resampled: photos, or people


@dataclass(frozen=True)
class BlandAltman:
    """Second less first measurement (Bland & Altman 1986, Lancet 327:307)."""

    bias: float
    sd: float
    low: float  # bias − 1.96 sd
    high: float
    limit_error: float  # standard error of each limit, √(3 sd² / n)
    n: int


def bootstrap(
    statistic: Statistic, groups: Sequence[Hashable], seed: int = 1, resamples: int = RESAMPLES
) -> Estimate:
    """`statistic` of the rows named by their indices, with a percentile interval.

    Whole groups are drawn (the photos of one person), so that photos which belong together do not
    count as independent ones. Draws in which the statistic is nan are left out.
    """
    of_group: dict[Hashable, list[int]] = {}
    for row, group in enumerate(groups):
        of_group.setdefault(group, []).append(row)
    rows = [np.array(indices, np.intp) for indices in of_group.values()]
    value = statistic(np.arange(len(groups), dtype=np.intp)) if rows else float("nan")
    random = np.random.default_rng(seed)
    drawn = [
        statistic(np.concatenate([rows[i] for i in random.integers(0, len(rows), len(rows))]))
        for _ in range(resamples if len(rows) > 1 and np.isfinite(value) else 0)
    ]
    kept = np.array([v for v in drawn if np.isfinite(v)])
    if len(kept) < resamples / 2:
        return Estimate(value, float("nan"), float("nan"), len(rows))
    low, high = np.quantile(kept, (0.025, 0.975))
    return Estimate(value, float(low), float(high), len(rows))


def spearman(one: Floats, other: Floats) -> float:
    """Rank correlation; nan when either does not vary."""
    if len(one) < LEAST or np.ptp(one) == 0 or np.ptp(other) == 0:
        return float("nan")
    return float(spearmanr(one, other).statistic)


def auc(score: Floats, positive: npt.NDArray[np.bool_]) -> float:
    """Chance that a positive has the higher score, ties half (Mann & Whitney 1947)."""
    yes, no = int(positive.sum()), int((~positive).sum())
    if not yes or not no:
        return float("nan")
    return float((rankdata(score)[positive].sum() - yes * (yes + 1) / 2) / (yes * no))


def icc_2_1(ratings: Floats) -> float:
    """Agreement of single measurements, ICC(2,1) of Shrout & Fleiss 1979, Psychol Bull 86:420.

    `ratings` is (people, repeats); repeats are taken as a random sample of all there could be.
    """
    n, k = ratings.shape
    if n < 2 or k < 2:
        return float("nan")
    grand = ratings.mean()
    people = k * float(((ratings.mean(1) - grand) ** 2).sum()) / (n - 1)
    repeats = n * float(((ratings.mean(0) - grand) ** 2).sum()) / (k - 1)
    total = float(((ratings - grand) ** 2).sum())
    error = (total - people * (n - 1) - repeats * (k - 1)) / ((n - 1) * (k - 1))
    spread = people + (k - 1) * error + k * (repeats - error) / n
    return (people - error) / spread if spread > 0 else float("nan")


def table_of_repeats(values: Mapping[Any, Sequence[float]]) -> Floats:
    """(people, repeats) of those with enough repeats, as many values as can be kept.

    People differ in how often they were photographed; ICC wants a full table.
    """
    counts = sorted((len(v) for v in values.values() if len(v) > 1), reverse=True)
    if not counts:
        return np.empty((0, 0))
    kept = max(set(counts), key=lambda k: (k * sum(c >= k for c in counts), k))
    return np.array([list(v[:kept]) for v in values.values() if len(v) >= kept], np.float64)


def within_sd(values: Mapping[Any, Sequence[float]]) -> float:
    """Deviation of one person's repeated values, pooled over people; nan without repeats."""
    repeated = [np.asarray(v, np.float64) for v in values.values() if len(v) > 1]
    if not repeated:
        return float("nan")
    squares = sum(float(((v - v.mean()) ** 2).sum()) for v in repeated)
    return float(np.sqrt(squares / sum(len(v) - 1 for v in repeated)))


def smallest_detectable_change(sd_within: float) -> float:
    """1.96 · √2 · SD within a person: 95 % of pure noise stays below (Weir 2005)."""
    return float(1.96 * np.sqrt(2) * sd_within)


def bland_altman(first: Floats, second: Floats) -> BlandAltman:
    difference = second - first
    n = len(difference)
    if n < 2:
        nan = float("nan")
        return BlandAltman(nan, nan, nan, nan, nan, n)
    bias, sd = float(difference.mean()), float(difference.std(ddof=1))
    return BlandAltman(
        bias, sd, bias - 1.96 * sd, bias + 1.96 * sd, float(np.sqrt(3 * sd**2 / n)), n
    )
