"""Cases that are open for another reason than answering them: second readings, break-glass."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from api.v1.schemas.common import Input, Output
from core.inputs import LONGEST_EMAIL

_ID = "0199e0a8-6f0e-7c3a-9d58-3a1b2c4d5e6f"
_AT = "2026-11-23T08:15:00Z"
_READING: JsonDict = {
    "case_id": _ID,
    "image_urls": [f"/api/v1/dermatologist/second-readings/{_ID}/photos/{_ID}"],
}
_OPENING: JsonDict = {
    "case_id": _ID,
    "opened_by": "Joan Clarke",
    "reason": "She called: her lip swells since this morning.",
    "opened_at": _AT,
    "ends_at": "2026-11-23T09:15:00Z",
}
Reason = Annotated[str, Field(strict=True, min_length=1, max_length=500)]
Code = Annotated[str, Field(strict=True, max_length=40)]


class SecondReading(Output):
    """A face to grade a second time: no question, no scores, nobody else's grades."""

    case_id: UUID = Field(description="The case's id, for the addresses of this reading.")
    image_urls: list[str] = Field(description="Where its photos are read.")

    model_config = ConfigDict(json_schema_extra={"examples": [_READING]})


class Waiting(Output):
    """Whether there is something to read."""

    is_waiting: bool = Field(description="Whether a face waits that the caller could grade.")
    in_hand: UUID | None = Field(description="The case that the caller has taken.")

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"is_waiting": True, "in_hand": None}]}
    )


class BreakGlass(Input):
    """Why a case has to be opened that is not the caller's."""

    case_id: UUID | None = Field(default=None, description="The case.")
    email: Annotated[str, Field(strict=True, max_length=LONGEST_EMAIL)] | None = Field(
        default=None, description="In its place: whose newest question."
    )
    reason: Reason = Field(description="At least 20 characters. The person reads it.")
    code: Code | None = Field(default=None, description="A fresh code of the second factor.")

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"case_id": _ID, "reason": _OPENING["reason"], "code": "123456"}]
        }
    )


class Opening(Output):
    """A case that was opened although it was not the reader's."""

    case_id: UUID = Field(description="The case's id.")
    opened_by: str | None = Field(description="Who opened it; null: no longer of the staff.")
    reason: str = Field(description="In their words.")
    opened_at: datetime = Field(description="When.")
    ends_at: datetime = Field(description="Until when it can be read.")

    model_config = ConfigDict(json_schema_extra={"examples": [_OPENING]})


class Openings(Output):
    """Of everybody to an administrator, to others their own; the newest first."""

    openings: list[Opening] = Field(description="One page of them.")
    total: int = Field(description="How many there are.", examples=[1])

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"openings": [_OPENING], "total": 1}]}
    )
