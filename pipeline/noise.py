"""By how much two checks of unchanged skin differ, for every metric that people see.

As long as a person has nothing better it is what was measured with the model (`sdc` of its
manifest). Three photos of one moment say how much this person's own scores vary; from then on
that counts. With few photos it is known badly, which Student's t makes up for.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Protocol

import numpy as np

from core.errors import Unavailable
from core.metrics import SKIN_SCORE_WEIGHTS, Metric
from models.manifest import manifest

LEAST_SHOTS = 3  # of one check, from which on a person's own noise is told
# Variance of the median of n normal observations, in units of one observation's
# (order statistics; Teichroew 1956, Ann Math Stat 27:410).
MEDIAN_VARIANCE = {1: 1.0, 2: 0.5, 3: 0.4487, 4: 0.2982, 5: 0.2868}

# Student's t that 97.5 % lie below, of 1, 2, … degrees of freedom (any table of t; the test takes
# SciPy's). The web process compares checks, and SciPy for this one number costs it 28 MB.
_STUDENT_975 = (
    12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281, 2.2010, 2.1788,
)  # fmt: skip
_NORMAL_975 = 1.959964


def student_975(freedom: int) -> float:
    """Student's t below which 97.5 % lie; to three decimals."""
    if freedom <= len(_STUDENT_975):
        return _STUDENT_975[freedom - 1]
    z, n = _NORMAL_975, freedom  # its expansion around the normal distribution
    return (
        z
        + (z**3 + z) / (4 * n)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * n**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * n**3)
    )


class Compared(Protocol):
    """What is known of a check that is compared with another."""

    @property
    def model_version(self) -> str | None: ...
    def shots_of(self, metric: Metric) -> int: ...


class Repeats(Protocol):
    """What each photo of one check says by itself."""

    @property
    def model_version(self) -> str: ...
    @property
    def values(self) -> tuple[Mapping[Metric, float], ...]: ...


@dataclass(frozen=True)
class OwnNoise:
    """Of one person and one metric, from photos of the same moments."""

    variance: float  # points², of one photo
    freedom: int  # degrees of freedom the variance rests on
    photos: int


@dataclass(frozen=True)
class Least:
    """The smallest change that is not just noise."""

    points: float
    own_photos: int | None = None  # the person's own photos it rests on; None: the model's figure


@dataclass(frozen=True)
class Noise:
    """What is known of one person's noise. `model` alone: nothing of their own yet."""

    model: Mapping[Metric, float]  # points, of the version in service
    earlier: Mapping[str, Mapping[Metric, float]] = field(default_factory=dict)  # by version
    own: Mapping[tuple[str, Metric], OwnNoise] = field(default_factory=dict)  # by version, too
    floor: Mapping[Metric, float] = field(default_factory=dict)  # points; no camera does better

    def least(self, metric: Metric, before: Compared, after: Compared) -> Least | None:
        """The smallest detectable change between two checks of one version of the model.

        None when it was never measured. 95 % of the differences between checks of unchanged skin
        are smaller: t · √(s² (m_a + m_b)), where m is the variance of the median of a check's
        photos and s² that of one photo (Weir 2005, J Strength Cond Res 19:231, for one photo).
        """
        version = after.model_version or ""
        own = self.own.get((version, metric))
        if own is None:
            known = self.earlier.get(version, self.model).get(metric)
            return None if known is None else Least(known)
        both = sum(MEDIAN_VARIANCE[check.shots_of(metric)] for check in (before, after))
        spread = student_975(own.freedom) * math.sqrt(own.variance * both)
        # Photos of one moment share their light and camera, so more of them do not lower this.
        return Least(max(spread, self.floor.get(metric, 0.0)), own.photos)


def own_noise(checks: Iterable[Repeats]) -> dict[tuple[str, Metric], OwnNoise]:
    """A person's own noise by version and metric: the variance within checks, pooled over them.

    Only checks count in which at least LEAST_SHOTS photos measured the metric.
    """
    squares: defaultdict[tuple[str, Metric], float] = defaultdict(float)
    freedom: defaultdict[tuple[str, Metric], int] = defaultdict(int)
    photos: defaultdict[tuple[str, Metric], int] = defaultdict(int)
    for check in checks:
        for metric in Metric:
            values = [of[metric] for of in check.values if metric in of]
            if len(values) < LEAST_SHOTS:
                continue
            key = check.model_version, metric
            squares[key] += float(np.sum((np.array(values) - np.mean(values)) ** 2))
            freedom[key] += len(values) - 1
            photos[key] += len(values)
    return {
        key: OwnNoise(squares[key] / freedom[key], freedom[key], photos[key]) for key in squares
    }


def with_derived(measured: Mapping[Metric, float]) -> dict[Metric, float]:
    """The smallest detectable changes in points, with those of the derived metrics added.

    Elasticity is the fine lines turned round. For the composite the weighted parts are added as
    independent errors, unless it was measured itself.
    """
    known = dict(measured)
    if Metric.FINE_LINES in known:
        known.setdefault(Metric.ELASTICITY, known[Metric.FINE_LINES])
    if known.keys() >= SKIN_SCORE_WEIGHTS.keys():
        variance = sum((weight * known[m]) ** 2 for m, weight in SKIN_SCORE_WEIGHTS.items())
        known.setdefault(Metric.SKIN_SCORE, math.sqrt(variance))
    return known


@cache
def of_models() -> Noise:
    """What was measured with the models; nothing when there is none. See models/MODEL_CARD.md."""
    try:
        known = manifest()
    except Unavailable:
        return Noise({})
    return Noise(
        model=with_derived(known.sdc),
        earlier={one.version: with_derived(one.sdc) for one in known.history},
        floor=with_derived(known.sdc_same_view),
    )
