"""The safety questions, the answers to them, and the red flags that are raised."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from api.v1.schemas.common import Input, Output
from core.metrics import Metric
from core.red_flags import Raised, Stops, Urgency
from pipeline.safety import words

_ID = "0199e0a8-6f0e-7c3a-9d58-3a1b2c4d5e6f"
_STOPS: JsonDict = {
    "everything": False,
    "metrics": ["spots"],
    "advice_on": ["spots"],
    "hides_numbers": False,
}
_FLAG: JsonDict = {
    "raised_id": _ID,
    "flag_id": "F9",
    "urgency": "urgent_dermatologist",
    "title": "Have it seen within two weeks",
    "what_to_do": "Ask your doctor for an urgent appointment with a dermatologist.",
    "because": ["It has grown or shrunk"],
    "raised_at": "2026-11-23T08:15:00Z",
    "stops": _STOPS,
}


class Item(Output):
    """One sentence that a person may tick."""

    id: str = Field(description="What an answer names.", examples=["mark_changed"])
    text: str = Field(description="The sentence.", examples=["A mole that is new or has changed"])
    after: str | None = Field(
        description="Asked only where this item was ticked; null: asked at once.", examples=[None]
    )


class Section(Output):
    """A question with yes or no; whoever says yes ticks what it is."""

    id: str = Field(description="Its id.", examples=["marks"])
    question: str = Field(
        description="The question.", examples=["Is there a mark, mole, bump or sore to look at?"]
    )
    examples: str = Field(description="What it means.", examples=["New, changed; growing."])
    items: list[Item] = Field(description="What may be ticked.")


class Questionnaire(Output):
    """What is asked before the first check and whenever something is new."""

    version: str = Field(description="To be sent with the answers.", examples=["2026-11-23"])
    sections: list[Section] = Field(description="The questions in their order.")


class Answers(Input):
    """What is true now. An empty list says that nothing of it is."""

    version: str = Field(
        description="Of the questions that were shown; 409 when they have changed since.",
        examples=["2026-11-23"],
        max_length=100,
    )
    ticked: list[str] = Field(
        description="Ids of the items that are true.",
        examples=[["mark_changed", "change_in_size"]],
        max_length=200,
    )


class Seen(Input):
    """That somebody qualified has seen it."""

    seen_on: date = Field(
        description="The day. Not in the future; what is urgent: not before the flag was raised.",
        examples=["2026-11-23"],
    )


class Stopped(Output):
    """What raised flags stop until somebody qualified has seen to them."""

    everything: bool = Field(description="No check and no advice at all.", examples=[False])
    metrics: list[Metric] = Field(description="Not scored.", examples=[["spots"]])
    advice_on: list[Metric] = Field(description="No advice for these.", examples=[["spots"]])
    hides_numbers: bool = Field(
        description="Results should be said in words instead of numbers.", examples=[False]
    )

    model_config = ConfigDict(json_schema_extra={"examples": [_STOPS]})

    @classmethod
    def of(cls, stops: Stops) -> Stopped:
        return cls(
            everything=stops.everything,
            metrics=sorted(stops.metrics),
            advice_on=sorted(stops.advice_on),
            hides_numbers=stops.hides_numbers,
        )


class RedFlag(Output):
    """An open red flag. A photo or a score never closes it."""

    raised_id: UUID = Field(description="Its id.", examples=[_ID])
    flag_id: str = Field(description="Which, as in the table of red flags.", examples=["F9"])
    urgency: Urgency = Field(description="How soon, and to whom.", examples=["same_day"])
    title: str = Field(description="What to do, in a few words.", examples=["See a doctor today"])
    what_to_do: str = Field(description="Where to turn.", examples=["Have this seen today."])
    because: list[str] = Field(
        description="What was ticked.", examples=[["A hot, painful redness that is spreading"]]
    )
    raised_at: datetime = Field(description="When.", examples=["2026-11-23T08:15:00Z"])
    stops: Stopped = Field(description="What it stops.")

    model_config = ConfigDict(json_schema_extra={"examples": [_FLAG]})

    @classmethod
    def of(cls, flag: Raised) -> RedFlag:
        where = words.turn(flag.flag_id, flag.urgency)
        return cls(
            raised_id=flag.raised_id,
            flag_id=flag.flag_id,
            urgency=flag.urgency,
            title=where.title,
            what_to_do=where.what_to_do,
            because=list(flag.because),
            raised_at=flag.raised_at,
            stops=Stopped.of(flag.stops),
        )


class RedFlags(Output):
    """Where a person stands: what was raised, and whether the questions are due."""

    flags: list[RedFlag] = Field(description="Open red flags, the most urgent first.")
    stops: Stopped = Field(description="What they stop together.")
    answered_at: datetime | None = Field(
        description="When the questions were answered last; null: never.",
        examples=["2026-11-23T08:15:00Z"],
    )
    questions_due: bool = Field(
        description="True: no check is taken before the questions are answered.", examples=[False]
    )
