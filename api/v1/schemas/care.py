"""Routines, diary, trials and wellbeing mode."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, StrictBool
from pydantic.config import JsonDict

from api.v1.schemas.common import Input, Output
from core.care import Half, Outcome, Sign, Source, StepKind, Topic, TrialState
from core.inputs import one_line
from core.metrics import Metric

Weekday = Literal["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
Line = Annotated[str, AfterValidator(one_line), Field(min_length=1, max_length=120)]
Amount = Annotated[str, AfterValidator(one_line), Field(max_length=120)]

_ID = "0199e0a8-6f0e-7c3a-9d58-3a1b2c4d5e6f"
_STEP: JsonDict = {
    "step_id": _ID,
    "half": "evening",
    "kind": "active",
    "name": "Retinol",
    "amount": "a pea-sized amount",
    "ingredient": "retinol",
    "is_own": False,
    "days": ["Mon", "Wed", "Fri"],
    "usual_days": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    "begins_in_week": None,
    "because": "Slowed down to 3 days a week, from 7.",
    "is_due": True,
    "is_done": False,
}
_BRAKE: JsonDict = {
    "level": "slower",
    "put_at": "2026-11-23T08:15:00Z",
    "rule": "If it burns or peels twice, use it less often, moisturise, and pause acids.",
    "sources": ["Adapalene label (2016)"],
}
_ROUTINE: JsonDict = {
    "routine_id": _ID,
    "source": "advice",
    "day": "2026-11-23",
    "week": 3,
    "steps": [_STEP],
    "brake": _BRAKE,
    "days_followed": 5,
    "of_days": 7,
}
_JUDGED: JsonDict = {
    "metric": "redness",
    "outcome": "better",
    "effect": -9.4,
    "low": -14.8,
    "high": -3.9,
    "probability": 0.94,
    "threshold": 0.67,
    "checks_before": 4,
    "checks_after": 9,
}
_TRIAL: JsonDict = {
    "trial_id": _ID,
    "change": "Niacinamide every morning",
    "ingredient": "niacinamide",
    "metrics": ["redness"],
    "weeks": 10,
    "state": "ended",
    "created_at": "2026-08-23T08:15:00Z",
    "began_at": "2026-09-14T08:15:00Z",
    "ends_at": "2026-11-23T08:15:00Z",
    "finished_at": "2026-11-23T08:20:00Z",
    "checks_before": 4,
    "checks_after": 9,
    "left_out": 0,
    "meanwhile": ["3 Oct: New sunscreen was begun"],
    "judged": [_JUDGED],
}
_ENTRY: JsonDict = {
    "entry_id": _ID,
    "day": "2026-11-23",
    "topic": "irritation",
    "half": "evening",
    "level": None,
    "signs": ["burning"],
    "text": None,
    "noted_at": "2026-11-23T20:15:00Z",
}


def _examples(*examples: JsonDict) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": list(examples)})


class RoutineStep(Output):
    """One step of a routine on one day."""

    step_id: UUID = Field(description="The step's id.")
    half: Half = Field(description="Of the day.")
    kind: StepKind = Field(description="What it is for.")
    name: str = Field(description="What it is.")
    amount: str = Field(description="How much; may be empty.")
    ingredient: str | None = Field(description="Its row in our knowledge, where it has one.")
    is_own: bool = Field(description="Added by the person, not by advice.")
    days: list[str] = Field(description="Days of the week on which it is due this week.")
    usual_days: list[str] = Field(description="Without brake and objections.")
    begins_in_week: int | None = Field(description="Its plan begins later: in this week.")
    because: str | None = Field(description="Why it is due on fewer days than usual.")
    is_due: bool = Field(description="Due on this day.")
    is_done: bool = Field(description="Ticked on this day.")

    model_config = _examples(_STEP)


class Brake(Output):
    """Irritation has slowed the routine down."""

    level: Literal["slower", "paused"] = Field(
        description="slower: actives on fewer days, acids paused; paused: no actives."
    )
    put_at: dt.datetime = Field(description="Since when.")
    rule: str = Field(description="The rule, in words.")
    sources: list[str] = Field(description="Who says so.")

    model_config = _examples(_BRAKE)


class Routine(Output):
    """The routine that the person follows, on one of their days."""

    routine_id: UUID = Field(description="The routine's id.")
    source: Source = Field(description="Adopted from the advice, or the person's own.")
    day: dt.date = Field(description="The person's day that it is shown for.")
    week: int = Field(description="Of the plan, from 1.")
    steps: list[RoutineStep] = Field(description="Morning first, in order.")
    brake: Brake | None = Field(description="null: no brake is on.")
    days_followed: int | None = Field(
        description="Of the last days those with a tick; null in wellbeing mode or at the start."
    )
    of_days: int | None = Field(description="Of how many, 7 at most.")

    model_config = _examples(_ROUTINE)


class Adoption(Input):
    """Follow a routine from a day on."""

    source: Source = Field(description="advice: the newest; own: begin without steps.")
    day: dt.date | None = Field(
        default=None, description="The person's day; left out: today in their time zone."
    )

    model_config = _examples({"source": "own", "day": None})


class NewStep(Input):
    """A step of the person's own."""

    half: Half = Field(description="Of the day.")
    kind: StepKind = Field(description="What it is for.")
    name: Line = Field(description="What it is.")
    amount: Amount = Field(default="", description="How much.")
    days: list[Weekday] = Field(
        default=["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
        min_length=1,
        max_length=7,
        description="Days of the week.",
    )

    model_config = _examples({"half": "evening", "kind": "moisturise", "name": "Night cream"})


class MadeId(Output):
    """Something was made."""

    id: UUID = Field(description="Its id.")

    model_config = _examples({"id": _ID})


class DiaryEntry(Output):
    """One line of the diary."""

    entry_id: UUID = Field(description="The line's id.")
    day: dt.date = Field(description="The person's day.")
    topic: Topic = Field(description="What it is about.")
    half: Half | None = Field(description="Of irritation: after which half of the day.")
    level: int | None = Field(
        description="sleep: 1 under 6 h, 2 to 8 h, 3 more. sun: 0 none, 1 under 1 h, 2 to 3 h, "
        "3 more or burnt. cycle: 1 bleeding, 2 the week before, 3 other days. product: 1 begun, "
        "0 ended."
    )
    signs: list[Sign] = Field(description="How irritation showed.")
    text: str | None = Field(description="Of a product: its name.")
    noted_at: dt.datetime = Field(description="When it was written.")

    model_config = _examples(_ENTRY)


class Diary(Output):
    """A page of the diary, newest first."""

    entries: list[DiaryEntry] = Field(description="The lines.")
    total: int = Field(description="How many there are in all.")

    model_config = _examples({"entries": [_ENTRY], "total": 1})


class Irritation(Input):
    """Irritation after one half of a day. Twice within 14 days puts the brake on."""

    day: dt.date | None = Field(default=None, description="Left out: today where the person is.")
    half: Half = Field(description="After which half of the day.")
    signs: list[Sign] = Field(min_length=1, max_length=4, description="How it shows.")

    model_config = _examples({"half": "evening", "signs": ["burning"]})


class DiaryAnswer(Input):
    """Sleep, sun or cycle of a day; the cycle needs the consent to health answers."""

    day: dt.date | None = Field(default=None, description="Left out: today where the person is.")
    topic: Literal[Topic.SLEEP, Topic.SUN, Topic.CYCLE] = Field(description="What about.")
    level: int | None = Field(ge=0, le=3, description="As in the diary; null takes it back.")

    model_config = _examples({"topic": "sleep", "level": 2})


class ProductChange(Input):
    """A product was begun or ended."""

    day: dt.date | None = Field(default=None, description="Left out: today where the person is.")
    name: Line = Field(description="The product, in the person's words.")
    is_new: StrictBool = Field(description="true: begun; false: ended.")

    model_config = _examples({"name": "New shampoo", "is_new": True})


class Braked(Output):
    """What an irritation did."""

    brake_put: bool = Field(description="Whether the routine was slowed down by it.")

    model_config = _examples({"brake_put": True})


class TrialVerdict(Output):
    """The verdict on one metric."""

    metric: Metric = Field(description="Which.")
    outcome: Outcome = Field(description="The verdict; unclear for a trial that was stopped.")
    effect: float | None = Field(description="Points; null: too few checks, or wellbeing mode.")
    low: float | None = Field(description="Lower end of the 90 % interval.")
    high: float | None = Field(description="Upper end.")
    probability: float | None = Field(description="Of a real change, 0 to 1.")
    threshold: float = Field(description="From which probability on a change is called real.")
    checks_before: int = Field(description="Checks before the change that measured it.")
    checks_after: int = Field(description="Checks after.")

    model_config = _examples(_JUDGED)


class Trial(Output):
    """One change, tried on oneself."""

    trial_id: UUID = Field(description="The trial's id.")
    change: str = Field(description="What is changed, in the person's words.")
    ingredient: str | None = Field(description="Its row in our knowledge, where it has one.")
    metrics: list[Metric] = Field(description="By what it is judged, chosen beforehand.")
    weeks: int = Field(description="From the change to the verdict.")
    state: TrialState = Field(description="How far it is.")
    created_at: dt.datetime = Field(description="When it was planned.")
    began_at: dt.datetime | None = Field(description="When the change was made.")
    ends_at: dt.datetime | None = Field(description="When the verdict comes.")
    finished_at: dt.datetime | None = Field(description="When it ended or was stopped.")
    checks_before: int = Field(description="Checks that count before the change.")
    checks_after: int = Field(description="And after.")
    left_out: int = Field(description="Checks by another version of the model.")
    meanwhile: list[str] = Field(description="What else was changed in this time.")
    judged: list[TrialVerdict] = Field(description="Empty until it is over.")

    model_config = _examples(_TRIAL)


class Trials(Output):
    """A page of trials, newest first."""

    trials: list[Trial] = Field(description="The trials.")
    total: int = Field(description="How many there are in all.")

    model_config = _examples({"trials": [_TRIAL], "total": 1})


class TrialPlan(Input):
    """What to change and what to judge it by."""

    change: Line = Field(description="What is changed.")
    metrics: list[Metric] = Field(min_length=1, max_length=4, description="Chosen beforehand.")
    weeks: int = Field(default=10, ge=8, le=12, description="From the change to the verdict.")

    model_config = _examples({"change": "Niacinamide", "metrics": ["redness"], "weeks": 10})


class WellbeingMode(Output):
    """Whether numbers shall be left out for this person."""

    is_on: bool = Field(description="Show words, no numbers, and one check a week.")
    is_required: bool = Field(description="By a safety answer; it cannot be switched off.")
    is_suggested: bool = Field(description="Off, and the person checks many times a day.")
    next_check_at: dt.datetime | None = Field(description="When a check is worth making again.")

    model_config = _examples(
        {"is_on": False, "is_required": False, "is_suggested": False, "next_check_at": None}
    )


class WellbeingChoice(Input):
    """Switch wellbeing mode."""

    on: StrictBool = Field(description="true: words in the place of numbers.")

    model_config = _examples({"on": True})
