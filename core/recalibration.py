"""The words of recalibration: what is fitted to dermatologists' grades, and what it was worth."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.metrics import Metric

KNOTS = (0.0, 25.0, 50.0, 75.0, 100.0)  # points of the score before
LEAST_SLOPE, MOST_SLOPE = 0.25, 4.0  # steeper or flatter is not fitted: a change stays a change
_MARK = "-recalibrated-"


class State(StrEnum):
    PROPOSED = "proposed"
    ACCEPTED = "accepted"  # new checks are scored by it
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"  # was accepted once; what it scored stays as it is


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Curve(_Frozen):
    """A strictly rising line from a score before to one after, straight between KNOTS."""

    at_knots: tuple[float, float, float, float, float]  # points; may leave 0–100, which cuts it off
    widen: float = Field(ge=1, le=10)  # intervals, besides what the curve's slope does to them

    @model_validator(mode="after")
    def _rises(self) -> Curve:
        if any(b <= a for a, b in zip(self.at_knots, self.at_knots[1:], strict=False)):
            raise ValueError("a recalibration must rise from knot to knot")
        return self

    @property
    def steepest(self) -> float:
        """Points after for each point before, where it rises fastest."""
        pairs = zip(self.at_knots, self.at_knots[1:], strict=False)
        return max(b - a for a, b in pairs) / (KNOTS[1] - KNOTS[0])


class Interval(_Frozen):
    """A figure with its 95 % bootstrap interval over people."""

    value: float
    low: float
    high: float


class Gain(_Frozen):
    """How much closer to the grades the scores of people came whose grades were not fitted to."""

    people: int
    mae_before: float  # points between score and grade, mean over people
    mae_after: float
    gain: Interval  # points; mae_before less mae_after of the same people


class Figures(_Frozen):
    """Of one metric, cross-validated: nobody's own grades helped to fit their curve."""

    people: int
    grades: int
    gain: Gain | None = None  # None: too few people
    by_tone: Mapping[str, Gain] = Field(default_factory=dict)  # tone bands with enough people
    coverage_before: float | None = None  # share of grades inside the 90 % interval
    coverage_after: float | None = None
    left_out_because: str | None = None  # a sentence; None: the metric is part of the proposal


class Recalibration(_Frozen):
    """One version: the scores of `base_version`, seen through its curves."""

    recalibration_id: UUID
    version: str
    base_version: str
    curves: Mapping[Metric, Curve]
    figures: Mapping[Metric, Figures]
    proposed_at: datetime
    state: State
    decided_at: datetime | None = None
    decided_by: str | None = None  # a name; None: nobody yet, or an account that is gone
    reason: str | None = None  # why it was declined or withdrawn


def version_of(base: str, number: int) -> str:
    """The name of the nth recalibration of a version of the model."""
    return f"{base}{_MARK}{number}"


def base_of(version: str) -> str:
    """The version of the model whose scores a version shows, recalibrated or as they are."""
    return version.partition(_MARK)[0]
