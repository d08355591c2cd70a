"""Student's t distribution, without SciPy, which costs the web process half a second to import.

Checked against SciPy in the tests.
"""

from __future__ import annotations

import math
from statistics import NormalDist

_NORMAL = NormalDist()
_NEARLY_NORMAL = 1e6  # degrees of freedom


def two_sided_p(t: float, df: float) -> float:
    """The chance of a value at least so far from 0, `df` > 0."""
    if df >= _NEARLY_NORMAL:
        return math.erfc(abs(t) / math.sqrt(2))
    whole = df + t * t
    return _beta(df / 2, 0.5, df / whole, t * t / whole)


def quantile(level: float, df: float) -> float:
    """How far from 0 the middle `level` of the distribution reaches; `level` in (0, 1)."""
    t = _NORMAL.inv_cdf((1 + level) / 2)
    if df >= _NEARLY_NORMAL:
        return t
    # Newton's steps: the chance is convex and t begins below, so that none goes too far.
    for _ in range(100):
        step = (two_sided_p(t, df) - (1 - level)) / (2 * _density(t, df))
        t += step
        if abs(step) < 1e-12 * t:
            break
    return t


def _density(t: float, df: float) -> float:
    above = math.lgamma((df + 1) / 2) - math.lgamma(df / 2)
    return math.exp(above - (df + 1) / 2 * math.log1p(t * t / df)) / math.sqrt(df * math.pi)


def _beta(a: float, b: float, x: float, y: float) -> float:
    """The regularised incomplete beta function, by its continued fraction (DLMF 8.17.22).

    `y` is 1 − x, told apart: near 1 the difference would have few digits left.
    """
    if x <= 0 or y <= 0:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta(b, a, y, x)
    front = math.exp(
        math.lgamma(a + b)
        - math.lgamma(a)
        - math.lgamma(b)
        + a * math.log(x)
        + b * math.log(y)
        - math.log(a)
    )
    tiny = 1e-300
    c, d = 1.0, 1 - (a + b) * x / (a + 1)
    d = 1 / (d if abs(d) > tiny else tiny)
    fraction = d
    for m in range(1, 500):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        step = 1.0
        for term in (even, odd):
            d = 1 + term * d
            d = 1 / (d if abs(d) > tiny else tiny)
            c = 1 + term / c
            c = c if abs(c) > tiny else tiny
            step = c * d
            fraction *= step
        if abs(step - 1) < 1e-14:
            break
    return front * fraction
