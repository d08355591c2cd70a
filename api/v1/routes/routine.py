"""The routine that the person follows, its ticks and its brake; and wellbeing mode."""

from __future__ import annotations

import datetime as dt
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query
from sqlalchemy.orm import Session

from api.v1.caller import Caller
from api.v1.problems import answers
from api.v1.schemas import care as schemas
from core.care import Source
from core.errors import NotFound
from core.people import Identity
from data.database import transaction
from pipeline import wellbeing
from pipeline.routines import adopted, days, diary
from pipeline.routines.adopted import StepToday
from pipeline.routines.pace import PAUSED, brake_rule

router = APIRouter(prefix="/routine", tags=["routine"], responses=answers(401))

StepId = Annotated[UUID, Path(description="The step's id.")]
Day = Annotated[dt.date, Path(description="The person's day, as in 2026-11-23.")]


def day_or_today(session: Session, caller: Identity, day: dt.date | None) -> dt.date:
    return days.today_of(session, caller.user_id) if day is None else days.checked(day)


@router.get("", responses=answers(404))
def get_routine(
    caller: Caller,
    day: Annotated[
        dt.date | None, Query(description="The person's day; left out: today where they live.")
    ] = None,
) -> schemas.Routine:
    """The routine on a day: what is due, what is done, and what is slowed down and why."""
    with transaction() as session:
        return _routine(session, caller, day_or_today(session, caller, day))


@router.post("", status_code=201, responses=answers(403, 404, 409))
def begin_routine(caller: Caller, given: schemas.Adoption) -> schemas.Routine:
    """Adopt the newest advice (what is followed now ends), or begin a routine of one's own."""
    with transaction() as session:
        day = day_or_today(session, caller, given.day)
        if given.source is Source.ADVICE:
            adopted.adopt(session, caller, day)
        else:
            adopted.begin_own(session, caller, day)
        return _routine(session, caller, day)


@router.delete("", status_code=204, responses=answers(403, 404))
def end_routine(caller: Caller) -> None:
    """Follow no routine any more. Ticks are kept."""
    with transaction() as session:
        adopted.end(session, caller)


@router.post("/steps", status_code=201, responses=answers(403, 404, 409))
def add_step(caller: Caller, given: schemas.NewStep) -> schemas.MadeId:
    """Add a step of one's own."""
    with transaction() as session:
        made = adopted.add_step(
            session,
            caller,
            half=given.half,
            kind=given.kind,
            name=given.name,
            amount=given.amount,
            on=given.days,
        )
    return schemas.MadeId(id=made)


@router.delete("/steps/{step_id}", status_code=204, responses=answers(403, 404))
def remove_step(caller: Caller, step_id: StepId) -> None:
    """Remove a step. What was ticked before is kept."""
    with transaction() as session:
        adopted.remove_step(session, caller, step_id)


@router.put("/steps/{step_id}/ticks/{day}", status_code=204, responses=answers(403, 404))
def tick(caller: Caller, step_id: StepId, day: Day) -> None:
    """The step was done on this day. A second time changes nothing."""
    with transaction() as session:
        adopted.tick(session, caller, step_id, day)


@router.delete("/steps/{step_id}/ticks/{day}", status_code=204, responses=answers(403, 404))
def untick(caller: Caller, step_id: StepId, day: Day) -> None:
    """It was not done after all."""
    with transaction() as session:
        adopted.tick(session, caller, step_id, day, done=False)


@router.delete("/brake", status_code=204, responses=answers(403, 404))
def lift_brake(caller: Caller) -> None:
    """Go back to the usual days."""
    with transaction() as session:
        diary.lift_brake(session, caller)


def _routine(session: Session, caller: Identity, day: dt.date) -> schemas.Routine:
    found = adopted.today(session, caller.user_id, day)
    if found is None:
        raise NotFound("There is no routine yet.")
    gently = wellbeing.of_person(session, caller.user_id).is_on
    following = None if gently else found.following
    rule, sources = brake_rule()
    brake = found.brake
    return schemas.Routine(
        routine_id=found.routine_id,
        source=found.source,
        day=found.day,
        week=found.week,
        steps=[_step(each) for each in found.steps],
        brake=None
        if brake is None
        else schemas.Brake(
            level="paused" if brake.level >= PAUSED else "slower",
            put_at=brake.put_at,
            rule=rule,
            sources=list(sources),
        ),
        days_followed=None if following is None else following.days,
        of_days=None if following is None else following.of,
    )


def _step(each: StepToday) -> schemas.RoutineStep:
    step, its = each.step, each.pace
    return schemas.RoutineStep(
        step_id=step.step_id,
        half=step.half,
        kind=step.kind,
        name=step.name,
        amount=step.amount,
        ingredient=step.ingredient,
        is_own=step.is_own,
        days=list(its.days),
        usual_days=list(its.usual),
        begins_in_week=its.begins_in_week,
        because=its.because,
        is_due=each.is_due,
        is_done=each.is_done,
    )
