"""How the scores run over time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from api.v1.schemas.analysis import Score
from api.v1.schemas.common import Output
from core.metrics import Direction, Evidence, Metric
from pipeline.change import Verdict

_CHANGE: JsonDict = {
    "verdict": "real change",
    "delta": -9.4,
    "because": "More than the 7 points by which photos of unchanged skin differ.",
}
_POINT: JsonDict = {
    "at": "2026-11-23T08:15:00Z",
    "analysis_id": "0199e0a8-6f0e-7c3a-9d58-3a1b2c4d5e6f",
    "score": {"value": 41.2, "low": 36.0, "high": 46.9, "abstained_because": None},
    "change": _CHANGE,
    "smallest_detectable_change": 7.1,
    "noise_of": "model",
    "own_photos": None,
    "model_version": "1.0.0",
    "model_changed": False,
}
_TREND: JsonDict = {
    "direction": "lower_is_better",
    "evidence": "mapped",
    "points": [_POINT],
}


class Change(Output):
    """From the check before to this one."""

    verdict: Verdict = Field(
        description="Whether the step is more than the noise between two photos of the same skin."
    )
    delta: float | None = Field(
        description="Points; positive: the number rose. null: not comparable."
    )
    because: str = Field(description="Why this verdict, as a sentence.")

    model_config = ConfigDict(json_schema_extra={"examples": [_CHANGE]})


class Point(Output):
    """One metric at one check."""

    at: datetime = Field(description="When the photo came in.")
    analysis_id: UUID = Field(description="The check's id.")
    score: Score = Field(description="Value and interval, or why it was not measured.")
    change: Change | None = Field(description="null: there is no check before this one.")
    smallest_detectable_change: float | None = Field(
        description="Points by which two such checks of unchanged skin differ in at most 5 % of "
        "cases; null: never measured, or no check before."
    )
    noise_of: Literal["own photos", "model"] | None = Field(
        description="Whether that was measured on this person's own photos of one moment, or on "
        "other people's for the model as a whole."
    )
    own_photos: int | None = Field(description="How many own photos it rests on.")
    model_version: str = Field(description="Which model scored it.")
    model_changed: bool = Field(
        description="True: scored by another model than the check before, so not comparable."
    )

    model_config = ConfigDict(json_schema_extra={"examples": [_POINT]})


class Trend(Output):
    """The course of one metric, oldest first."""

    direction: Direction = Field(description="Whether a higher number is better or worse.")
    evidence: Evidence = Field(description="What stands behind the number.")
    points: list[Point] = Field(description="Every scored check of the period.")

    model_config = ConfigDict(json_schema_extra={"examples": [_TREND]})


class Trends(Output):
    """All metrics over time."""

    trends: Mapping[Metric, Trend] = Field(description="Every metric, also those without points.")
    total: int = Field(description="How many scored checks the period holds.")

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"trends": {"pores": _TREND}, "total": 1}]}
    )
