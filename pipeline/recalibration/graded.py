"""What a recalibration is fitted to. Apart from `fitting`, which needs SciPy."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Graded:
    """One blind grade beside the score of the model's version, before any recalibration."""

    person: UUID
    value: float  # points, what the model said
    low: float
    high: float
    grade: float  # points, what the dermatologist said
    ita: float | None  # degrees
