"""The advice that is shown and stored; `as_json` is how it is stored."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from core.metrics import Metric, Region


@dataclass(frozen=True, slots=True)
class Phase:
    from_week: int  # 1 is the first week of the plan
    days: tuple[str, ...]  # of the week


@dataclass(frozen=True, slots=True)
class Step:
    key: str  # the same in every advice that has this step at this time of day
    slot: str  # cleanse, active, moisturise, protect
    ingredient: str  # id
    name: str
    amount: str
    where: tuple[str, ...]
    phases: tuple[Phase, ...]  # the first is the start, the last is the full pace
    reasons: tuple[str, ...]
    evidence: str
    verified: str  # “sources read”, “read in part” or “common practice, not verified”
    citations: tuple[str, ...]
    cautions: tuple[str, ...]
    about_evidence: str | None = None  # what the grade rests on, or what limits it
    kind: str | None = None  # id of the kind of product that suits best, as in glycerin
    is_new_active: bool = False


@dataclass(frozen=True, slots=True)
class Start:
    week: int
    what: str


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence with who says so."""

    title: str
    text: str
    citations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """Something that the person uses already."""

    ingredient: str
    name: str
    carry_on: bool  # False: pause it and ask
    text: str
    citations: tuple[str, ...]


class LeftOut(StrEnum):
    """Why something was left out."""

    PERSON = "person"  # something that the person told speaks against it
    NOT_TOLD = "not_told"  # only something that the person has not told
    CHOICE = "choice"  # something else is better, enough, or it is never suggested


@dataclass(frozen=True, slots=True)
class WhyNot:
    ingredient: str
    name: str
    kind: LeftOut
    because: tuple[str, ...]
    citations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MayDiscuss:
    """Needs a prescription. Named, never suggested."""

    ingredient: str
    name: str
    about: str
    evidence: str
    citations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Noted:
    """A concern that counts: its interval is beyond the limit in each of these places."""

    metric: Metric
    words: str
    regions: tuple[Region, ...]  # empty: the face as a whole only
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Advice:
    version: str  # of engine and knowledge
    concerns: tuple[Noted, ...]
    morning: tuple[Step, ...]
    evening: tuple[Step, ...]
    plan: tuple[Start, ...]
    expect: tuple[Told, ...]
    kept: tuple[Kept, ...]
    why_not: tuple[WhyNot, ...]
    may_discuss: tuple[MayDiscuss, ...]
    notices: tuple[Told, ...]  # what this person has to know whatever the scores say
    rules: tuple[Told, ...]  # what the routine follows
    still_to_tell: tuple[str, ...]  # what the person has not told and that left something out
    applied: tuple[str, ...]  # ids of rules, interactions and contraindications that decided


def as_json(advice: Advice) -> dict[str, Any]:
    """What JSON can hold; an order of magnitude faster than `dataclasses.asdict`."""
    found: dict[str, Any] = _adapter().dump_python(advice, mode="json")
    return found


@cache
def _adapter() -> TypeAdapter[Advice]:
    return TypeAdapter(Advice)
