"""Routines that people follow, what they ticked, and brakes. Whose it is comes first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.care import Half, Source, StepKind
from core.errors import NotFound
from core.ids import new_id
from data.tables import Routine, RoutineBrake, RoutineStep, RoutineTick

MOST_STEPS = 30  # of one routine


@dataclass(frozen=True)
class NewStep:
    half: Half
    kind: StepKind
    name: str
    amount: str = ""
    phases: Sequence[Mapping[str, Any]] = ()  # none: every day from the first week on
    key: str | None = None
    ingredient: str | None = None


def current(session: Session, user_id: UUID) -> Routine | None:
    """The routine that the person follows."""
    return session.scalar(
        select(Routine)
        .where(Routine.user_id == user_id, Routine.ended_at.is_(None))
        .execution_options(populate_existing=True)
    )


def begin(
    session: Session,
    user_id: UUID,
    source: Source,
    steps: Sequence[NewStep],
    *,
    started_on: date,
    advice_id: UUID | None = None,
) -> UUID:
    """Follow these steps from now on. What was followed before ends, and is kept."""
    end(session, user_id)
    routine = Routine(
        routine_id=new_id(),
        user_id=user_id,
        source=source,
        advice_id=advice_id,
        started_on=started_on,
    )
    session.add(routine)
    session.flush()
    for step in steps:
        add_step(session, user_id, routine.routine_id, step)
    return routine.routine_id


def end(session: Session, user_id: UUID) -> bool:
    """Follow no routine any more. Whether there was one; its brake ends with it."""
    ended = session.scalars(
        update(Routine)
        .where(Routine.user_id == user_id, Routine.ended_at.is_(None))
        .values(ended_at=func.now())
        .returning(Routine.routine_id)
        .execution_options(synchronize_session=False)
    ).all()
    for routine_id in ended:
        lift(session, user_id, routine_id)
    return bool(ended)


def steps(session: Session, user_id: UUID, routine_id: UUID) -> list[RoutineStep]:
    """Its steps that were not removed, in order."""
    return list(
        session.scalars(
            select(RoutineStep)
            .where(
                RoutineStep.user_id == user_id,
                RoutineStep.routine_id == routine_id,
                RoutineStep.removed_at.is_(None),
            )
            .order_by(RoutineStep.half.desc(), RoutineStep.position, RoutineStep.step_id)
            .execution_options(populate_existing=True)
        )
    )


def step(session: Session, user_id: UUID, step_id: UUID) -> RoutineStep:
    """A step of the routine that the person follows now. NotFound for any other."""
    found = session.scalar(
        select(RoutineStep)
        .join(Routine, Routine.routine_id == RoutineStep.routine_id)
        .where(
            RoutineStep.user_id == user_id,
            RoutineStep.step_id == step_id,
            RoutineStep.removed_at.is_(None),
            Routine.ended_at.is_(None),
        )
    )
    if found is None:
        raise NotFound("There is no such step in your routine.")
    return found


def add_step(session: Session, user_id: UUID, routine_id: UUID, new: NewStep) -> UUID:
    """Put a step where its kind stands in a routine of this person, after others of its kind."""
    _own(session, user_id, routine_id)
    order = list(StepKind).index(new.kind)
    row = RoutineStep(
        step_id=new_id(),
        user_id=user_id,
        routine_id=routine_id,
        half=new.half,
        position=order,
        kind=new.kind,
        key=new.key,
        ingredient=new.ingredient,
        name=new.name,
        amount=new.amount,
        phases=[dict(phase) for phase in new.phases],
    )
    session.add(row)
    session.flush()
    return row.step_id


def _own(session: Session, user_id: UUID, routine_id: UUID) -> None:
    owner = select(Routine.user_id).where(Routine.routine_id == routine_id)
    if session.scalar(owner) != user_id:
        raise NotFound("There is no such routine.")


def change_step(session: Session, user_id: UUID, step_id: UUID, **values: Any) -> None:
    session.execute(
        update(RoutineStep)
        .where(RoutineStep.user_id == user_id, RoutineStep.step_id == step_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def remove_step(session: Session, user_id: UUID, step_id: UUID) -> None:
    change_step(session, user_id, step_id, removed_at=func.now())


def tick(session: Session, user_id: UUID, step_id: UUID, day: date) -> None:
    """Once is enough: a second time changes nothing. NotFound for a step of somebody else."""
    step(session, user_id, step_id)
    session.execute(
        insert(RoutineTick)
        .values(step_id=step_id, day=day, user_id=user_id)
        .on_conflict_do_nothing()
    )


def untick(session: Session, user_id: UUID, step_id: UUID, day: date) -> None:
    session.execute(
        delete(RoutineTick).where(
            RoutineTick.user_id == user_id, RoutineTick.step_id == step_id, RoutineTick.day == day
        )
    )


def ticks(session: Session, user_id: UUID, since: date, until: date) -> dict[date, set[UUID]]:
    """The steps ticked on each day, both ends included. Days without ticks are absent."""
    found: dict[date, set[UUID]] = {}
    rows = session.execute(
        select(RoutineTick.day, RoutineTick.step_id).where(
            RoutineTick.user_id == user_id, RoutineTick.day.between(since, until)
        )
    )
    for day, step_id in rows:
        found.setdefault(day, set()).add(step_id)
    return found


def brake(session: Session, user_id: UUID, routine_id: UUID) -> RoutineBrake | None:
    """The brake that is on."""
    return session.scalar(
        select(RoutineBrake)
        .where(
            RoutineBrake.user_id == user_id,
            RoutineBrake.routine_id == routine_id,
            RoutineBrake.lifted_at.is_(None),
        )
        .execution_options(populate_existing=True)
    )


def last_brake(session: Session, user_id: UUID, routine_id: UUID) -> RoutineBrake | None:
    """The newest brake of a routine, lifted or on."""
    return session.scalar(
        select(RoutineBrake)
        .where(RoutineBrake.user_id == user_id, RoutineBrake.routine_id == routine_id)
        .order_by(RoutineBrake.put_at.desc(), RoutineBrake.brake_id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )


def put_brake(
    session: Session,
    user_id: UUID,
    routine_id: UUID,
    *,
    level: int,
    because: Sequence[Mapping[str, Any]],
) -> None:
    """Slow a routine down; a brake that is on already becomes this one."""
    lift(session, user_id, routine_id)
    session.add(
        RoutineBrake(
            brake_id=new_id(),
            user_id=user_id,
            routine_id=routine_id,
            level=level,
            because=[dict(reason) for reason in because],
            put_at=func.clock_timestamp(),
        )
    )
    session.flush()


def lift(session: Session, user_id: UUID, routine_id: UUID) -> bool:
    """Take the brake off. Whether one was on."""
    lifted = session.scalars(
        update(RoutineBrake)
        .where(
            RoutineBrake.user_id == user_id,
            RoutineBrake.routine_id == routine_id,
            RoutineBrake.lifted_at.is_(None),
        )
        .values(lifted_at=func.clock_timestamp())
        .returning(RoutineBrake.brake_id)
        .execution_options(synchronize_session=False)
    ).all()
    return bool(lifted)


def changes_between(
    session: Session, user_id: UUID, since: datetime, until: datetime
) -> list[tuple[datetime, str]]:
    """What was changed in routines meanwhile, in words, oldest first."""
    begun = session.execute(
        select(Routine.created_at).where(
            Routine.user_id == user_id, Routine.created_at.between(since, until)
        )
    )
    braked = session.execute(
        select(RoutineBrake.put_at).where(
            RoutineBrake.user_id == user_id, RoutineBrake.put_at.between(since, until)
        )
    )
    added = session.execute(
        select(RoutineStep.created_at, RoutineStep.name)
        .join(Routine, Routine.routine_id == RoutineStep.routine_id)
        .where(
            RoutineStep.user_id == user_id,
            RoutineStep.kind == StepKind.ACTIVE,
            RoutineStep.created_at.between(since, until),
            RoutineStep.created_at > Routine.created_at,
        )
    )
    removed = session.execute(
        select(RoutineStep.removed_at, RoutineStep.name).where(
            RoutineStep.user_id == user_id,
            RoutineStep.kind == StepKind.ACTIVE,
            RoutineStep.removed_at.between(since, until),
        )
    )
    found = [(at, "another routine was begun") for (at,) in begun]
    found += [(at, "irritation slowed the routine down") for (at,) in braked]
    found += [(at, f"{name} was added") for at, name in added]
    found += [(at, f"{name} was removed") for at, name in removed if at is not None]
    return sorted(found)
