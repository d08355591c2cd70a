"""On which days a step is due: its slow start, and what the brake leaves of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from core.care import Half, StepKind
from pipeline.advice.knowledge import knowledge
from pipeline.advice.outcome import Phase
from pipeline.advice.schedule import DAYS, EVERY_DAY

_ACIDS = frozenset({"aha", "bha", "pha"})
SLOWER, PAUSED = 1, 2  # levels of the brake


@dataclass(frozen=True)
class Step:
    """One step of a routine, as it was adopted."""

    step_id: UUID
    half: Half
    kind: StepKind
    name: str
    amount: str
    ingredient: str | None
    is_own: bool
    phases: tuple[Phase, ...]


@dataclass(frozen=True)
class Pace:
    """How often a step is due in one week."""

    days: tuple[str, ...]  # of the week; empty: not this week
    usual: tuple[str, ...]  # what they would be without brake and objections
    begins_in_week: int | None  # its plan has not begun yet
    because: str | None  # why `days` are fewer than usual, as a sentence

    @property
    def is_held_back(self) -> bool:
        return self.days != self.usual


def week_of(day: date, started_on: date) -> int:
    """1 for the seven days from the start on."""
    return max(0, (day - started_on).days) // 7 + 1


def pace(step: Step, week: int, brake: int | None, objection: str | None) -> Pace:
    """The days of one week. `brake` is its level; an objection pauses the step whatever else."""
    begun = [phase for phase in step.phases if phase.from_week <= week]
    if not begun:
        return Pace((), (), step.phases[0].from_week, None)
    usual = begun[-1].days
    if objection is not None:
        return Pace((), usual, None, objection)
    if brake is None or step.kind is not StepKind.ACTIVE:
        return Pace(usual, usual, None, None)
    if brake >= PAUSED:
        return Pace((), usual, None, "Paused until your skin is calm.")
    if is_acid(step.ingredient):
        return Pace((), usual, None, "An acid: paused until your skin is calm.")
    fewer = slower(usual)
    if not fewer:
        return Pace((), usual, None, "Paused: it was due once a week only.")
    often = "once a week" if len(fewer) == 1 else f"{len(fewer)} days a week"
    return Pace(fewer, usual, None, f"Slowed down to {often}, from {len(usual)}.")


def slower(days: Sequence[str]) -> tuple[str, ...]:
    """Half as many, with as much rest between them as there was; none of one."""
    return tuple(days[::2][: len(days) // 2])


def is_acid(ingredient: str | None) -> bool:
    found = knowledge().ingredients.get(ingredient or "")
    return found is not None and bool(_ACIDS & found.names)


@cache
def brake_rule() -> tuple[str, tuple[str, ...]]:
    """Rule R8 in words, and who says so."""
    rule = knowledge().rules["R8"]
    return rule.text, knowledge().cite(rule)


def phases_of(kept: Sequence[Mapping[str, Any]]) -> tuple[Phase, ...]:
    """As they are kept with a step; nothing kept: every day."""
    return tuple(Phase(each["from_week"], tuple(each["days"])) for each in kept) or EVERY_DAY


def later(phases: Sequence[Phase], weeks: int) -> tuple[Phase, ...]:
    """The plan of somebody who is so many weeks into it already."""
    done = [phase for phase in phases if phase.from_week <= weeks + 1]
    moved = [
        Phase(max(1, phase.from_week - weeks), phase.days)
        for phase in phases
        if not done or phase.from_week >= done[-1].from_week
    ]
    return tuple(moved)


def as_kept(phases: Sequence[Phase]) -> list[dict[str, Any]]:
    return [{"from_week": phase.from_week, "days": list(phase.days)} for phase in phases]


def weekday(day: date) -> str:
    return DAYS[day.weekday()]
