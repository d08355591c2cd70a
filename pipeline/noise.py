"""How far two photos of unchanged skin differ, for every metric that people see."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache

from core.errors import Unavailable
from core.metrics import SKIN_SCORE_WEIGHTS, Metric
from models.manifest import manifest


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
def smallest_detectable_changes() -> Mapping[Metric, float]:
    """Of the model in service; empty when there is none. See models/MODEL_CARD.md."""
    try:
        return with_derived(manifest().sdc)
    except Unavailable:
        return {}
