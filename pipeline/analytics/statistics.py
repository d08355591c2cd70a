"""What released figures say together, and how surely. Arithmetic alone, on what is published.

Every interval here is of 95 %. It holds two doubts: that other people of the same kind would have
given other numbers, and the noise that was added for privacy.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from core.analytics import BINS, FLOOR
from data.analytics import Released
from pipeline.analytics import student

LEVEL = 0.95
_Z = student.quantile(LEVEL, math.inf)

Bins = tuple[int | None, ...]


@dataclass(frozen=True)
class Estimate:
    """A mean over people."""

    value: float
    low: float
    high: float
    se: float  # both doubts
    sd: float  # between people
    people: int  # on which the sampling error rests: the distinct ones that are surely there
    df: float  # Welch–Satterthwaite


@dataclass(frozen=True)
class Difference:
    """The first mean less the second."""

    value: float
    low: float
    high: float
    p: float  # two-sided, Welch's test
    effect: float  # Hedges' g: in standard deviations between people


def estimate(mean: float, sd: float, people: int, noise_sd: float) -> Estimate:
    """Of one cell; `people` ≥ 2."""
    sampling = sd * sd / people
    se = math.sqrt(sampling + noise_sd * noise_sd)
    df = _df(se, [(sampling, people)])
    reach = student.quantile(LEVEL, df) * se
    return Estimate(mean, mean - reach, mean + reach, se, sd, people, df)


def pooled(periods: Iterable[Sequence[Released]]) -> Estimate | None:
    """The mean over the shown cells of several periods, each weighted by its people.

    Cells of one period are different people: their errors are independent. The same people may
    come in every period: the sampling errors of periods are taken as wholly dependent, so the
    interval is not narrowed by asking the same people again. The noise differs by period. None:
    nothing is shown.
    """
    parts = [[shown for cell in cells if (shown := _shown(cell))] for cells in periods]
    weights = [sum(cell.people for cell in part) for part in parts]
    total = sum(weights)
    if not total:
        return None
    mean = sd = noise = squares = 0.0
    for part, weight in zip(parts, weights, strict=True):
        variance = 0.0
        for n, m, s, noise_sd in part:
            mean += n * m / total
            squares += n * (s * s + m * m) / total
            variance += (n / weight) ** 2 * s * s / n
            noise += (n / total * noise_sd) ** 2
        sd += weight / total * math.sqrt(variance)
    people = max(weights)
    se = math.sqrt(sd * sd + noise)
    df = _df(se, [(sd * sd, people)])
    reach = student.quantile(LEVEL, df) * se
    between = math.sqrt(max(0.0, squares - mean * mean))
    return Estimate(mean, mean - reach, mean + reach, se, between, people, df)


class _Shown(NamedTuple):
    people: int
    mean: float
    sd: float
    noise_sd: float


def _shown(cell: Released) -> _Shown | None:
    if cell.people is None or cell.mean is None or cell.sd is None:
        return None
    return _Shown(cell.people, cell.mean, cell.sd, cell.mean_noise_sd or 0.0)


def difference(one: Estimate, other: Estimate) -> Difference:
    """Welch's comparison of two means. Of overlapping groups the interval is too wide, not less."""
    value = one.value - other.value
    se = math.hypot(one.se, other.se)
    if se == 0:
        return Difference(value, value, value, 1.0 if value == 0 else 0.0, 0.0)
    df = se**4 / sum(e.se**4 / e.df for e in (one, other)) if one.se + other.se else math.inf
    reach = student.quantile(LEVEL, df) * se
    both = one.people + other.people - 2
    spread = math.sqrt(
        ((one.people - 1) * one.sd**2 + (other.people - 1) * other.sd**2) / max(1, both)
    )
    small = 1 - 3 / (4 * both - 1)  # Hedges' correction
    effect = 0.0 if spread == 0 else value / spread * small
    return Difference(
        value, value - reach, value + reach, student.two_sided_p(value / se, df), effect
    )


