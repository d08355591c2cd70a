"""A population that does not exist: people with true skin, seasons, devices, noise and dropout.

Seeded: the same seed makes the same people and checks. Every check says that it is simulated
(`is_demonstration`, a version of the model that begins with “simulated”), every person's address
ends in simulated.example. What is put in, and so must come out, is written here in one place; see
docs/decisions/analytics-simulated-people.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.analytics import REASONS, ZONES, Device
from core.metrics import FACTS, SKIN_SCORE_WEIGHTS, Direction, Metric, Region
from core.people import SkinType

Floats = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]

CHECKS_A_PERSON = 23  # about, over all
_BATCH = 2_000  # people at a time
_ZONES = dict(zip(ZONES, (0.08, 0.27, 0.25, 0.04, 0.34, 0.02), strict=True))
_DEVICES = dict(zip((*Device, None), (0.72, 0.06, 0.14, 0.03, 0.05), strict=True))
_SKIN_TYPES = dict(zip((*SkinType, None), (0.18, 0.22, 0.28, 0.16, 0.10, 0.06), strict=True))
# Mean ITA, its standard deviation, and the share of people, of three groups of tones.
_TONES = ((48.0, 9.0, 0.50), (22.0, 10.0, 0.30), (-30.0, 18.0, 0.20))
VERSIONS = ("simulated-1.0", "simulated-2.0")
SECOND_VERSION_AFTER = 0.6  # share of the time
SECOND_VERSION_SHIFT = {Metric.REDNESS: -3.0, Metric.PORES: 2.0}


@dataclass(frozen=True)
class Sign:
    """How the true value of one metric comes about, in points."""

    middle: float
    between: float  # standard deviation between people
    a_decade: float  # with age
    winter: float  # height of the yearly wave in the north
    noise: float  # standard deviation of one check


COURSES = {
    Metric.HYDRATION: Sign(62, 11, -1.5, -4.0, 4.0),
    Metric.OILINESS: Sign(45, 13, -3.0, -3.0, 5.0),
    Metric.PORES: Sign(44, 12, 1.0, 0.0, 4.0),
    Metric.REDNESS: Sign(38, 12, 0.5, 3.0, 4.5),
    Metric.SPOTS: Sign(26, 10, 3.5, -1.0, 3.0),
    Metric.BLEMISHES: Sign(28, 14, -4.0, 0.0, 4.0),
    Metric.FINE_LINES: Sign(28, 9, 6.0, 1.0, 4.0),
}
_OF_SKIN_TYPE = {
    SkinType.DRY: {Metric.HYDRATION: -9.0, Metric.OILINESS: -12.0},
    SkinType.OILY: {Metric.OILINESS: 14.0, Metric.PORES: 7.0, Metric.BLEMISHES: 5.0},
    SkinType.COMBINATION: {Metric.OILINESS: 5.0},
    SkinType.SENSITIVE: {Metric.REDNESS: 9.0},
}
_OF_REGION = {
    Region.FOREHEAD: 2.0,
    Region.NOSE: 6.0,
    Region.LEFT_CHEEK: -1.0,
    Region.RIGHT_CHEEK: 1.0,
    Region.LEFT_UNDER_EYE: -5.0,
    Region.RIGHT_UNDER_EYE: -4.0,
    Region.CHIN: 1.0,
}
# What an ingredient does to a sign when it has worked, in points, and how many begin it.
EFFECTS: dict[str, tuple[Metric, float, float]] = {
    "azelaic-10": (Metric.REDNESS, -6.0, 0.10),
    "niacinamide": (Metric.OILINESS, 0.0, 0.12),  # nothing: what must not be found
    "adapalene": (Metric.BLEMISHES, -8.0, 0.10),
}
WORKS_AFTER = 28  # days
_REJECTED = {None: 0.05, Device.COMPUTER: 0.12, Device.PROGRAM: 0.03}  # others: the first
_REJECTED_MORE_BELOW = (-20.0, 0.03)  # degrees ITA, share: the unfairness to be found
_ABSTAINED = {Metric.SPOTS: 0.03, Metric.FINE_LINES: 0.06, Metric.PORES: 0.04}


@dataclass(frozen=True)
class Crowd:
    """Some simulated people, with all that they will ever send. Arrays (n,) and (m,)."""

    number: Index  # of each person, from 0
    age: Index
    skin_type: npt.NDArray[np.object_]
    zone: npt.NDArray[np.object_]
    device: npt.NDArray[np.object_]  # core.analytics.Device or None
    ingredient: npt.NDArray[np.object_]  # id or None
    begun: Floats  # day on which it was begun

    whose: Index  # (m,) of each check, into the people
    at: Floats  # (m,) days since the first, sorted for each person
    is_scored: npt.NDArray[np.bool_]
    reason: npt.NDArray[np.object_]  # of core.analytics.REASONS where not scored
    version: Index  # (m,) into VERSIONS
    ita: Floats
    quality: dict[str, Floats]  # name in core.examination.Quality → (m,)
    face: dict[Metric, Floats]  # NaN: abstained
    regions: dict[tuple[Metric, Region], Floats]


def crowds(checks: int, *, days: int, seed: int, regions: bool = True) -> Iterator[Crowd]:
    """About so many checks over so many days, in batches of people."""
    people = max(1, checks // CHECKS_A_PERSON)
    for number, first in enumerate(range(0, people, _BATCH)):
        size = min(_BATCH, people - first)
        rng = np.random.default_rng([seed, number])
        yield _crowd(rng, first, size, days, regions=regions)


def _crowd(rng: np.random.Generator, first: int, n: int, days: int, *, regions: bool) -> Crowd:
    age = np.clip(rng.gamma(5, 5, n) + 13, 13, 90).astype(np.int64)
    skin_type = _chosen(rng, _SKIN_TYPES, n)
    zone, device = _chosen(rng, _ZONES, n), _chosen(rng, _DEVICES, n)
    group = rng.choice(3, n, p=[share for _, _, share in _TONES])
    tone = np.array([_TONES[g][0] for g in group]) + rng.normal(0, 1, n) * np.array(
        [_TONES[g][1] for g in group]
    )
    ingredient = rng.choice(
        np.array([*EFFECTS, None], object),
        n,
        p=[*(share for _, _, share in EFFECTS.values()), 1 - sum(s for *_, s in EFFECTS.values())],
    )
    whose, at, joined = _attendance(rng, n, days)
    begun = joined + rng.uniform(28, 120, n)
    m = len(whose)
    sent_by = device[whose]
    p_rejected = np.array([_REJECTED.get(d, _REJECTED[None]) for d in sent_by])
    p_rejected += np.where(tone[whose] < _REJECTED_MORE_BELOW[0], _REJECTED_MORE_BELOW[1], 0)
    is_scored = rng.random(m) >= p_rejected
    version = (at > SECOND_VERSION_AFTER * days).astype(np.int64)
    face = _faces(rng, age, skin_type, zone, ingredient, begun, whose, at, version)
    return Crowd(
        number=np.arange(first, first + n),
        age=age,
        skin_type=skin_type,
        zone=zone,
        device=device,
        ingredient=ingredient,
        begun=begun,
        whose=whose,
        at=at,
        is_scored=is_scored,
        reason=rng.choice(np.array(REASONS[:6], object), m),
        version=version,
        ita=tone[whose] + rng.normal(0, 3, m),
        quality=_quality(rng, sent_by, m),
        face=face,
        regions=_of_regions(rng, face) if regions else {},
    )


def _chosen(
    rng: np.random.Generator, shares: Mapping[Any, float], n: int
) -> npt.NDArray[np.object_]:
    values = np.empty(len(shares), object)
    values[:] = list(shares)
    return values[rng.choice(len(shares), n, p=list(shares.values()))]


def _attendance(rng: np.random.Generator, n: int, days: int) -> tuple[Index, Floats, Floats]:
    """Each joins some day, comes about weekly, and one day no more."""
    joined = rng.uniform(-days * 0.3, days * 0.85, n).clip(0)
    stays = rng.exponential(1.3 * CHECKS_A_PERSON * 7, n).clip(3)
    gaps = rng.gamma(2, 3.5, (n, 6 * CHECKS_A_PERSON))
    gaps[:, 0] = 0
    at = joined[:, None] + np.cumsum(gaps, 1)
    there = (at < (joined + stays)[:, None]) & (at < days)
    whose, _ = np.nonzero(there)
    return whose, at[there], joined


def _faces(
    rng: np.random.Generator,
    age: Index,
    skin_type: npt.NDArray[np.object_],
    zone: npt.NDArray[np.object_],
    ingredient: npt.NDArray[np.object_],
    begun: Floats,
    whose: Index,
    at: Floats,
    version: Index,
) -> dict[Metric, Floats]:
    n, m = len(age), len(whose)
    south = np.isin(zone, ["Australia", "Pacific"])[whose]
    season = np.cos(2 * np.pi * (at / 365.25)) * np.where(south, -1, 1)
    common = rng.normal(0, 0.35, n)  # some have more of everything
    face: dict[Metric, Floats] = {}
    for metric, of in COURSES.items():
        own = of.middle + of.a_decade * (age - 35) / 10
        own = own + of.between * (np.sqrt(1 - 0.35**2) * rng.normal(0, 1, n) + common)
        for kind, shifts in _OF_SKIN_TYPE.items():
            own = own + np.where(skin_type == kind, shifts.get(metric, 0.0), 0.0)
        value = own[whose] + of.winter * season + rng.normal(0, of.noise, m)
        value += np.where(version == 1, SECOND_VERSION_SHIFT.get(metric, 0.0), 0.0)
        for name, (acts_on, points, _) in EFFECTS.items():
            if acts_on is metric:
                since = at - begun[whose]
                share = np.clip(since / WORKS_AFTER, 0, 1)
                value += np.where(ingredient[whose] == name, points * share, 0.0)
        value = np.clip(value, 0, 100)
        face[metric] = np.where(rng.random(m) < _ABSTAINED.get(metric, 0.01), np.nan, value)
    face[Metric.ELASTICITY] = 100 - face[Metric.FINE_LINES]
    face[Metric.SKIN_SCORE] = _composite(face)
    return face


def _composite(face: dict[Metric, Floats]) -> Floats:
    """As the product's own, without its rule of when to abstain."""
    total, weights = np.zeros(1), np.zeros(1)
    for metric, weight in SKIN_SCORE_WEIGHTS.items():
        up = FACTS[metric].direction is Direction.HIGHER_IS_BETTER
        value = face[metric] if up else 100 - face[metric]
        total = total + np.where(np.isnan(value), 0, weight * value)
        weights = weights + np.where(np.isnan(value), 0, weight)
    return np.asarray(total / weights)


