"""Who is told what of a case, each piece once."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.orm import Session

from core.consultations import Consultation, Level, Priority
from core.notifications import Kind
from data import absences, case_queue, database, notification_preferences
from data import consultations as kept
from pipeline import notify


def asked(session: Session, consultation_id: UUID) -> None:
    """A case has come into the queue, for its first answer or for a second opinion.

    Dermatologists on duty hear of it when it is urgent, or when nothing waited; of a second opinion
    those who may give it.
    """
    case = kept.by_id(session, consultation_id)
    if case is None:
        return
    if case.priority == Priority.NORMAL and case_queue.summary(session, None).waiting > 1:
        return
    title = {}
    if case.flags:
        title = {"title": "A case with a red flag is waiting"}
    elif case.second_opinion_for is not None:
        title = {"title": "A second opinion is wanted"}
    told = [user_id for user_id in on_duty(session) if user_id != case.first_reader]
    staff(session, told, Kind.CASE_WAITING, case, f"{_round(case)}:asked", **title)


def assigned(session: Session, case: Consultation, to: UUID) -> None:
    stamp = database.now(session).isoformat()
    staff(
        session,
        [to],
        Kind.CASE_WAITING,
        case,
        f"assigned:{stamp}",
        title="A case was assigned to you",
    )


def released(session: Session, case: Consultation, staff_id: UUID) -> None:
    """Their claim has ended without their doing."""
    staff(
        session,
        [staff_id],
        Kind.CASE_WAITING,
        case,
        f"released:{case.claimed_at}",
        title="A case of yours went back to the queue",
        message="Nothing was done in it for a while. What you saved of it is kept.",
    )


def escalated(session: Session, case: Consultation, level: Level) -> None:
    """Time runs out: first who has it, then all colleagues, then administrators and the person."""
    on = on_duty(session)
    told: set[UUID]
    match level:
        case Level.HALF:
            holder = case.claimed_by or case.assigned_to
            told = {holder} if holder else set(on)
            title = "Half of a case's time has passed"
        case Level.MOST:
            told = {*on, *([case.claimed_by] if case.claimed_by else [])}
            title = "A case has less than five hours left"
        case Level.MISSED:
            told = {*on, *absences.admins(session)}
            told |= {case.claimed_by} if case.claimed_by else set()
            title = "A case has missed its promised time"
    round_ = _round(case)
    staff(session, told, Kind.CASE_ESCALATED, case, f"{round_}:{level.name}", title=title)
    if level is Level.MISSED:
        notify.tell(
            session,
            case.user_id,
            Kind.CONSULTATION_OVERDUE,
            dedupe=f"overdue:{case.consultation_id}:{round_}",
            about=case.consultation_id,
        )


def person(session: Session, case: Consultation, kind: Kind, what: str, **facts: str) -> None:
    """Tell who asked; `what` makes it one piece of news."""
    notify.tell(
        session,
        case.user_id,
        kind,
        dedupe=f"{what}:{case.consultation_id}",
        about=case.consultation_id,
        **facts,
    )


def staff(
    session: Session,
    told: Collection[UUID],
    kind: Kind,
    case: Consultation,
    what: str,
    **facts: str,
) -> None:
    preferences = notification_preferences.read_many(session, told)
    news = [
        notify.Told(user_id, kind, f"{what}:{case.consultation_id}", case.consultation_id, facts)
        for user_id in sorted(told, key=str)
    ]
    now = database.now(session)
    notify.tell_many(session, news, preferences, now=now)


def on_duty(session: Session) -> list[UUID]:
    """Dermatologists who are not away."""
    now = database.now(session)
    return [each.user_id for each in absences.colleagues(session, now) if not each.is_away]


def _round(case: Consultation) -> str:
    """The first answer or the second opinion: each has a promise, and so news, of its own."""
    return case.second_opinion_for.value if case.second_opinion_for else "first"
