"""What people agreed to, when, and in which words."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import Session

from core.ids import new_id
from core.people import Purpose
from data.tables import Consent


def in_force(session: Session, user_id: UUID, purpose: Purpose) -> bool:
    return bool(
        session.scalar(
            select(func.count())
            .select_from(Consent)
            .where(
                Consent.user_id == user_id,
                Consent.purpose == purpose,
                Consent.withdrawn_at.is_(None),
            )
        )
    )


def give(session: Session, user_id: UUID, purpose: Purpose, *, wording: str) -> None:
    """Record consent in these words. One in force in the same words is left as it is."""
    session.execute(
        update(Consent)
        .where(
            Consent.user_id == user_id,
            Consent.purpose == purpose,
            Consent.withdrawn_at.is_(None),
            Consent.wording != wording,
        )
        .values(withdrawn_at=func.now())
    )
    session.execute(
        insert(Consent)
        .values(consent_id=new_id(), user_id=user_id, purpose=purpose, wording=wording)
        .on_conflict_do_nothing()
    )


def withdraw(session: Session, user_id: UUID, purpose: Purpose) -> bool:
    """Whether there was one in force."""
    ended = session.scalars(
        update(Consent)
        .where(
            Consent.user_id == user_id,
            Consent.purpose == purpose,
            Consent.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=func.now())
        .returning(Consent.consent_id)
    )
    return bool(ended.all())


def latest(session: Session, user_id: UUID) -> list[Consent]:
    """The newest consent of each purpose for which there was one, withdrawn or not."""
    return list(
        session.scalars(
            select(Consent)
            .where(Consent.user_id == user_id)
            .ext(distinct_on(Consent.purpose))
            .order_by(
                Consent.purpose, Consent.withdrawn_at.desc().nulls_first(), Consent.given_at.desc()
            )
            .execution_options(populate_existing=True)
        )
    )
