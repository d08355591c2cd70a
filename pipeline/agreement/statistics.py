"""Agreement of two ratings of the same skin, with bootstrap intervals over people.

Every figure here follows from sums of the two ratings, their squares and their product. So a
resample of people is a sum of their sums, and a thousand resamples are one product of matrices.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]

RESAMPLES = 1000
SEED = 1  # the same grades give the same intervals


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % percentile bootstrap interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Agreement:
    """Of pairs (first, second) of ratings on one scale.

    `kappa` is None without classes, everything is None where it is not defined: a rating
    that never varies agrees with nothing.
    """

    people: int
    pairs: int
    kappa: Estimate | None  # quadratic weights, over ordered bands
    icc: Estimate | None  # ICC(2,1)
    bias: Estimate | None  # second less first, in the ratings' unit
    limits: tuple[Estimate, Estimate] | None  # 95 % limits of agreement


@dataclass(frozen=True)
class Sums:
    """Of pairs, for each resample: arrays of shape (resamples,)."""

    n: Floats
    x: Floats
    y: Floats
    xx: Floats
    yy: Floats
    xy: Floats


def agreement(
    first: Floats,
    second: Floats,
    people: npt.NDArray[Any],
    *,
    classes: tuple[Floats, Floats] | None = None,
) -> Agreement:
    """How far two ratings of the same skin agree. All arrays have shape (pairs,).

    `people` names whose skin it is: whole people are resampled, so that several pairs of one person
    do not count as independent. `classes` are the ratings as numbers of ordered classes, for kappa.
    """
    whose, person = np.unique(people, return_inverse=True)
    weights = _weights(len(whose))
    sums = sums_of(first, second, person, weights)
    of_classes = None if classes is None else sums_of(*classes, person, weights)
    bias, spread = _difference(sums)
    return Agreement(
        people=len(whose),
        pairs=len(first),
        kappa=None if of_classes is None else _estimate(quadratic_kappa(of_classes)),
        icc=_estimate(icc_2_1(sums)),
        bias=_estimate(bias),
        limits=_both(_estimate(bias - 1.96 * spread), _estimate(bias + 1.96 * spread)),
    )


def quadratic_kappa(sums: Sums) -> Floats:
    """Cohen's kappa with quadratic weights (Cohen 1968, Psychol Bull 70:213).

    With these weights it is 2 cov / (var + var + (mean − mean)²), all with divisor n (Fleiss &
    Cohen 1973, Educ Psychol Meas 33:613).
    """
    mean_x, mean_y = sums.x / sums.n, sums.y / sums.n
    covariance = sums.xy / sums.n - mean_x * mean_y
    apart = sums.xx / sums.n + sums.yy / sums.n - 2 * mean_x * mean_y  # var + var + (Δ mean)²
    return _ratio(2 * covariance, apart)


def icc_2_1(sums: Sums) -> Floats:
    """Agreement of single ratings, two-way random: ICC(2,1) of Shrout & Fleiss 1979.

    Psychol Bull 86:420, with two ratings of each skin.
    """
    n = sums.n
    both = (sums.x + sums.y) ** 2 / (2 * n)
    total = sums.xx + sums.yy - both
    between_skins = (sums.xx + sums.yy + 2 * sums.xy) / 2 - both
    between_ratings = (sums.x**2 + sums.y**2) / n - both
    with np.errstate(divide="ignore", invalid="ignore"):
        skins = between_skins / (n - 1)
        error = (total - between_skins - between_ratings) / (n - 1)
    return _ratio(skins - error, skins + error + 2 * (between_ratings - error) / n)


def _difference(sums: Sums) -> tuple[Floats, Floats]:
    """Mean and standard deviation of second less first (Bland & Altman 1986, Lancet 327:307)."""
    mean = (sums.y - sums.x) / sums.n
    squares = sums.xx + sums.yy - 2 * sums.xy - sums.n * mean**2
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.sqrt(np.maximum(squares, 0) / (sums.n - 1))
    return mean, spread


def _weights(people: int) -> Floats:
    """How often each person is drawn, (1 + resamples, people); the first row is everybody once."""
    random = np.random.default_rng(SEED)
    drawn = random.multinomial(people, np.full(people, 1 / people), RESAMPLES)
    return np.vstack([np.ones(people), drawn])


def sums_of(first: Floats, second: Floats, person: npt.NDArray[np.intp], weights: Floats) -> Sums:
    columns = (np.ones_like(first), first, second, first**2, second**2, first * second)
    of_people = np.array([np.bincount(person, column, weights.shape[1]) for column in columns])
    return Sums(*(weights @ of_people.T).T)


def _ratio(above: Floats, below: Floats) -> Floats:
    """No number where the ratings hardly vary: rounding would decide."""
    return np.divide(above, below, out=np.full_like(above, np.nan), where=below > 1e-9)


def _estimate(figures: Floats) -> Estimate | None:
    """The figure of everybody, and what holds 95 % of the resamples in which it is defined."""
    value, drawn = figures[0], figures[1:]
    drawn = drawn[np.isfinite(drawn)]
    if not np.isfinite(value) or len(drawn) < RESAMPLES / 2:
        return None
    low, high = np.quantile(drawn, (0.025, 0.975))
    return Estimate(float(value), float(low), float(high))


def _both(low: Estimate | None, high: Estimate | None) -> tuple[Estimate, Estimate] | None:
    return None if low is None or high is None else (low, high)
