"""Who works on a case: claiming, giving back, assigning, handing on, and days away."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from core.consultations import IN_HAND, WAITING, Consultation, State
from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.notifications import Kind
from core.people import Identity, Role
from data import absences, case_queue
from data import consultations as kept
from data.absences import Colleague
from data.database import now as database_now
from pipeline.consultations import cases, news, states

AWAY = "You are away by your own calendar. End the absence first, then claim."
TAKEN = "A colleague has just claimed this case."
NOT_FOR_YOU = "A second opinion must come from somebody else than the first."
FOR_ANOTHER = "This case is assigned to a colleague."
LONGEST_ABSENCE = timedelta(days=366)


def claim(session: Session, staff: Identity, consultation_id: UUID) -> Consultation:
    """Take a waiting case. Of two at once one gets it; the other is told by a Conflict."""
    _dermatologist(staff)
    now = database_now(session)
    if is_away(session, staff.user_id, now):
        raise Conflict(AWAY)
    if not case_queue.claim(session, staff.user_id, consultation_id, now):
        raise Conflict(_why_not(session, staff, consultation_id))
    case = kept.by_id(session, consultation_id)
    assert case is not None  # noqa: S101 (it was just claimed)
    cases.note(session, "case_claimed", staff, case)
    return case


def release(session: Session, staff: Identity, consultation_id: UUID) -> None:
    """Give a claimed case back to the queue."""
    case = cases.require_mine(session, staff, consultation_id)
    back_to_queue(session, case, actor=staff.user_id)
    cases.note(session, "case_released", staff, case)


def hand_on(session: Session, staff: Identity, consultation_id: UUID) -> None:
    """Too hard, or too urgent to wait: colleagues and administrators hear of it, any may claim."""
    case = cases.require_mine(session, staff, consultation_id)
    moved = states.move(session, case, State.ESCALATED, actor=staff.user_id)
    told = [user for user in news.on_duty(session) if user != staff.user_id]
    news.staff(
        session,
        [*told, *absences.admins(session)],
        Kind.CASE_ESCALATED,
        moved,
        f"handed on:{case.claimed_at}",
        title="A colleague hands a case on",
        message="It waits in the queue for whoever can take it.",
    )


def assign(session: Session, staff: Identity, consultation_id: UUID, to: UUID) -> None:
    """Say who shall take a case; one that is claimed by another goes back first (admins only)."""
    if staff.role not in (Role.DERMATOLOGIST, Role.ADMIN):
        raise NotAllowed(cases.ONLY_DERMATOLOGISTS)
    case = _waiting_or_claimed(session, consultation_id)
    now = database_now(session)
    colleague = next((c for c in absences.colleagues(session, now) if c.user_id == to), None)
    if colleague is None:
        raise NotFound("There is no such dermatologist.")
    if colleague.is_away:
        raise Conflict(f"{colleague.name} is away.")
    if to in (case.first_reader, case.user_id):
        raise Conflict(NOT_FOR_YOU)
    if case.state in IN_HAND:
        if staff.role is not Role.ADMIN and case.claimed_by != staff.user_id:
            raise Conflict("A colleague has claimed this case; an administrator can reassign it.")
        case = back_to_queue(session, case, actor=staff.user_id)
    kept.change(session, consultation_id, assigned_to=to)
    cases.note(session, "case_assigned", staff, case)
    news.assigned(session, case, to)


def back_to_queue(session: Session, case: Consultation, *, actor: UUID | None) -> Consultation:
    """Nobody's any more; one that is late keeps its precedence."""
    to = State.ESCALATED if case.is_late else State.PENDING
    return states.move(session, case, to, actor=actor)


# ------------------------------------------------------------------ days away


def be_away(session: Session, staff: Identity, starts_at: datetime, ends_at: datetime) -> UUID:
    """From–to without cases. What is in hand goes back when it begins, at once if that is now."""
    _dermatologist(staff)
    now = database_now(session)
    if ends_at <= max(starts_at, now) or ends_at - starts_at > LONGEST_ABSENCE:
        raise InvalidInput("An absence ends after it begins, in the future, within a year.")
    absence_id = absences.add(session, staff.user_id, starts_at, ends_at)
    if starts_at <= now:
        free(session, [staff.user_id])
    return absence_id


def be_back(session: Session, staff: Identity, absence_id: UUID) -> None:
    """Strike an absence out."""
    if not absences.remove(session, staff.user_id, absence_id):
        raise NotFound("There is no such absence.")


def free(session: Session, staff_ids: list[UUID]) -> int:
    """Cases of these dermatologists go back to the queue; how many were in their hands."""
    in_hand = case_queue.in_hand_of(session, staff_ids)
    for case in in_hand:
        back_to_queue(session, case, actor=None)
    case_queue.unassign(session, staff_ids)
    return len(in_hand)


def is_away(session: Session, staff_id: UUID, now: datetime) -> bool:
    return any(each.starts_at <= now for each in absences.of(session, staff_id, after=now))


def colleagues(session: Session, staff: Identity) -> list[tuple[Colleague, int, int]]:
    """Every dermatologist with how many cases they have claimed, and how many wait for them."""
    if staff.role not in (Role.DERMATOLOGIST, Role.ADMIN):
        raise NotAllowed(cases.ONLY_DERMATOLOGISTS)
    loads = case_queue.loads(session)
    found = absences.colleagues(session, database_now(session))
    return [(each, *loads.get(each.user_id, (0, 0))) for each in found]


def _waiting_or_claimed(session: Session, consultation_id: UUID) -> Consultation:
    case = kept.locked(session, consultation_id)
    if case.state not in WAITING | IN_HAND:
        raise Conflict(states.MOVED_ON.format(state=states.STATE_WORDS[case.state]))
    return case


def _why_not(session: Session, staff: Identity, consultation_id: UUID) -> str:
    case = kept.by_id(session, consultation_id)
    if case is None or case.state is State.WITHDRAWN or case.user_id == staff.user_id:
        raise NotFound(kept.NO_SUCH)
    if case.claimed_by == staff.user_id and case.state in IN_HAND:
        return "You have claimed this case already."
    if case.state not in WAITING:
        return TAKEN
    return NOT_FOR_YOU if case.first_reader == staff.user_id else FOR_ANOTHER


def _dermatologist(staff: Identity) -> None:
    if staff.role is not Role.DERMATOLOGIST:
        raise NotAllowed(cases.ONLY_DERMATOLOGISTS)
