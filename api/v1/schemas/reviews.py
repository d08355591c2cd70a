"""What a dermatologist gives in a case: grades, drawings, an answer, notes, a letter."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from api.v1.schemas.common import Input, Output
from core.metrics import Metric
from core.reviews import Label, Scale, Shape, Verdict

_ID = "0199e0a8-6f0e-7c3a-9d58-3a1b2c4d5e6f"
_AT = "2026-11-23T08:15:00Z"

_GRADE: JsonDict = {"verdict": "value", "value": 35.0}
_GRADING: JsonDict = {
    "grading_id": _ID,
    "reader": "Grace Hopper",
    "is_blind": True,
    "graded_at": _AT,
    "metrics": {"redness": _GRADE},
    "severity": {"acne_iga": "1"},
}
_DRAWING: JsonDict = {
    "annotation_id": _ID,
    "photo_id": _ID,
    "is_mine": True,
    "shape": "point",
    "label": "papule",
    "points": [[812.0, 640.5]],
    "radii": None,
    "turn": 0.0,
}

Words = Annotated[str, Field(strict=True, max_length=4_000)]
Point = Annotated[list[float], Field(min_length=2, max_length=2)]


class Grade(Input):
    """What is said of one metric."""

    verdict: Verdict = Field(description="`agree` only where the model's score is shown.")
    value: float | None = Field(
        default=None, ge=0, le=100, description="With `value`: the reader's own, on its scale."
    )

    model_config = ConfigDict(json_schema_extra={"examples": [{"verdict": "value", "value": 35}]})


class Grades(Input):
    """A grading. While the scores are hidden it names every metric."""

    metrics: dict[Metric, Grade] = Field(default={}, description="By metric.")
    severity: dict[Scale, Annotated[str, Field(max_length=8)] | None] = Field(
        default={}, description="By published scale; null: it cannot be told."
    )

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "metrics": {"redness": {"verdict": "value", "value": 35}},
                    "severity": {"acne_iga": "1"},
                }
            ]
        }
    )


class GivenGrade(Output):
    """What was said of one metric."""

    verdict: Verdict = Field(description="What was said.")
    value: float | None = Field(description="0–100; null: it cannot be told.")

    model_config = ConfigDict(json_schema_extra={"examples": [_GRADE]})


class Grading(Output):
    """A grading that was given."""

    grading_id: UUID = Field(description="The grading's id.")
    reader: str | None = Field(description="Who gave it.")
    is_blind: bool = Field(description="Given before the model's scores were shown.")
    graded_at: datetime = Field(description="When.")
    metrics: dict[Metric, GivenGrade] = Field(description="By metric.")
    severity: dict[Scale, str | None] = Field(description="By published scale.")

    model_config = ConfigDict(json_schema_extra={"examples": [_GRADING]})


class Gradings(Output):
    """The gradings that the caller may see."""

    scores_hidden: bool = Field(
        description="Whether the model's scores are hidden until the caller has graded."
    )
    gradings: list[Grading] = Field(
        description="The newest first; colleagues' only where nothing is hidden."
    )

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"scores_hidden": False, "gradings": [_GRADING]}]}
    )


class Given(Output):
    """What was kept."""

    id: UUID = Field(description="Its id.", examples=[_ID])


class Draw(Input):
    """A drawing, in pixels of the photo from its left top corner."""

    photo_id: UUID = Field(description="A photo of this case.")
    shape: Shape = Field(description="What it is.")
    label: Label = Field(description="What it shows.")
    points: list[Point] = Field(
        min_length=1,
        max_length=200,
        description="One for a point or the middle of an ellipse; 3 to 200 corners of a polygon.",
    )
    radii: Point | None = Field(default=None, description="An ellipse's half axes.")
    turn: float = Field(default=0, ge=-360, le=360, description="An ellipse's, in degrees.")

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "photo_id": _ID,
                    "shape": "ellipse",
                    "label": "papule",
                    "points": [[812.0, 640.5]],
                    "radii": [14.0, 11.0],
                }
            ]
        }
    )


class Drawing(Output):
    """A drawing that was not taken back."""

    annotation_id: UUID = Field(description="The drawing's id.")
    photo_id: UUID = Field(description="The photo that it lies on.")
    is_mine: bool = Field(description="Whether the caller drew it.")
    shape: Shape = Field(description="What it is.")
    label: Label = Field(description="What it shows.")
    points: list[list[float]] = Field(description="In pixels.")
    radii: list[float] | None = Field(description="An ellipse's half axes.")
    turn: float = Field(description="An ellipse's, in degrees.")

    model_config = ConfigDict(json_schema_extra={"examples": [_DRAWING]})


class Drawings(Output):
    """What was drawn on the photos of a case."""

    annotations: list[Drawing] = Field(description="The oldest first.")

    model_config = ConfigDict(json_schema_extra={"examples": [{"annotations": [_DRAWING]}]})


class Draft(Input):
    """What is typed so far."""

    text: Words = Field(description="The answer; 4,000 characters at most.")
    safety_net: Words = Field(
        default="", description="When to get help sooner; 1,000 characters at most."
    )

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "Hello Ann,"}]})


class KeptDraft(Output):
    """The caller's draft; empty where there is none."""

    text: str = Field(description="The answer so far.", examples=["Hello Ann,"])
    safety_net: str = Field(description="When to get help sooner, so far.", examples=[""])
    saved_at: datetime | None = Field(description="When it was kept.", examples=[_AT])


