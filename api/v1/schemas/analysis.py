"""Checks of the skin: what was sent, where it stands, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from api.v1.schemas.common import Output
from core.analyses import Stage, Status
from core.metrics import Direction, Evidence, Metric, Region

_ID = "0199e0a8-6f0e-7c3a-9d58-3a1b2c4d5e6f"
_AT = "2026-11-23T08:15:00Z"
_ADDRESS = f"/api/v1/analysis/{_ID}"
_SCORE: JsonDict = {"value": 41.2, "low": 36.0, "high": 46.9, "abstained_because": None}
_ABSTAINED: JsonDict = {
    "value": None,
    "low": None,
    "high": None,
    "abstained_because": "The cheeks are covered.",
}
_PORES: JsonDict = {**_SCORE, "direction": "lower_is_better", "evidence": "counted"}
_HYDRATION: JsonDict = {
    **_ABSTAINED,
    "direction": "higher_is_better",
    "evidence": "appearance proxy, unvalidated",
}
_QUALITY: JsonDict = {
    "face_width": 812.0,
    "sharpness": 0.61,
    "exposure": 0.48,
    "evenness": 0.92,
    "yaw": 2.1,
    "pitch": -3.4,
    "roll": 0.4,
    "skin_cover": 0.88,
    "smile": 0.02,
}
_SHOT: JsonDict = {
    "position": 1,
    "scored": True,
    "reasons": [],
    "quality": _QUALITY,
    "photo_url": f"{_ADDRESS}/photo?shot=1",
}
_SUMMARY: JsonDict = {
    "id": _ID,
    "user_id": "0199e0a0-1111-7abc-8def-0123456789ab",
    "status": "scored",
    "stage": "done",
    "reasons": [],
    "skin_score": 71.3,
    "hydration": None,
    "oiliness": 38.0,
    "elasticity": 69.5,
    "pores": 41.2,
    "scores": {"pores": _PORES, "hydration": _HYDRATION},
    "model_version": "1.0.0",
    "image_url": f"{_ADDRESS}/photo",
    "is_current": True,
    "is_demonstration": False,
    "created_at": _AT,
    "updated_at": _AT,
}


class Score(Output):
    """One metric: a value with its interval, or the reason why there is none."""

    value: float | None = Field(description="0 to 100; null: not measured in this photo.")
    low: float | None = Field(description="Lower end of the 90 % interval, 0 to 100.")
    high: float | None = Field(description="Upper end of the 90 % interval, 0 to 100.")
    abstained_because: str | None = Field(
        description="Why it was not measured, as a sentence; null where it was."
    )

    model_config = ConfigDict(json_schema_extra={"examples": [_SCORE, _ABSTAINED]})


class FaceScore(Score):
    """One metric over the whole face, and how much the number may claim."""

    direction: Direction = Field(description="Whether a higher number is better or worse.")
    evidence: Evidence = Field(description="What stands behind the number.")

    model_config = ConfigDict(json_schema_extra={"examples": [_PORES, _HYDRATION]})


class Quality(Output):
    """What the quality gate measured of a photo. null: not measured."""

    face_width: float | None = Field(description="Pixels of the photo between the cheekbones.")
    sharpness: float | None = Field(description="Detail of the skin, relative to the face.")
    exposure: float | None = Field(description="Lightness of the face against what is usual.")
    evenness: float | None = Field(description="How evenly the face is lit, 1: wholly.")
    yaw: float | None = Field(description="Degrees; positive: turned to the person's left.")
    pitch: float | None = Field(description="Degrees; positive: looking up.")
    roll: float | None = Field(description="Degrees by which the head is tilted.")
    skin_cover: float | None = Field(description="Share of the face that is visible skin, 0 to 1.")
    smile: float | None = Field(description="How far the mouth smiles, 0 to 1.")

    model_config = ConfigDict(json_schema_extra={"examples": [_QUALITY]})


class Shot(Output):
    """One photo of a check."""

    position: int = Field(description="1 for the first photo that was sent.")
    scored: bool = Field(description="Whether it counts in the scores.")
    reasons: list[str] = Field(description="Why it does not, each with what to do.")
    quality: Quality | None = Field(description="What the quality gate measured.")
    photo_url: str = Field(description="Where the photo is, with the same token.")

    model_config = ConfigDict(json_schema_extra={"examples": [_SHOT]})


class AnalysisSummary(Output):
    """One check of the skin, as it stands in lists."""

    id: UUID = Field(description="The check's id.")
    user_id: UUID = Field(description="Whose check it is.")
    status: Status = Field(
        description="queued, running; or in the end scored, rejected (the reasons say what to do) "
        "or failed."
    )
    stage: Stage = Field(description="Where a running check is.")
    reasons: list[str] = Field(description="Why it was rejected or failed, each a sentence.")
    skin_score: float | None = Field(description="The composite of the others, 0 to 100.")
    hydration: float | None = Field(
        description="Visible dryness signs, turned: higher is better. Not a moisture reading."
    )
    oiliness: float | None = Field(description="Visible shine: higher is more. Not sebum.")
    elasticity: float | None = Field(
        description="Visible firmness signs, 100 less the fine lines. Not a mechanical measurement."
    )
    pores: float | None = Field(description="Visible pores: higher is more.")
    scores: Mapping[Metric, FaceScore] = Field(
        description="Every metric over the whole face; empty until the check is scored."
    )
    model_version: str | None = Field(description="Which model scored it.")
    image_url: str | None = Field(
        description="Where the photo is, with the same token; null: there is none."
    )
    is_current: bool = Field(
        description="False: a later version of the model has scored the same photos again."
    )
    is_demonstration: bool = Field(description="True: simulated, no photo stands behind it.")
    created_at: datetime = Field(description="When the photo came in.")
    updated_at: datetime = Field(description="When the check moved last.")

    model_config = ConfigDict(json_schema_extra={"examples": [_SUMMARY]})


class Analysis(AnalysisSummary):
    """One check of the skin with everything that is known of it."""

    regions: Mapping[Region, Mapping[Metric, Score]] = Field(
        description="Every metric but the composite in each region. Left is the person's own left."
    )
    counts: Mapping[Metric, int] = Field(
        description="How many marks the map shows, for metrics whose marks are counted."
    )
    shots: list[Shot] = Field(description="The photos of this check in the order they were sent.")
    quality: Quality | None = Field(description="Of the photo that the maps are drawn on.")
    ita: float | None = Field(
        description="Individual typology angle of the skin in degrees; higher is lighter."
    )
    maps: Mapping[Metric, str] = Field(
        description="Where the picture of each mapped metric is, with the same token."
    )

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **_SUMMARY,
                    "regions": {"nose": {"pores": _SCORE}},
                    "counts": {"pores": 112},
                    "shots": [_SHOT],
                    "quality": _QUALITY,
                    "ita": 31.5,
                    "maps": {"pores": f"{_ADDRESS}/maps/pores.png"},
                }
            ]
        }
    )


class AnalysisList(Output):
    """A page of checks, newest first."""

    analyses: list[AnalysisSummary] = Field(description="The checks of this page.")
    total: int = Field(description="How many there are in all, with these filters.")

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"analyses": [_SUMMARY], "total": 1}]}
    )
