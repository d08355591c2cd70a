"""Answers to the safety questions and raised red flags. Whose they are comes first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.ids import new_id
from core.red_flags import ClosedBy, Flag
from data.tables import RaisedFlag, SafetyAnswer


@dataclass(frozen=True)
class Answered:
    """One time that the questions were answered."""

    answer_id: UUID
    version: str
    ticked: tuple[str, ...]
    answered_at: datetime
    seconds_ago: float  # by the database's clock


def add_answers(session: Session, user_id: UUID, *, version: str, ticked: Sequence[str]) -> UUID:
    answer = SafetyAnswer(answer_id=new_id(), user_id=user_id, version=version, ticked=list(ticked))
    session.add(answer)
    session.flush()
    return answer.answer_id


def open_flag(session: Session, user_id: UUID, answer_id: UUID, flag: Flag) -> bool:
    """Raise a flag; whether that changed anything.

    One that is open already stays as it is when nothing new was said. When something was, the
    earlier row is closed as renewed, and the new one has all reasons and the more urgent urgency.
    The caller holds the person's row, so that nobody else raises it meanwhile.
    """
    before = session.scalar(_open(user_id).where(RaisedFlag.flag_id == flag.flag_id))
    urgency, because = flag.urgency, flag.because
    if before is not None:
        urgency = min(before.urgency, urgency, key=lambda each: each.rank)
        because = tuple(dict.fromkeys((*before.because, *because)))
        if urgency is before.urgency and list(because) == before.because:
            return False
        before.closed_by, before.closed_at = ClosedBy.RENEWED, func.now()
        session.flush()  # before the new one: only one of a kind may be open
    session.add(
        RaisedFlag(
            raised_id=new_id(),
            user_id=user_id,
            answer_id=answer_id,
            flag_id=flag.flag_id,
            urgency=urgency,
            because=list(because),
        )
    )
    session.flush()
    return True


def answered(session: Session, user_id: UUID, *, at_most: int) -> list[Answered]:
    """When the questions were answered and how, the newest first."""
    rows = session.execute(
        select(
            SafetyAnswer.answer_id,
            SafetyAnswer.version,
            SafetyAnswer.ticked,
            SafetyAnswer.answered_at,
            func.extract("epoch", func.clock_timestamp() - SafetyAnswer.answered_at),
        )
        .where(SafetyAnswer.user_id == user_id)
        .order_by(SafetyAnswer.answered_at.desc(), SafetyAnswer.answer_id.desc())
        .limit(at_most)
    )
    return [
        Answered(answer_id, version, tuple(ticked), at, float(ago))
        for answer_id, version, ticked, at, ago in rows
    ]


def open_flags(session: Session, user_id: UUID) -> Sequence[RaisedFlag]:
    return session.scalars(_open(user_id)).all()


def closed_flags(session: Session, user_id: UUID) -> Sequence[RaisedFlag]:
    """What somebody qualified has seen to, the newest first."""
    return session.scalars(
        select(RaisedFlag)
        .where(
            RaisedFlag.user_id == user_id,
            RaisedFlag.closed_by.in_((ClosedBy.PERSON, ClosedBy.DERMATOLOGIST)),
        )
        .order_by(RaisedFlag.closed_at.desc(), RaisedFlag.raised_id.desc())
    ).all()


def one_open(session: Session, user_id: UUID, raised_id: UUID) -> RaisedFlag:
    """NotFound when it is not open, or not this person's."""
    found = session.scalar(_open(user_id).where(RaisedFlag.raised_id == raised_id))
    if found is None:
        raise NotFound("There is no such open red flag.")
    return found


def close_by_dermatologist(session: Session, user_id: UUID, flags: Iterable[str]) -> list[str]:
    """Close these where they are open; the ids of those that were."""
    return list(
        session.scalars(
            update(RaisedFlag)
            .where(
                RaisedFlag.user_id == user_id,
                RaisedFlag.flag_id.in_(list(flags)),
                RaisedFlag.closed_at.is_(None),
            )
            .values(closed_at=func.now(), closed_by=ClosedBy.DERMATOLOGIST)
            .returning(RaisedFlag.flag_id)
        )
    )


def close_by_person(session: Session, flag: RaisedFlag, *, seen_on: date) -> None:
    flag.closed_by, flag.closed_at, flag.seen_on = ClosedBy.PERSON, func.now(), seen_on
    session.flush()


def forget(session: Session, user_id: UUID) -> None:
    """Delete all answers, and with them the flags that they raised."""
    session.execute(delete(SafetyAnswer).where(SafetyAnswer.user_id == user_id))
    session.expire_all()


def _open(user_id: UUID) -> Select[RaisedFlag]:
    return (
        select(RaisedFlag)
        .where(RaisedFlag.user_id == user_id, RaisedFlag.closed_at.is_(None))
        .execution_options(populate_existing=True)
    )
