"""How many marks there are, and what they are, as a person reads it."""

from __future__ import annotations

from core.metrics import Metric
from pipeline.overlay import MOST

_ONE = {
    Metric.PORES: ("visible pore", "visible pores"),
    Metric.FINE_LINES: ("fine line", "fine lines"),
    Metric.SPOTS: ("spot", "spots"),
    Metric.BLEMISHES: ("blemish", "blemishes"),
}
_EXACT = 20  # up to here every one is counted out; above, two digits say what a photo can tell

_SEEN = {
    Metric.OILINESS: "The colour shows where shine was seen: the stronger, the more.",
    Metric.HYDRATION: "The colour shows where dryness signs were seen: more colour, a lower score.",
    Metric.REDNESS: "The colour shows where redness was seen: the stronger, the more.",
    Metric.PORES: "Each dot is a pore opening that stands out from the skin around it.",
    Metric.FINE_LINES: "Each stroke is a line or crease that was seen.",
    Metric.ELASTICITY: "Elasticity is 100 less the fine lines: each stroke is one that was seen.",
    Metric.SPOTS: "Each outline is a place that is darker than the skin around it.",
    Metric.BLEMISHES: "Each outline is a small red place.",
}
_WARM = {
    Metric.PORES: "pores were",
    Metric.FINE_LINES: "fine lines were",
    Metric.ELASTICITY: "fine lines were",
    Metric.SPOTS: "spots were",
    Metric.BLEMISHES: "blemishes were",
}


def how_many(metric: Metric, count: int) -> str:
    """As in “About 14 spots”, “No spots”, “At least 120 spots”. The metric is one with marks."""
    one, many = _ONE[metric]
    if count == 0:
        return f"No {many}"
    if count >= MOST[metric]:
        return f"At least {MOST[metric]} {many}"
    if count > _EXACT:
        scale = 10 ** (len(str(count)) - 2)
        count = round(count / scale) * scale
    return f"About {count} {one if count == 1 else many}"


def what_is_shown(metric: Metric, *, marked: bool) -> str:
    """What the marks or colours of this metric's picture mean."""
    if marked or metric not in _WARM:
        return _SEEN[metric]
    return f"The colour shows where {_WARM[metric]} seen: the stronger, the more."
