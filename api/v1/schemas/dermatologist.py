"""Questions to dermatologists, and the dermatologists' queue."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from api.v1.schemas.common import Input, Output
from api.v1.times import Time
from core.consultations import Asker, Author, BodySite, Duration, MessageKind, State, View
from core.health import Pregnancy

_ID = "0199e0a8-6f0e-7c3a-9d58-3a1b2c4d5e6f"
_AT = "2026-11-23T08:15:00Z"
_DUE = "2026-11-24T08:15:00Z"
_ASKED: JsonDict = {
    "consultation_id": _ID,
    "status": "pending",
    "question": "Is this redness on my cheeks something to treat?",
    "created_at": _AT,
    "estimated_response_time": "24 hours",
    "due_at": _DUE,
}
_PHOTO: JsonDict = {
    "view": "side",
    "image_url": None,
    "missing_because": "I cannot take it alone.",
    "problems": [],
}
_MESSAGE: JsonDict = {
    "message_id": _ID,
    "author": "dermatologist",
    "author_name": "Grace Hopper",
    "kind": "answer",
    "text": "This looks like …",
    "sent_at": _AT,
    "attachments": [],
}

Text = Annotated[str, Field(strict=True, max_length=8000)]
Line = Annotated[str, Field(strict=True, max_length=1200)]


class Consult(Input):
    """A question. Photos and scores are shown only with the consent `dermatologist`."""

    question: Annotated[str, Field(strict=True, min_length=1, max_length=4000)] = Field(
        description="What you want to know; 1,000 characters at most."
    )
    description: Text | None = Field(default=None, description="What it looks and feels like.")
    image_url: Line | None = Field(
        default=None,
        description="A photo of one of your own checks, as its image_url; no other address is "
        "taken. It becomes the overview.",
    )
    analysis_id: UUID | None = Field(default=None, description="The check that it is about.")
    body_site: BodySite | None = Field(default=None, description="Where it is.")
    duration: Duration | None = Field(default=None, description="For how long.")
    symptoms: Text | None = Field(default=None, description="Itch, pain, bleeding and the like.")
    treatments_tried: Text | None = Field(default=None, description="What was tried, with what.")
    medicines: Text | None = Field(default=None, description="Null: as in the health answers.")
    allergies: Text | None = Field(default=None, description="Null: as in the health answers.")
    pregnancy: Pregnancy | None = Field(default=None, description="Null: as in the health answers.")
    missing_views: dict[View, Line] = Field(
        default_factory=dict, description="Why a view has no photo, for the dermatologist to read."
    )

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "question": "Is this redness on my cheeks something to treat?",
                    "body_site": "cheeks",
                    "duration": "weeks",
                    "missing_views": {"side": "I cannot take it alone."},
                }
            ]
        }
    )


class Consulted(Output):
    """A question and where it stands."""

    consultation_id: UUID = Field(description="The consultation's id.")
    status: State = Field(description="Where it stands.")
    question: str = Field(description="As it was asked.")
    created_at: datetime = Field(description="When it was asked.")
    estimated_response_time: str = Field(description="The promise, in words.")
    due_at: datetime = Field(description="When the promise ends.")

    model_config = ConfigDict(json_schema_extra={"examples": [_ASKED]})


class Consultations(Output):
    """A page of questions."""

    consultations: list[Consulted] = Field(description="Newest first.")
    total: int = Field(description="How many there are in all.", examples=[1])


class Photo(Output):
    """One view of the case."""

    view: View = Field(description="Which.")
    image_url: str | None = Field(description="Where it is read; null: there is none to see.")
    missing_because: str | None = Field(description="Why there is no photo.")
    problems: list[str] = Field(description="What could be better about it.")

    model_config = ConfigDict(json_schema_extra={"examples": [_PHOTO]})


class Message(Output):
    """One message of the thread."""

    message_id: UUID = Field(description="The message's id.")
    author: Author = Field(description="Which side wrote it.")
    author_name: str | None = Field(description="The dermatologist's name; null: of the person.")
    kind: MessageKind = Field(description="What it is.")
    text: str = Field(description="Plain text.")
    sent_at: datetime = Field(description="When it was sent.")
    attachments: list[str] = Field(description="Where its pictures are read.")

    model_config = ConfigDict(json_schema_extra={"examples": [_MESSAGE]})


class Flag(Output):
    """A red flag that was open when the question was asked."""

    flag_id: str = Field(description="As in the table of red flags.")
    urgency: str = Field(description="How soon, and to whom.")
    because: list[str] = Field(description="What was ticked.")

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"flag_id": "F1", "urgency": "urgent_dermatologist", "because": ["It bleeds"]}
            ]
        }
    )


class Consultation(Consulted):
    """One question with everything in it."""

    description: str | None = Field(description="What it looks and feels like.")
    body_site: BodySite | None = Field(description="Where it is.")
    duration: Duration | None = Field(description="For how long.")
    symptoms: str | None = Field(description="As they were told.")
    treatments_tried: str | None = Field(description="As they were told.")
    medicines: str | None = Field(description="As they were told; null: not told.")
    allergies: str | None = Field(description="As they were told; null: not told.")
    pregnancy: Pregnancy | None = Field(description="Null: not told.")
    analysis_id: UUID | None = Field(description="The check that it is about.")
    flags: list[Flag] = Field(description="Red flags when it was asked.")
    photos_shown: bool = Field(description="Whether the consent to show photos stands.")
    photos: list[Photo] = Field(description="Every view, or why it is missing.")
    messages: list[Message] = Field(description="Oldest first.")
    is_late: bool = Field(description="Whether the promise was missed.")
    paused_at: datetime | None = Field(description="Since when the clock stands still.")
    second_opinion_for: Asker | None = Field(description="Who wanted a second opinion.")
    answered_at: datetime | None = Field(description="When it was answered last.")
    closed_at: datetime | None = Field(description="When it was closed or withdrawn.")
    rating: int | None = Field(description="How useful it was, 1 to 5.")

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **_ASKED,
                    "description": None,
                    "body_site": "cheeks",
                    "duration": "weeks",
                    "symptoms": None,
                    "treatments_tried": None,
                    "medicines": None,
                    "allergies": "none",
                    "pregnancy": None,
                    "analysis_id": None,
                    "flags": [],
                    "photos_shown": False,
                    "photos": [_PHOTO],
                    "messages": [_MESSAGE],
                    "is_late": False,
                    "paused_at": None,
                    "second_opinion_for": None,
                    "answered_at": None,
                    "closed_at": None,
                    "rating": None,
                }
            ]
        }
    )


class Write(Input):
    """A message."""

    text: Annotated[str, Field(strict=True, min_length=1, max_length=16_000)] = Field(
        description="Plain text; 4,000 characters at most."
    )
    asks: bool = Field(
        default=False,
        strict=True,
        description="Of a dermatologist: the case waits for the person's answer, its clock stands "
        "still.",
    )

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "It itches at night."}]})


class Rate(Input):
    """How useful the answer was."""

    rating: int = Field(ge=1, le=5, strict=True, description="1 (no use) to 5 (very useful).")
    comment: Text | None = Field(default=None, description="In your own words.")

    model_config = ConfigDict(json_schema_extra={"examples": [{"rating": 5}]})


class QueueLine(Output):
    """A case of the queue: no question and no photo before it is claimed."""

    consultation_id: UUID = Field(description="The case's id.")
    status: State = Field(description="Where it stands.")
    priority: int = Field(description="0: a flag that says today; 1: soon; 2: any flag; 3: none.")
    body_site: BodySite | None = Field(description="Where it is.")
    duration: Duration | None = Field(description="For how long.")
    flags: int = Field(description="How many red flags were raised.")
    created_at: datetime = Field(description="When it was asked.")
    due_at: datetime = Field(description="When the promise ends.")
    is_late: bool = Field(description="Whether it was missed.")
    missing_views: list[View] = Field(description="Views without a photo.")
    assigned_to: str | None = Field(description="The name of who shall take it.")
    claimed_by: str | None = Field(description="The name of who has it.")
    second_opinion: bool = Field(description="Whether a second opinion is wanted.")

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "consultation_id": _ID,
                    "status": "pending",
                    "priority": 1,
                    "body_site": "cheeks",
                    "duration": "weeks",
                    "flags": 1,
                    "created_at": _AT,
                    "due_at": _DUE,
                    "is_late": False,
                    "missing_views": ["side"],
                    "assigned_to": None,
                    "claimed_by": None,
                    "second_opinion": False,
                }
            ]
        }
    )


class Queue(Output):
    """A page of the queue, the most urgent first, then by time left."""

    cases: list[QueueLine] = Field(description="The page.")
    waiting: int = Field(description="How many wait; 101 means more than 100.", examples=[3])
    flagged: int = Field(description="How many of them have a red flag.", examples=[1])
    mine: int = Field(description="How many the caller has in hand.", examples=[0])
    oldest: datetime | None = Field(
        description="When the longest waiting question was asked.", examples=[_AT]
    )


class Assign(Input):
    """Who shall take a case."""

    to: UUID = Field(description="The dermatologist's id, as in /dermatologist/colleagues.")

    model_config = ConfigDict(json_schema_extra={"examples": [{"to": _ID}]})


class Colleague(Output):
    """A dermatologist and their load."""

    user_id: UUID = Field(description="The dermatologist's id.")
    name: str = Field(description="First and last name.")
    is_away: bool = Field(description="Whether they are away now.")
    claimed: int = Field(description="Cases in hand.")
    assigned: int = Field(description="Cases that wait for them.")

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "user_id": _ID,
                    "name": "Grace Hopper",
                    "is_away": False,
                    "claimed": 2,
                    "assigned": 1,
                }
            ]
        }
    )


class Colleagues(Output):
    """Every dermatologist."""

    colleagues: list[Colleague] = Field(description="By last name.")


class BeAway(Input):
    """From when until when one is away."""

    starts_at: Time = Field(description="From.")
    ends_at: Time = Field(description="Until.")

    model_config = ConfigDict(json_schema_extra={"examples": [{"starts_at": _AT, "ends_at": _DUE}]})


class Absence(Output):
    """When one is away."""

    absence_id: UUID = Field(description="The absence's id.")
    starts_at: datetime = Field(description="From.")
    ends_at: datetime = Field(description="Until.")

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"absence_id": _ID, "starts_at": _AT, "ends_at": _DUE}]}
    )


class Absences(Output):
    """What is not over yet."""

    absences: list[Absence] = Field(description="The next first.")
