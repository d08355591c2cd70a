"""Second readings: which wait, who has one in hand, and that it was given."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, and_, exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.consultations import State
from core.people import Purpose
from data.tables import CaseGrading, CaseReading, Consent, Consultation, SecondReading


def add(session: Session, consultation_id: UUID, whose: UUID) -> None:
    """Let a case wait for its second reader; a second time changes nothing."""
    session.execute(
        insert(SecondReading)
        .values(consultation_id=consultation_id, user_id=whose)
        .on_conflict_do_nothing()
    )


def is_waiting(session: Session, staff_id: UUID, idle_since: datetime) -> bool:
    """Whether there is one that this dermatologist could take."""
    return session.scalar(_open_to(staff_id, idle_since).limit(1)) is not None


def take(session: Session, staff_id: UUID, now: datetime, idle_since: datetime) -> UUID | None:
    """Take the one that has waited longest; None when there is none. Two get two different ones."""
    chosen = session.scalar(
        _open_to(staff_id, idle_since)
        .order_by(SecondReading.created_at)
        .limit(1)
        .with_for_update(of=SecondReading, skip_locked=True)
    )
    if chosen is not None:
        _change(session, chosen, reader_id=staff_id, taken_at=now)
    return chosen


def in_hand(session: Session, staff_id: UUID, idle_since: datetime) -> UUID | None:
    """The case that this dermatologist has taken and not graded yet."""
    return session.scalar(
        select(SecondReading.consultation_id)
        .where(
            SecondReading.reader_id == staff_id,
            SecondReading.given_at.is_(None),
            SecondReading.taken_at >= idle_since,
        )
        .order_by(SecondReading.taken_at)
        .limit(1)
    )


def hold(session: Session, consultation_id: UUID, staff_id: UUID) -> bool:
    """Lock it for this transaction; False unless it is in their hands and not given."""
    found = session.scalar(
        select(SecondReading.consultation_id)
        .where(
            SecondReading.consultation_id == consultation_id,
            SecondReading.reader_id == staff_id,
            SecondReading.given_at.is_(None),
        )
        .with_for_update()
    )
    return found is not None


def put_back(session: Session, consultation_id: UUID) -> None:
    _change(session, consultation_id, reader_id=None, taken_at=None)


def give(session: Session, consultation_id: UUID, now: datetime) -> None:
    _change(session, consultation_id, given_at=now)


def _change(session: Session, consultation_id: UUID, **values: UUID | datetime | None) -> None:
    session.execute(
        update(SecondReading)
        .where(SecondReading.consultation_id == consultation_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def _open_to(staff_id: UUID, idle_since: datetime) -> Select[UUID]:
    """Those that nobody works on and one has not read, of people who show their photos still.

    One whose check was deleted has nothing to look at: it would wait for ever as the oldest.
    """
    return (
        select(SecondReading.consultation_id)
        .join(Consultation, Consultation.consultation_id == SecondReading.consultation_id)
        .join(
            Consent,
            and_(
                Consent.user_id == SecondReading.user_id,
                Consent.purpose == Purpose.DERMATOLOGIST,
                Consent.withdrawn_at.is_(None),
            ),
        )
        .where(
            SecondReading.given_at.is_(None),
            or_(SecondReading.reader_id.is_(None), SecondReading.taken_at < idle_since),
            SecondReading.user_id != staff_id,
            Consultation.consent_withdrawn_at.is_(None),
            Consultation.state != State.WITHDRAWN,
            Consultation.claimed_by.is_distinct_from(staff_id),
            exists().where(
                CaseGrading.consultation_id == SecondReading.consultation_id,
                CaseGrading.is_blind,
                CaseGrading.analysis_id.is_not(None),
            ),
            ~exists().where(
                CaseReading.consultation_id == SecondReading.consultation_id,
                CaseReading.reader_id == staff_id,
            ),
        )
    )
