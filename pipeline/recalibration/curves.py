"""Scores seen through a curve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from core.examination import Examination, Score
from core.metrics import Metric
from core.recalibration import KNOTS, Curve, Recalibration

Floats = npt.NDArray[np.float64]
Points = npt.NDArray[np.floating[Any]] | Sequence[float]


def value(curve: Curve, scores: Points) -> Floats:
    """Scores after of scores before, in points, 0–100; any shape."""
    return np.clip(np.interp(scores, KNOTS, curve.at_knots), 0.0, 100.0)


def before(curve: Curve, low: float, middle: float, high: float) -> tuple[float, float, float]:
    """Interval and value before, of those that `score` gave; lower end, value, upper end.

    What was cut off at 0 or 100 comes back as the end that is closest to the middle.
    """
    ends = middle - (middle - low) / curve.widen, middle, middle + (high - middle) / curve.widen
    found = np.clip(np.interp(ends, curve.at_knots, KNOTS), 0.0, 100.0)
    return float(found[0]), float(found[1]), float(found[2])


def score(curve: Curve, of: Score) -> Score:
    """Value and interval after. An abstention stays one."""
    if of.value is None or of.low is None or of.high is None:
        return of
    low, middle, high = (float(one) for one in value(curve, (of.low, of.value, of.high)))
    return Score(
        middle,
        max(0.0, middle - curve.widen * (middle - low)),
        min(100.0, middle + curve.widen * (high - middle)),
    )


def examination(through: Recalibration, seen: Examination) -> Examination:
    """What one photo says in the scale of a recalibration, as its version.

    A face's curve holds for its regions too: they keep to the same scale, though the mean of what
    they become is not exactly what the face becomes. Elasticity follows the fine lines.
    """
    from pipeline.scoring import composite  # needs OpenCV, which those who only ask do not have

    scores = _through(through.curves, seen.scores)
    scores[Metric.SKIN_SCORE] = composite(scores)
    return replace(
        seen,
        scores=scores,
        regions={region: _through(through.curves, of) for region, of in seen.regions.items()},
        model_version=through.version,
    )


def noise_through(
    one: Recalibration, smallest_changes: Mapping[Metric, float]
) -> dict[Metric, float]:
    """The smallest detectable changes in points, after of before.

    By the steepest part of each curve: elsewhere a change has to be larger than noise makes it.
    """
    steepest = {metric: curve.steepest for metric, curve in one.curves.items()}
    if Metric.FINE_LINES in steepest:
        steepest[Metric.ELASTICITY] = steepest[Metric.FINE_LINES]
    after = {
        metric: points * max(1.0, steepest.get(metric, 1.0))
        for metric, points in smallest_changes.items()
    }
    if Metric.SKIN_SCORE in after:
        after[Metric.SKIN_SCORE] *= max(1.0, *steepest.values())
    return after


def _through(curves: Mapping[Metric, Curve], scores: Mapping[Metric, Score]) -> dict[Metric, Score]:
    seen = {
        metric: score(curves[metric], of) if metric in curves else of
        for metric, of in scores.items()
    }
    lines = Metric.FINE_LINES
    if lines in curves and Metric.ELASTICITY in seen and seen[lines].value is not None:
        seen[Metric.ELASTICITY] = seen[lines].turned()
    return seen
