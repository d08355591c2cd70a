"""What a smile does to the scores: folds are not lines, and stretched pores look smaller.

Chosen by measuring (docs/decisions/vision-abstention.md): of neutral studio portraits 1 in 115 lies
above SMILING; at face level a smile moves the metrics here by half of what two photos of a person
at rest differ by anyway, and every other metric by less than that.
"""

from __future__ import annotations

from core.metrics import Metric

SMILING = 0.4  # Quality.smile
MOVED = frozenset({Metric.FINE_LINES, Metric.PORES})  # elasticity follows the lines

RELAX = (
    "You are smiling, which makes lines and hides pores: relax your face and take another photo."
)


def abstains(metric: Metric, smile: float) -> str | None:
    """Why the metric cannot be read from a face that smiles so; None if it can.

    A smile that is not known (not a number) stops nothing.
    """
    return RELAX if metric in MOVED and smile >= SMILING else None
