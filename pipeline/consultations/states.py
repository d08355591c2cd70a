"""What happens to a question when it goes from one state to another: the clock, and who has it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from core.consultations import PROMISED, Asker, Consultation, Level, State, reached_at
from core.errors import Conflict
from data import audit
from data import consultations as kept
from data.database import now as database_now

MOVED_ON = "The consultation has moved on meanwhile: it is {state} now."
STATE_WORDS: Mapping[State, str] = {
    State.PENDING: "waiting for a dermatologist",
    State.CLAIMED: "in a dermatologist's hands",
    State.NEEDS_INFORMATION: "waiting for an answer of the person",
    State.ESCALATED: "waiting for a dermatologist, with precedence",
    State.ANSWERED: "answered",
    State.REFERRED: "answered with a referral",
    State.CLOSED: "closed",
    State.WITHDRAWN: "withdrawn",
}


def move(
    session: Session,
    case: Consultation,
    to: State,
    *,
    actor: UUID | None,
    now: datetime | None = None,
    **values: Any,
) -> Consultation:
    """Put `case` into the state `to`, with all that belongs to it; the case as it is then.

    `values` are further columns. `actor` is who does it (None: the clock); whoever answers or
    refers is the answer's author. Raises Conflict when this may not follow, or another was faster.
    """
    moment = now or database_now(session)
    effects = _EFFECTS[to](case, moment, actor) | values
    if not kept.move(session, case.consultation_id, to, **effects):
        current = kept.by_id(session, case.consultation_id)
        raise Conflict(MOVED_ON.format(state=STATE_WORDS[(current or case).state]))
    audit.add(
        session,
        f"case_{to.value}",
        actor=actor,
        subject=case.user_id,
        consultation_id=str(case.consultation_id),
    )
    moved = kept.by_id(session, case.consultation_id)
    assert moved is not None  # noqa: S101 (it was just written)
    return moved


def second_opinion(
    session: Session, case: Consultation, *, actor: UUID, asker: Asker
) -> Consultation:
    """Back into the queue for another reader, with a promise and a clock of its own."""
    moment = database_now(session)
    due_at = moment + PROMISED
    return move(
        session,
        case,
        State.PENDING,
        actor=actor,
        now=moment,
        first_reader=case.answered_by or case.claimed_by,
        second_opinion_for=asker,
        assigned_to=None,
        due_at=due_at,
        paused_at=None,
        next_escalation_at=reached_at(Level.HALF, due_at),
        escalated_half_at=None,
        escalated_80_at=None,
        escalated_missed_at=None,
    )


def next_escalation(case: Consultation, due_at: datetime) -> datetime | None:
    """When somebody has to be told next that time runs out; None: all has been told."""
    for level, told_at in (
        (Level.HALF, case.escalated_half_at),
        (Level.MOST, case.escalated_80_at),
        (Level.MISSED, case.escalated_missed_at),
    ):
        if told_at is None:
            return reached_at(level, due_at)
    return None


_Effects = Callable[[Consultation, datetime, UUID | None], dict[str, Any]]


def _running(case: Consultation, now: datetime) -> dict[str, Any]:
    """The clock goes on; what it stood still is added to the promise."""
    if case.paused_at is None:
        return {}
    due_at = case.due_at + (now - case.paused_at)
    return {
        "due_at": due_at,
        "paused_at": None,
        "next_escalation_at": next_escalation(case, due_at),
    }


def _claimed(case: Consultation, now: datetime, _actor: UUID | None) -> dict[str, Any]:
    return {"last_active_at": now, **_running(case, now)}


def _waiting(case: Consultation, now: datetime, _actor: UUID | None) -> dict[str, Any]:
    free = {"claimed_by": None, "claimed_at": None, "last_active_at": None}
    return {**free, **_running(case, now)}


def _paused(_case: Consultation, now: datetime, _actor: UUID | None) -> dict[str, Any]:
    return {"paused_at": now, "next_escalation_at": None}


def _answered(_case: Consultation, now: datetime, actor: UUID | None) -> dict[str, Any]:
    done = {"answered_at": now, "answered_by": actor}
    return {**done, "paused_at": None, "next_escalation_at": None}


def _closed(_case: Consultation, now: datetime, _actor: UUID | None) -> dict[str, Any]:
    return {"closed_at": now, "paused_at": None, "next_escalation_at": None}


def _withdrawn(case: Consultation, now: datetime, actor: UUID | None) -> dict[str, Any]:
    """Nobody has it any more, and nobody sees its photos."""
    gone = {"claimed_by": None, "assigned_to": None, "first_reader": None}
    hidden = {"consent_withdrawn_at": case.consent_withdrawn_at or now}
    return {**_closed(case, now, actor), **gone, **hidden}


_EFFECTS: Mapping[State, _Effects] = {
    State.PENDING: _waiting,
    State.CLAIMED: _claimed,
    State.NEEDS_INFORMATION: _paused,
    State.ESCALATED: _waiting,
    State.ANSWERED: _answered,
    State.REFERRED: _answered,
    State.CLOSED: _closed,
    State.WITHDRAWN: _withdrawn,
}