def share(part: int, whole: int) -> tuple[float, float, float]:
    """A share of people and Wilson's interval, each 0–1; `whole` > 0."""
    p = min(1.0, part / whole)
    middle = (p + _Z**2 / (2 * whole)) / (1 + _Z**2 / whole)
    reach = _Z / (1 + _Z**2 / whole) * math.sqrt(p * (1 - p) / whole + _Z**2 / (4 * whole**2))
    return p, max(0.0, middle - reach), min(1.0, middle + reach)


def correlation(r: float, people: int, noise_sd: float) -> tuple[float, float, float]:
    """Low, high and two-sided p of a correlation, by Fisher's transformation; `people` > 3."""
    r = max(-0.999, min(0.999, r))
    z = math.atanh(r)
    se = math.sqrt(1 / (people - 3) + (noise_sd / (1 - r * r)) ** 2)
    reach = _Z * se
    return (
        math.tanh(z - reach),
        math.tanh(z + reach),
        student.two_sided_p(z / se, math.inf),
    )


def inverse_variance(estimates: Sequence[tuple[float, float]]) -> tuple[float, float, float, float]:
    """Value, low, high and p of several independent (value, standard error) taken together."""
    weights = [1 / se**2 for _, se in estimates]
    value = sum(w * v for w, (v, _) in zip(weights, estimates, strict=True)) / sum(weights)
    se = math.sqrt(1 / sum(weights))
    return value, value - _Z * se, value + _Z * se, student.two_sided_p(value / se, math.inf)


def false_discovery(ps: Sequence[float]) -> list[float]:
    """Benjamini and Hochberg's adjusted p of each, in the order given."""
    order = sorted(range(len(ps)), key=lambda i: ps[i], reverse=True)
    adjusted, least = [0.0] * len(ps), 1.0
    for rank, i in zip(range(len(ps), 0, -1), order, strict=True):
        least = min(least, ps[i] * len(ps) / rank)
        adjusted[i] = least
    return adjusted


# ---------------------------------------------------------------- distributions


def add_bins(cells: Iterable[Released]) -> Bins | None:
    """Bins of several cells together; hidden is what is hidden in all of them.

    Where it is shown in some, half the floor stands for each that is hidden.
    """
    found = [cell.bins for cell in cells if cell.bins is not None]
    if not found:
        return None
    return tuple(
        None if all(b is None for b in bin_) else sum(FLOOR // 2 if b is None else b for b in bin_)
        for bin_ in zip(*found, strict=True)
    )


def shares(bins: Bins, people: int) -> list[float]:
    """The share of people in each bin; those in hidden bins are spread evenly over these."""
    known = sum(b for b in bins if b is not None)
    hidden = [i for i, b in enumerate(bins) if b is None]
    rest = max(0, people - known) if hidden else 0
    total = known + rest
    if not total:
        return [1 / BINS] * len(bins)
    return [(rest / len(hidden) if b is None else b) / total for b in bins]


def stability_index(one: Sequence[float], other: Sequence[float], *, least: float = 1e-3) -> float:
    """Population stability index of two distributions over the same bins (shares, 0–1).

    A bin with nobody counts as `least`, or the logarithm would be infinite.
    """
    return sum(
        (max(b, least) - max(a, least)) * math.log(max(b, least) / max(a, least))
        for a, b in zip(one, other, strict=True)
    )


def kolmogorov(one: Sequence[float], other: Sequence[float]) -> float:
    """The greatest distance of two cumulative distributions at the borders of their bins."""
    total, farthest = 0.0, 0.0
    for a, b in zip(one, other, strict=True):
        total += a - b
        farthest = max(farthest, abs(total))
    return farthest


def kolmogorov_limit(people: int, others: int) -> float:
    """What the distance of two samples of the same people exceeds in about 1 % of cases."""
    return 1.628 * math.sqrt((people + others) / (people * others))


def _df(se: float, parts: Sequence[tuple[float, int]]) -> float:
    """Welch–Satterthwaite: the noise is known and counts as without end."""
    below = sum(variance**2 / (n - 1) for variance, n in parts if n > 1)
    return se**4 / below if below > 0 else math.inf
