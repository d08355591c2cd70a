"""What is advised for a check, and what a person tells so that it fits them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from api.v1.schemas.common import Input, Output
from core.health import Answers, Budget, Condition, Medicine, Pregnancy, Substance
from core.metrics import Metric, Region
from core.red_flags import Urgency
from pipeline.advice.outcome import LeftOut
from pipeline.recommendations import Because

_ID = "0199e0a8-6f0e-7c3a-9d58-3a1b2c4d5e6f"
_MOST = 60  # entries of a list
_CONCERN: JsonDict = {
    "metric": "pores",
    "words": "pores",
    "regions": ["nose"],
    "reasons": ["pores on nose 62 (54–70)"],
}
_WHY_NOT: JsonDict = {
    "ingredient": "retinol",
    "name": "Retinol up to 0.3 %",
    "kind": "person",
    "because": ["Not in pregnancy, while planning one, or while breastfeeding."],
    "citations": ["Bozzo et al. (2011): Can Fam Physician, skin products in pregnancy"],
}
_TURN_TO: JsonDict = {
    "flag": "F9",
    "urgency": "urgent_dermatologist",
    "title": "Have it seen within two weeks",
    "text": "Ask your doctor for an urgent appointment with a dermatologist.",
}
_EARLIER: JsonDict = {
    "advice_id": _ID,
    "made_at": "2026-11-23T08:15:00Z",
    "because": "check",
    "version": "2/2026-11-23+1a2b3c4d",
}
_FOUND: JsonDict = {
    **_EARLIER,
    "analysis_id": _ID,
    "with_answers": True,
    "turn_to": [],
    "advice": None,
    "earlier": [],
}


def _cited() -> Any:
    return Field(
        description="Who says so: authors or a body, with the year where it is known.",
        examples=[["NICE (2021): NG198, acne vulgaris: management"]],
    )


class Phase(Output):
    """How often from some week of the plan on."""

    from_week: int = Field(description="Week of the plan, from 1.", examples=[3])
    days: list[str] = Field(description="Days of the week.", examples=[["Mon", "Thu"]])


class Step(Output):
    """One thing to do in the morning or in the evening."""

    key: str = Field(
        description="The same in every advice that has this step at this time of day.",
        examples=["evening-salicylic-acid"],
    )
    slot: str = Field(description="cleanse, active, moisturise or protect.", examples=["active"])
    ingredient: str = Field(description="Id of the ingredient.", examples=["salicylic-acid"])
    name: str = Field(description="Its name.", examples=["Salicylic acid 0.5–2 %"])
    amount: str = Field(description="How much.", examples=["a thin film"])
    where: list[str] = Field(description="Where on the face.", examples=[["nose"]])
    phases: list[Phase] = Field(description="On which days: the slow start, up to the full pace.")
    reasons: list[str] = Field(
        description="Why, with the score and its interval.", examples=[["pores on nose 62 (54–70)"]]
    )
    evidence: str = Field(description="Grade: A, B, C, consensus or D.", examples=["B"])
    verified: str = Field(
        description="What of the sources was read, or “common practice, not verified”.",
        examples=["sources read"],
    )
    about_evidence: str | None = Field(
        description="What the grade rests on, or what limits it.", examples=[None]
    )
    cautions: list[str] = Field(
        description="What to take care of.", examples=[["Not together with other salicylates."]]
    )
    citations: list[str] = _cited()
    kind: str | None = Field(
        description="Id of the kind of product that suits best, if one does.", examples=[None]
    )
    is_new_active: bool = Field(
        description="Whether this is something new, begun slowly.", examples=[True]
    )


class Start(Output):
    """What begins in a week of the plan."""

    week: int = Field(description="Week of the plan, from 1.", examples=[3])
    what: str = Field(description="What begins.", examples=["Begin with: Salicylic acid 0.5–2 %."])


class Told(Output):
    """Something to know, with who says so."""

    title: str = Field(description="In a few words.", examples=["After 12 weeks"])
    text: str = Field(description="The sentence.", examples=["Stop what did not help."])
    citations: list[str] = _cited()


class Concern(Output):
    """A score whose whole interval is beyond the limit from which something is advised."""

    metric: Metric = Field(description="Which score.", examples=["pores"])
    words: str = Field(description="In words.", examples=["pores"])
    regions: list[Region] = Field(
        description="Where; empty: over the face as a whole.", examples=[["nose"]]
    )
    reasons: list[str] = Field(
        description="The clearest places, with score and interval.",
        examples=[["pores on nose 62 (54–70)"]],
    )

    model_config = ConfigDict(json_schema_extra={"examples": [_CONCERN]})


class Kept(Output):
    """Something that the person uses already."""

    ingredient: str = Field(description="Id of the ingredient.", examples=["retinol"])
    name: str = Field(description="Its name.", examples=["Retinol up to 0.3 %"])
    carry_on: bool = Field(description="False: pause it and ask.", examples=[False])
    text: str = Field(description="What to do with it.", examples=["Pause it and ask a doctor."])
    citations: list[str] = _cited()


class WhyNot(Output):
    """Something that would help and is not in the routine."""

    ingredient: str = Field(description="Id of the ingredient.", examples=["retinol"])
    name: str = Field(description="Its name.", examples=["Retinol up to 0.3 %"])
    kind: LeftOut = Field(
        description="person: what the person told speaks against it. not_told: only what they "
        "have not told. choice: something else is better or enough, or it is never suggested.",
        examples=["person"],
    )
    because: list[str] = Field(description="Why.", examples=[["Not in pregnancy."]])
    citations: list[str] = _cited()

    model_config = ConfigDict(json_schema_extra={"examples": [_WHY_NOT]})


class MayDiscuss(Output):
    """Needs a prescription: a dermatologist may discuss it. Never suggested here."""

    ingredient: str = Field(description="Id of the ingredient.", examples=["tretinoin"])
    name: str = Field(description="Its name.", examples=["Tretinoin"])
    about: str = Field(description="What it would be for.", examples=["fine lines"])
    evidence: str = Field(description="Grade of its evidence.", examples=["A"])
    citations: list[str] = _cited()


class Advice(Output):
    """A routine with its reasons."""

    concerns: list[Concern] = Field(description="What counts, the clearest first.")
    morning: list[Step] = Field(description="The morning's steps in their order.")
    evening: list[Step] = Field(description="The evening's steps in their order.")
    plan: list[Start] = Field(description="What begins when.")
    expect: list[Told] = Field(description="What changes after 6 to 8 and after 12 weeks.")
    kept: list[Kept] = Field(description="What becomes of the things in use.")
    why_not: list[WhyNot] = Field(description="What was considered and left out.")
    may_discuss: list[MayDiscuss] = Field(description="What a dermatologist may discuss.")
    notices: list[Told] = Field(description="What this person has to know, whatever the scores.")
    rules: list[Told] = Field(description="What the routine follows.")
    still_to_tell: list[str] = Field(
        description="What the person has not told, and that left something out.",
        examples=[["your age"]],
    )
    applied: list[str] = Field(
        description="Ids of the rules, interactions and contraindications that decided.",
        examples=[["R1", "R7"]],
    )


class TurnTo(Output):
    """A raised red flag: it holds advice back, and says where to turn."""

    flag: str = Field(description="Its id.", examples=["F9"])
    urgency: Urgency = Field(description="How urgent.", examples=["dermatologist"])
    title: str = Field(description="In a few words.", examples=["Have a dermatologist look at it"])
    text: str = Field(description="What to do.", examples=["Make an appointment."])

    model_config = ConfigDict(json_schema_extra={"examples": [_TURN_TO]})


class Earlier(Output):
    """An advice of this check that was replaced."""

    advice_id: UUID = Field(description="Its id.", examples=[_ID])
    made_at: datetime = Field(description="When it was made.", examples=["2026-11-23T08:15:00Z"])
    because: Because = Field(description="Why it was made.", examples=["check"])
    version: str = Field(description="Of engine and knowledge.", examples=["2/2026-11-23+1a2b3c4d"])

    model_config = ConfigDict(json_schema_extra={"examples": [_EARLIER]})


class Recommendations(Output):
    """What is advised for one check: cosmetic guidance, without brands, never a diagnosis."""

    advice_id: UUID = Field(description="Id of this advice.", examples=[_ID])
    analysis_id: UUID = Field(description="Id of the check.", examples=[_ID])
    made_at: datetime = Field(description="When it was made.", examples=["2026-11-23T08:15:00Z"])
    because: Because = Field(
        description="Made with the check, or anew: answers, red flags or our knowledge changed.",
        examples=["check"],
    )
    version: str = Field(
        description="Of engine and knowledge; the same scores and answers give the same advice.",
        examples=["2/2026-11-23+1a2b3c4d"],
    )
    with_answers: bool = Field(
        description="Whether it rests on what the person told of their health.", examples=[True]
    )
    turn_to: list[TurnTo] = Field(description="Raised red flags, the most urgent first.")
    advice: Advice | None = Field(
        description="null: a red flag stops all advice; turn_to says where to turn.",
        examples=[None],
    )
    earlier: list[Earlier] = Field(description="What was advised for this check before.")

    model_config = ConfigDict(json_schema_extra={"examples": [_FOUND]})


class HealthAnswers(Output):
    """What the person has told. null: not told, which is never taken for “no”; []: none."""

    pregnancy: Pregnancy | None = Field(
        description="Pregnant, planning, breastfeeding, or none of these.", examples=["none"]
    )
    allergies: list[Substance] | None = Field(description="Allergies.", examples=[["oat"]])
    conditions: list[Condition] | None = Field(
        description="Conditions of skin and health.", examples=[["eczema"]]
    )
    medicines: list[Medicine] | None = Field(description="Medicines by mouth.", examples=[[]])
    uses: list[str] | None = Field(
        description="Ids of the ingredients that are on the skin now.", examples=[["retinol"]]
    )
    budget: Budget | None = Field(
        description="low leaves out what usually costs a lot.", examples=["low"]
    )
    country: str | None = Field(description="Two letters, as in US.", examples=["US"])
    free_of: list[Substance] = Field(
        description="What the person wants nothing with.", examples=[["fragrance"]]
    )
    reacted_to: list[str] = Field(
        description="Ids of the ingredients that the skin did not tolerate.", examples=[[]]
    )
    updated_at: datetime | None = Field(
        description="When they were saved last; null: never.", examples=["2026-11-23T08:15:00Z"]
    )

    @classmethod
    def of(cls, answers: Answers) -> HealthAnswers:
        told = {name: getattr(answers, name) for name in cls.model_fields}
        return cls.model_validate(
            {n: sorted(v) if isinstance(v, frozenset) else v for n, v in told.items()}
        )


def _absent() -> Any:
    """Stands for a field that was not sent; `model_fields_set` says which were."""
    return None


def _asked(description: str, example: Any, **more: Any) -> Any:
    return Field(
        default_factory=_absent,
        description=f"{description} null takes it back.",
        examples=[example],
        **more,
    )


class HealthAnswersChanges(Input):
    """What to change: a field that is absent stays as it is. An empty list says “none”."""

    pregnancy: Pregnancy | None = _asked("Pregnancy, or that none of it applies.", "none")
    allergies: list[Substance] | None = _asked("Allergies.", ["oat"], max_length=_MOST)
    conditions: list[Condition] | None = _asked(
        "Conditions of skin and health.", ["eczema"], max_length=_MOST
    )
    medicines: list[Medicine] | None = _asked("Medicines by mouth.", [], max_length=_MOST)
    uses: list[str] | None = _asked(
        "Ids of the ingredients on the skin now, as in a step or a why_not.",
        ["retinol"],
        max_length=_MOST,
    )
    budget: Budget | None = _asked("low leaves out what usually costs a lot.", "low")
    country: str | None = _asked("Two letters, as in US.", "US", pattern="^[A-Z]{2}$")
    free_of: list[Substance] | None = _asked(
        "What the person wants nothing with.", ["fragrance"], max_length=_MOST
    )
    reacted_to: list[str] | None = _asked(
        "Ids of the ingredients that the skin did not tolerate.", [], max_length=_MOST
    )

    def given(self) -> dict[str, Any]:
        """The fields that were sent, by name."""
        return {name: getattr(self, name) for name in self.model_fields_set}