def _of_regions(
    rng: np.random.Generator, face: dict[Metric, Floats]
) -> dict[tuple[Metric, Region], Floats]:
    return {
        (metric, region): np.clip(value + offset + rng.normal(0, 4, len(value)), 0, 100)
        for metric, value in face.items()
        if metric is not Metric.SKIN_SCORE
        for region, offset in _OF_REGION.items()
    }


def _quality(
    rng: np.random.Generator, sent_by: npt.NDArray[np.object_], m: int
) -> dict[str, Floats]:
    at_desk = sent_by == Device.COMPUTER
    return {
        "face_width": np.where(at_desk, 260, 780) * rng.lognormal(0, 0.25, m),
        "sharpness": np.clip(rng.normal(np.where(at_desk, 0.5, 0.8), 0.15), 0.2, 1.6),
        "exposure": np.clip(rng.normal(np.where(at_desk, -1.2, -0.5), 0.6), -3.8, 1.5),
        "evenness": np.clip(rng.beta(6, 2, m), 0.28, 1),
        "yaw": np.clip(rng.normal(0, 7, m), -30, 30),
        "pitch": np.clip(rng.normal(0, 6, m), -30, 30),
        "roll": rng.normal(0, 4, m),
        "skin_cover": np.clip(rng.normal(0.82, 0.07, m), 0.45, 1),
        "smile": np.clip(rng.exponential(0.1, m), 0, 1),
    }
