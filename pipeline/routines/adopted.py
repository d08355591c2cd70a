"""The routine that a person follows: adopted from the advice or made of their own steps."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from core.care import Half, Source, StepKind
from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.people import Identity, Role
from data import routines as kept
from data import users
from data.routines import MOST_STEPS, NewStep
from data.tables import Routine, RoutineStep
from pipeline import recommendations
from pipeline.advice.knowledge import knowledge
from pipeline.advice.outcome import Phase
from pipeline.advice.outcome import Step as Advised
from pipeline.advice.schedule import DAYS
from pipeline.routines import days, objections
from pipeline.routines.lines import line
from pipeline.routines.pace import Pace, Step, as_kept, later, pace, phases_of, week_of, weekday

STREAK_DAYS = 7
_NO_ROUTINE = "You have no routine yet. Adopt the one of your advice, or begin your own."
_KINDS = {"cleanse": StepKind.CLEANSE, "active": StepKind.ACTIVE}
_KINDS |= {"moisturise": StepKind.MOISTURISE, "protect": StepKind.PROTECT}


@dataclass(frozen=True)
class StepToday:
    """One step on one day."""

    step: Step
    pace: Pace
    is_due: bool
    is_done: bool


@dataclass(frozen=True)
class Brake:
    level: int  # pace.SLOWER or pace.PAUSED
    put_at: datetime
    reasons: tuple[tuple[date, Half, tuple[str, ...]], ...]  # what was noted: day, half, signs


@dataclass(frozen=True)
class Following:
    """How often, without blame: days on which anything was ticked."""

    days: int
    of: int  # the last so many days, 7 at most


@dataclass(frozen=True)
class Today:
    """A person's routine on one of their days."""

    routine_id: UUID
    source: Source
    advice_id: UUID | None
    day: date
    week: int  # of the plan, from 1
    steps: tuple[StepToday, ...]  # morning first, in order
    brake: Brake | None
    following: Following | None  # None: nothing to count yet

    def of(self, half: Half) -> tuple[StepToday, ...]:
        return tuple(each for each in self.steps if each.step.half is half)


def today(session: Session, user_id: UUID, day: date) -> Today | None:
    """The routine on a day; None: the person follows none."""
    routine = kept.current(session, user_id)
    if routine is None:
        return None
    steps = [as_step(row) for row in kept.steps(session, user_id, routine.routine_id)]
    against = objections.of_person(session, user_id)
    brake = kept.brake(session, user_id, routine.routine_id)
    level = None if brake is None else brake.level
    ticks = kept.ticks(session, user_id, day - timedelta(days=STREAK_DAYS), day)
    week = week_of(day, routine.started_on)
    shown = []
    for step in steps:
        its = pace(step, week, level, against.to(step))
        is_due, done = weekday(day) in its.days, step.step_id in ticks.get(day, ())
        shown.append(StepToday(step, its, is_due, done))
    return Today(
        routine.routine_id,
        routine.source,
        routine.advice_id,
        day,
        week,
        tuple(shown),
        None
        if brake is None
        else Brake(
            brake.level,
            brake.put_at,
            tuple(
                (date.fromisoformat(r["day"]), Half(r["half"]), tuple(r["signs"]))
                for r in brake.because
            ),
        ),
        _following(ticks, routine, day),
    )


def _following(ticks: Collection[date], routine: Routine, day: date) -> Following | None:
    """Today counts once something is ticked: in the morning nobody has missed it."""
    last = day if day in ticks else day - timedelta(days=1)
    first = max(routine.started_on, last - timedelta(days=STREAK_DAYS - 1))
    if first > last:
        return None
    return Following(
        sum(first <= each <= last for each in ticks),
        (last - first).days + 1,
    )


def adopt(session: Session, who: Identity, day: date) -> UUID:
    """Follow the newest advice from this day on.

    A step that was followed before goes on at its week; what is new begins as the plan has it.
    """
    _may(who)
    days.checked(day)
    users.lock(session, who.user_id)
    found = recommendations.latest(session, who.user_id)
    if found is None:
        raise NotFound("There is no advice yet: it comes with your first scored check.")
    if found.advice is None:
        raise NotAllowed("What you told us has to be looked at by somebody qualified first.")
    before = _weeks_of_steps(session, who.user_id, day)
    steps = [
        _new(step, half, before.get((half, step.key)))
        for half, advised in (
            (Half.MORNING, found.advice.morning),
            (Half.EVENING, found.advice.evening),
        )
        for step in advised
    ]
    return kept.begin(
        session,
        who.user_id,
        Source.ADVICE,
        steps,
        started_on=day,
        advice_id=found.advice_id,
    )


