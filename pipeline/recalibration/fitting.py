"""A rising curve from scores to grades, and what it is worth for people it was not fitted to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt
from scipy.optimize import lsq_linear

from core.analytics import FLOOR, TONE_BANDS, tone_band
from core.metrics import Metric
from core.recalibration import KNOTS, LEAST_SLOPE, MOST_SLOPE, Curve, Figures, Gain, Interval
from pipeline.recalibration import curves
from pipeline.recalibration.graded import Graded

Floats = npt.NDArray[np.floating[Any]]

LEAST_PEOPLE = 50  # fewer hardly tell a curve from chance
# As if so many more people had been graded exactly as scored, evenly over the scale: few grades
# bend a curve little, and where nobody was graded it stays what it was.
PRIOR_PEOPLE = 20
FOLDS = 10
RESAMPLES = 1000
SEED = 1  # the same grades give the same curve and figures
HOLDS = 0.9  # what an interval promises
_LEAST_HALF = 0.5  # points: an interval cut off at 0 or 100 has no width to widen

# Elasticity is the fine lines turned round, the skin score a mean of the others.
RECALIBRATED: tuple[Metric, ...] = tuple(
    metric for metric in Metric if metric not in (Metric.ELASTICITY, Metric.SKIN_SCORE)
)
TOO_FEW = "{missing} more people with a blind grade are needed; {people} of {least} are there."
NO_GAIN = "Scores of people who were not fitted to came no closer to the grades."
WORSE_FOR = "Scores of people with {tone} skin would move away from the grades."


@dataclass(frozen=True)
class _Grades:
    """The same as arrays of shape (grades,)."""

    x: Floats
    low: Floats
    high: Floats
    y: Floats
    person: npt.NDArray[np.intp]  # 0 … people − 1
    weight: Floats  # each person's grades add up to 1

    def of(self, chosen: npt.NDArray[np.bool_]) -> _Grades:
        x, low, high, y = (part[chosen] for part in (self.x, self.low, self.high, self.y))
        return _Grades(x, low, high, y, self.person[chosen], self.weight[chosen])


def fit(grades: Sequence[Graded]) -> tuple[Curve | None, Figures]:
    """The curve of one metric, or None with the reason, and its cross-validated figures."""
    people = sorted({one.person for one in grades})
    if len(people) < LEAST_PEOPLE:
        reason = TOO_FEW.format(
            missing=LEAST_PEOPLE - len(people), people=len(people), least=LEAST_PEOPLE
        )
        return None, Figures(people=len(people), grades=len(grades), left_out_because=reason)
    given = _arrays(grades, people)
    after, widened = _cross_validated(given, len(people))
    tones = _tones(grades, people)
    gain = _gain(given, after, np.ones(len(people), bool), len(people))
    by_tone = {
        tone: _gain(given, after, tones == tone, len(people))
        for tone in TONE_BANDS
        if (tones == tone).sum() >= FLOOR
    }
    figures = Figures(
        people=len(people),
        grades=len(grades),
        gain=gain,
        by_tone=by_tone,
        coverage_before=_share((given.low <= given.y) & (given.y <= given.high), given),
        coverage_after=_share(widened, given),
        left_out_because=_why_not(gain, by_tone),
    )
    return (None if figures.left_out_because else _fitted(given)), figures


def _fitted(given: _Grades) -> Curve:
    """Least squares with bounds on every slope (Stark & Parker 1995, Comput Stat 10:129).

    A person counts once, however many grades they have.
    """
    prior = np.array(KNOTS)
    x, y = np.concatenate([given.x, prior]), np.concatenate([given.y, prior])
    weight = np.concatenate([given.weight, np.full(len(KNOTS), PRIOR_PEOPLE / len(KNOTS))])
    step = KNOTS[1] - KNOTS[0]
    # value at the first knot, and how much the line rises from each knot to the next
    basis = np.column_stack(
        [np.ones_like(x), *(np.clip((x - knot) / step, 0, 1) for knot in KNOTS[:-1])]
    )
    root = np.sqrt(weight)
    rises = len(KNOTS) - 1
    found = lsq_linear(
        basis * root[:, None],
        y * root,
        bounds=([-100.0, *[LEAST_SLOPE * step] * rises], [100.0, *[MOST_SLOPE * step] * rises]),
        method="bvls",
    ).x
    first, *risen = np.concatenate([found[:1], found[0] + np.cumsum(found[1:])]).tolist()
    line = Curve(at_knots=(first, *risen), widen=1)
    return line.model_copy(update={"widen": _widening(line, given)})


def _widening(line: Curve, given: _Grades) -> float:
    """By how much intervals must widen to hold HOLDS of the grades; never narrower, at most ten."""
    order = np.argsort(needed := _needed(line, given))
    held = np.cumsum(given.weight[order]) / given.weight.sum()
    widen = float(needed[order][np.searchsorted(held, HOLDS)])
    return min(10.0, max(1.0, widen))


def _needed(line: Curve, given: _Grades) -> Floats:
    """For each grade, how many times as wide its side of the interval would have to be."""
    at = curves.value(line, given.x)
    above, below = curves.value(line, given.high) - at, at - curves.value(line, given.low)
    side = np.where(given.y >= at, above, below)
    return np.asarray(np.abs(given.y - at) / np.maximum(side, _LEAST_HALF))


def _cross_validated(given: _Grades, people: int) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """For each grade: the score after, and whether its interval holds the grade."""
    fold_of = np.random.default_rng(SEED).permutation(people) % FOLDS
    after = np.empty_like(given.x)
    holds = np.zeros(len(given.x), bool)
    for fold in range(FOLDS):
        out = fold_of[given.person] == fold
        line = _fitted(given.of(~out))
        after[out] = curves.value(line, given.x[out])
        holds[out] = _needed(line, given.of(out)) <= line.widen
    return after, holds


def _gain(given: _Grades, after: Floats, chosen: npt.NDArray[np.bool_], people: int) -> Gain:
    """Of the chosen people, each of whom counts once."""
    whose = given.person
    errors = [
        np.bincount(whose, given.weight * np.abs(given.y - said), people)[chosen]
        for said in (given.x, after)
    ]
    closer = errors[0] - errors[1]
    random = np.random.default_rng(SEED)
    drawn = random.multinomial(len(closer), np.full(len(closer), 1 / len(closer)), RESAMPLES)
    low, high = np.quantile(drawn @ closer / len(closer), (0.025, 0.975))
    return Gain(
        people=len(closer),
        mae_before=float(errors[0].mean()),
        mae_after=float(errors[1].mean()),
        gain=Interval(value=float(closer.mean()), low=float(low), high=float(high)),
    )


def _why_not(gain: Gain, by_tone: Mapping[str, Gain]) -> str | None:
    if gain.gain.low <= 0:
        return NO_GAIN
    worse = [tone.replace("_", " ") for tone, of in by_tone.items() if of.gain.high < 0]
    return WORSE_FOR.format(tone=" and ".join(worse)) if worse else None


def _share(of: npt.NDArray[np.bool_], given: _Grades) -> float:
    return float(given.weight[of].sum() / given.weight.sum())


def _arrays(grades: Sequence[Graded], people: Sequence[UUID]) -> _Grades:
    number = {person: place for place, person in enumerate(people)}
    person = np.array([number[one.person] for one in grades])
    columns = ([getattr(one, name) for one in grades] for name in ("value", "low", "high", "grade"))
    x, low, high, y = (np.array(column, float) for column in columns)
    weight = 1 / np.bincount(person)[person]
    return _Grades(x, low, high, y, person, weight)


def _tones(grades: Sequence[Graded], people: Sequence[UUID]) -> npt.NDArray[np.str_]:
    """Each person's tone band, of their last graded check whose tone is known; "" for none."""
    known = {one.person: tone_band(one.ita) for one in grades if one.ita is not None}
    return np.array([known.get(person, "") for person in people])
