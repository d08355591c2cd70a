"""Whether a metric has changed since a date: the statistics of a trial. Pure.

The choices are explained in docs/decisions/trials.md.

Check i at time t_i (weeks since the change began; negative before) has the score

    y_i = α + β·t_i + δ·x_ρ(t_i) + u_i + e_i

    α ~ N(50, 50²)     the level before: anything on the scale
    β ~ N(0, 0.25²)    points a week: season, age, a drift that would have come anyway
    δ ~ N(0, 12²)      the effect of the change once it is complete, where there is one
    x_ρ(t)             0 before, min(1, t/ρ) after: complete after ρ ∈ {0, 4, 8} weeks, each 1/3
    u  ~ Gaussian, Cov(u_i, u_j) = τ²·exp(−|t_i − t_j|/ℓ)   the person's own ups and downs
         τ ~ half-normal(4 points), ℓ ∈ {1, 7, 21} days, each 1/3
    e_i ~ N(0, s_i²)   the measurement's own error; s_i is known: the smallest detectable change
                       over 1.96·√2, or the score's interval where that was never measured

M0 says δ = 0, M1 says δ as above, 1 : 1 beforehand. Given (ρ, τ, ℓ) all of it is Gaussian, so each
marginal likelihood is one Cholesky factor, and the three are summed over a grid; nothing is
sampled. Reported are

- the probability of a real change, P(M1 | y);
- the effect and its 90 % interval: the median and the 5 % and 95 % quantiles of δ under M1, a
  mixture of normals.

A change is called real where P(M1 | y) reaches THRESHOLDS[k], k being how many metrics the trial
judges: chosen on simulated people (bench/trials.py) so that a whole trial without any effect says
“real” of anything in at most one of ten cases, its own noise being correlated or not.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

LEVEL, LEVEL_SD = 50.0, 50.0  # points
DRIFT_SD = 0.25  # points a week
EFFECT_SD = 12.0  # points
RAMPS = (0.0, 4.0, 8.0)  # weeks until the effect is complete
_TAU_SCALE = 4.0  # points
_TAUS = (0.0, 1.0, 2.0, 3.0, 4.5, 6.5, 9.0)  # points
_LENGTHS = (1 / 7, 1.0, 3.0)  # weeks
INTERVAL = 0.90

# P(M1 | y) from which on a change is called real, by the number of metrics that are judged.
THRESHOLDS = {1: 0.67, 2: 0.78, 3: 0.83, 4: 0.87}


@dataclass(frozen=True)
class Measured:
    """One metric at one check."""

    week: float  # since the change began; negative before
    value: float  # points
    sd: float  # of the measurement, points


@dataclass(frozen=True)
class Estimate:
    """What the checks say of one metric."""

    effect: float  # points, median
    low: float  # of the 90 % interval
    high: float
    probability: float  # of a real change, 0–1


def estimate(checks: Sequence[Measured]) -> Estimate:
    """The effect of the change and the probability that there is one.

    Wants at least one check before and one after; with few, the interval says so.
    """
    weeks = np.array([check.week for check in checks])
    values = np.array([check.value for check in checks])
    noise = np.diag(np.array([check.sd for check in checks]) ** 2)
    apart = np.abs(weeks[:, None] - weeks[None, :])
    always = LEVEL_SD**2 + DRIFT_SD**2 * np.outer(weeks, weeks) + noise
    taus, lengths = (grid.reshape(-1, 1, 1) for grid in np.meshgrid(_TAUS, _LENGTHS, indexing="ij"))
    lower = np.linalg.cholesky(always + taus**2 * np.exp(-apart / lengths))  # (21, n, n)
    columns = np.stack([values - LEVEL, *(ramp(weeks, rho) for rho in RAMPS)], axis=1)
    white = np.linalg.solve(lower, np.broadcast_to(columns, (len(lower), *columns.shape)))
    centred, ramps = white[:, :, 0], white[:, :, 1:]
    prior = np.repeat(_log_prior_of_taus(), len(_LENGTHS)) - math.log(len(_LENGTHS))
    determinant = np.log(np.diagonal(lower, axis1=1, axis2=2)).sum(axis=1)
    without = prior - 0.5 * (centred**2).sum(axis=1) - determinant  # M0, by (τ, ℓ)
    # δ given the rest: the matrix determinant lemma for one column more; (21, 3), by ρ too.
    precision = (ramps**2).sum(axis=1) + 1 / EFFECT_SD**2
    pull = np.einsum("gnr,gn->gr", ramps, centred)
    gain = 0.5 * pull**2 / precision - 0.5 * np.log(precision * EFFECT_SD**2)
    with_ = (without[:, None] - math.log(len(RAMPS)) + gain).ravel()  # M1
    means, sds = (pull / precision).ravel(), (1 / np.sqrt(precision)).ravel()
    evidence, against = float(np.logaddexp.reduce(with_)), float(np.logaddexp.reduce(without))
    mixture = _Mixture(np.exp(with_ - evidence), means, sds)
    tail = (1 - INTERVAL) / 2
    return Estimate(
        mixture.quantile(0.5),
        mixture.quantile(tail),
        mixture.quantile(1 - tail),
        1 / (1 + math.exp(min(700.0, against - evidence))),
    )


def ramp(weeks: Floats, rho: float) -> Floats:
    """How much of the effect is there, 0–1. `weeks` since the change began."""
    if rho == 0:
        return (weeks >= 0).astype(np.float64)
    return np.clip(weeks / rho, 0.0, 1.0)


def _log_prior_of_taus() -> Floats:
    """Of each value of τ: the half-normal density times the cell of the grid that it stands for."""
    taus = np.array(_TAUS)
    edges = np.concatenate([taus[:1], (taus[1:] + taus[:-1]) / 2, taus[-1:]])
    edges[-1] += (taus[-1] - taus[-2]) / 2
    return np.log(np.diff(edges)) - taus**2 / (2 * _TAU_SCALE**2)


@dataclass(frozen=True)
class _Mixture:
    """Of normals."""

    weights: Floats
    means: Floats
    sds: Floats

    def below(self, value: float) -> float:
        reduced = (value - self.means) / (self.sds * math.sqrt(2))
        shares = [0.5 * (1 + math.erf(each)) for each in reduced.tolist()]
        return float(self.weights @ np.array(shares))

    def quantile(self, share: float) -> float:
        """To a hundredth of a point."""
        low = math.floor(100 * float((self.means - 8 * self.sds).min()))
        high = math.ceil(100 * float((self.means + 8 * self.sds).max()))
        hundredths = range(low, high + 1)
        return hundredths[bisect_left(hundredths, share, key=lambda n: self.below(n / 100))] / 100