class Answer(Input):
    """An answer. Once sent it is never changed; it can be amended."""

    text: Words = Field(description="The answer; 4,000 characters at most.")
    safety_net: Words = Field(
        description="When to get help sooner, required; 1,000 characters at most."
    )
    refers: bool = Field(
        default=False, strict=True, description="Somebody has to see it in person."
    )
    closes: list[Annotated[str, Field(max_length=8)]] = Field(
        default=[], max_length=50, description="Red flags of the question that are seen to."
    )

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "text": "This looks like …",
                    "safety_net": "See a doctor within a few days if it gets worse.",
                }
            ]
        }
    )


class Said(Input):
    """Plain text."""

    text: Words = Field(description="What is added.")

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "One thing more: …"}]})


class Note(Output):
    """A note of a colleague's."""

    author: str | None = Field(description="Who wrote it.", examples=["Grace Hopper"])
    text: str = Field(description="Plain text.", examples=["Compare with the check of May."])
    written_at: datetime = Field(description="When.", examples=[_AT])


class Notes(Output):
    """The notes of a case, for those who read it."""

    notes: list[Note] = Field(description="The oldest first.")


class Letter(Input):
    """A referral letter; a later one takes its place."""

    recipient: Annotated[str, Field(strict=True, max_length=400)] = Field(description="To whom.")
    text: Words = Field(description="Why the person should be seen, and how soon.")

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"recipient": "To whom it may concern", "text": "Please see …"}]
        }
    )


Title = Annotated[str, Field(strict=True, max_length=400)]
_WORDS: JsonDict = {"title": "Dry skin", "text": "Hello [first name], use a mild cream."}


class ChangedTemplate(Input):
    """A template's words."""

    title: Title = Field(description="What it is found by; 80 characters at most.")
    text: Words = Field(description="What is in [brackets] is filled in, or left to fill in.")

    model_config = ConfigDict(json_schema_extra={"examples": [_WORDS]})


class NewTemplate(ChangedTemplate):
    """A template to keep."""

    is_shared: bool = Field(default=False, strict=True, description="For all dermatologists.")

    model_config = ConfigDict(json_schema_extra={"examples": [{**_WORDS, "is_shared": True}]})


class Template(Output):
    """Words that are used again."""

    template_id: UUID = Field(description="Its id.")
    title: str = Field(description="What it is found by.")
    text: str = Field(description="Plain text with [brackets].")
    is_shared: bool = Field(description="For all dermatologists; built-in ones are.")
    is_mine: bool = Field(description="Made by the caller, who may change and remove it.")

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"template_id": _ID, **_WORDS, "is_shared": False, "is_mine": True}]
        }
    )


class Templates(Output):
    """The templates that the caller can use."""

    templates: list[Template] = Field(description="The caller's own first, built-in ones last.")
    filled_in: dict[str, str] = Field(
        description="What is put in on the case page by itself, and what it stands for.",
        examples=[{"first name": "the person's first name"}],
    )