def begin_own(session: Session, who: Identity, day: date) -> UUID:
    """Begin a routine of one's own, without steps yet. Refused while there is one."""
    _may(who)
    days.checked(day)
    users.lock(session, who.user_id)
    if kept.current(session, who.user_id) is not None:
        raise Conflict("You follow a routine already. End it first, or change its steps.")
    return kept.begin(session, who.user_id, Source.OWN, (), started_on=day)


def end(session: Session, who: Identity) -> None:
    _may(who)
    if not kept.end(session, who.user_id):
        raise NotFound(_NO_ROUTINE)


def add_step(
    session: Session,
    who: Identity,
    *,
    half: Half,
    kind: StepKind,
    name: str,
    amount: str = "",
    on: Collection[str] = DAYS,
    ingredient: str | None = None,
) -> UUID:
    """Add a step of one's own, due on these days of the week."""
    _may(who)
    users.lock(session, who.user_id)
    routine = kept.current(session, who.user_id)
    if routine is None:
        raise NotFound(_NO_ROUTINE)
    if len(kept.steps(session, who.user_id, routine.routine_id)) >= MOST_STEPS:
        raise Conflict(f"A routine has {MOST_STEPS} steps at most.")
    if ingredient is not None and ingredient not in knowledge().ingredients:
        raise InvalidInput("The ingredient is not one that we know.")
    new = NewStep(
        half,
        kind,
        line(name, "name", 120),
        line(amount, "amount", 120, may_be_empty=True),
        as_kept([Phase(1, _week(on))]),
        ingredient=ingredient,
    )
    return kept.add_step(session, who.user_id, routine.routine_id, new)


def change_step(
    session: Session,
    who: Identity,
    step_id: UUID,
    *,
    name: str | None = None,
    amount: str | None = None,
    on: Collection[str] | None = None,
) -> None:
    """Other words or other days. Own days replace the plan of the advice."""
    _may(who)
    kept.step(session, who.user_id, step_id)
    values: dict[str, object] = {}
    if name is not None:
        values["name"] = line(name, "name", 200)
    if amount is not None:
        values["amount"] = line(amount, "amount", 200, may_be_empty=True)
    if on is not None:
        values["phases"] = as_kept([Phase(1, _week(on))])
    if values:
        kept.change_step(session, who.user_id, step_id, **values)


def remove_step(session: Session, who: Identity, step_id: UUID) -> None:
    _may(who)
    kept.step(session, who.user_id, step_id)
    kept.remove_step(session, who.user_id, step_id)


def tick(session: Session, who: Identity, step_id: UUID, day: date, *, done: bool = True) -> None:
    """A step was done on a day, or was not after all."""
    _may(who)
    days.checked(day)
    kept.step(session, who.user_id, step_id)
    (kept.tick if done else kept.untick)(session, who.user_id, step_id, day)


def as_step(row: RoutineStep) -> Step:
    return Step(
        row.step_id,
        row.half,
        row.kind,
        row.name,
        row.amount,
        row.ingredient,
        row.key is None,
        phases_of(row.phases),
    )


def _weeks_of_steps(session: Session, user_id: UUID, day: date) -> dict[tuple[Half, str], int]:
    """How many weeks ago each step that is followed now was begun, by half and key."""
    routine = kept.current(session, user_id)
    if routine is None:
        return {}
    weeks = week_of(day, routine.started_on) - 1
    return {
        (row.half, row.key): weeks - min(phase.from_week for phase in phases_of(row.phases)) + 1
        for row in kept.steps(session, user_id, routine.routine_id)
        if row.key is not None
    }


def _new(step: Advised, half: Half, weeks: int | None) -> NewStep:
    """`weeks`: since how long the same step is followed; less than 0: it begins in as many."""
    phases = step.phases
    if weeks is not None:
        phases = later(phases, max(0, weeks + phases[0].from_week - 1))
    return NewStep(
        half,
        _KINDS.get(step.slot, StepKind.OTHER),
        step.name[:200],
        step.amount,
        as_kept(phases),
        step.key,
        step.ingredient,
    )


def _week(on: Collection[str]) -> tuple[str, ...]:
    if not on or not set(on) <= set(DAYS):
        raise InvalidInput("Choose at least one day of the week.")
    return tuple(day for day in DAYS if day in on)


def _may(who: Identity) -> None:
    if who.role is not Role.USER:
        raise NotAllowed("Your account follows no routine.")
