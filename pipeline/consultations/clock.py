"""What time does to cases: escalation, release of what lies idle, closing what is settled.

Any number of workers may do this at once; each step is told once.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from core.consultations import Consultation, Level, State, reached_at
from core.notifications import Kind
from core.settings import settings
from data import absences, case_queue
from data import consultations as kept
from data.database import now as database_now
from data.database import transaction
from pipeline.consultations import claims, news, states

log = structlog.get_logger(__name__)

CLOSED_AFTER = timedelta(days=14)  # without a word
BATCH = 100
_STAMPS = {
    Level.HALF: "escalated_half_at",
    Level.MOST: "escalated_80_at",
    Level.MISSED: "escalated_missed_at",
}


def escalate(*, now: datetime | None = None, batch: int = BATCH) -> int:
    """Tell of every case that has reached another level; how many. `now` is for tests."""
    told = 0
    while True:
        with transaction() as session:
            moment = now or database_now(session)
            due = case_queue.to_escalate(session, moment, at_most=batch)
            for case in due:
                _escalate(session, case, moment)
        told += len(due)
        if len(due) < batch:
            break
    if told:
        log.info("cases_escalated", number=told)
    return told


def _escalate(session: Session, case: Consultation, now: datetime) -> None:
    """After an outage several levels may have passed: the gravest is told, all are stamped."""
    passed = [
        level
        for level, stamp in _STAMPS.items()
        if getattr(case, stamp) is None and reached_at(level, case.due_at) <= now
    ]
    later = next((level for level in Level if reached_at(level, case.due_at) > now), None)
    kept.change(
        session,
        case.consultation_id,
        updated_at=case.updated_at,
        next_escalation_at=None if later is None else reached_at(later, case.due_at),
        **{_STAMPS[level]: now for level in passed},
    )
    if not passed:
        return
    if passed[-1] >= Level.MOST and case.assigned_to is not None:
        kept.change(session, case.consultation_id, assigned_to=None)  # now anybody may take it
    if passed[-1] is Level.MISSED and case.state is State.PENDING:
        states.move(session, case, State.ESCALATED, actor=None, now=now)
    news.escalated(session, case, passed[-1])


def release_idle(*, now: datetime | None = None) -> int:
    """Cases on which nobody has worked for a while, and those of who is away, wait again."""
    with transaction() as session:
        moment = now or database_now(session)
        since = moment - timedelta(minutes=settings().case_idle_minutes)
        found = case_queue.idle(session, since, at_most=BATCH)
        for case in found:
            claims.back_to_queue(session, case, actor=None)
            if case.claimed_by is not None:
                news.released(session, case, case.claimed_by)
        away = [each.user_id for each in absences.colleagues(session, moment) if each.is_away]
        released = len(found) + (claims.free(session, away) if away else 0)
    if released:
        log.info("cases_released", number=released)
    return released


def close_settled(*, now: datetime | None = None) -> int:
    """Answered cases, and those that wait for the person, in which nothing is said any more."""
    with transaction() as session:
        moment = now or database_now(session)
        found = case_queue.to_close(session, moment - CLOSED_AFTER, at_most=BATCH)
        for case in found:
            moved = states.move(session, case, State.CLOSED, actor=None, now=moment)
            news.person(
                session,
                moved,
                Kind.CONSULTATION_UPDATE,
                "closed",
                title="Consultation closed",
                message="Nothing was said for two weeks. You can always ask a new question.",
            )
    return len(found)
