"""The erasing of accounts, and the ledger of it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.ids import new_id
from data import audit, dirty_days, queue, user_keys, vault
from data.tables import AnalysisResult, Erasure, Photo, User

GRACE = timedelta(days=30)


def request(session: Session, user_id: UUID, *, at_once: bool = False) -> None:
    """Put the account on the list. A request that waits already is brought forward, never back."""
    wait = timedelta(0) if at_once else GRACE
    session.execute(
        insert(Erasure)
        .values(
            erasure_id=new_id(),
            user_id=user_id,
            pseudonym=audit.of(user_id),
            due_at=func.now() + wait,
        )
        .on_conflict_do_update(
            index_elements=[Erasure.user_id],
            index_where=Erasure.erased_at.is_(None),
            set_={"due_at": func.least(Erasure.due_at, func.now() + wait)},
        )
    )


def due(session: Session, *, at_most: int = 100) -> list[UUID]:
    """Accounts whose time has come; no other transaction works on them meanwhile."""
    found = session.scalars(
        select(Erasure.user_id)
        .where(Erasure.erased_at.is_(None), Erasure.due_at <= func.now())
        .order_by(Erasure.due_at)
        .limit(at_most)
        .with_for_update(skip_locked=True)
    )
    return [user_id for user_id in found if user_id is not None]


def erase(session: Session, user_id: UUID) -> None:
    """Destroy the person's key, rows, jobs and objects, and write what it was into the ledger."""
    rows = session.execute(
        select(AnalysisResult.id, AnalysisResult.rescored_from).where(
            AnalysisResult.user_id == user_id
        )
    ).all()
    dirty_days.mark_person(session, user_id)  # the statistics are made again without them
    checks = sum(rescored_from is None for _, rescored_from in rows)  # in whatever versions
    photos = session.scalar(select(func.count()).select_from(Photo).where(Photo.user_id == user_id))
    objects = vault.keys_of(session, user_id)
    for analysis_id, _ in rows:
        queue.withdraw(session, analysis_id)
    vault.discard(session, *objects)
    user_keys.destroy(session, user_id)
    session.execute(
        update(Erasure)
        .where(Erasure.user_id == user_id, Erasure.erased_at.is_(None))
        .values(
            erased_at=func.now(),
            user_id=None,
            erased={"checks": checks, "photos": photos or 0, "objects": len(objects)},
        )
    )
    session.execute(delete(User).where(User.user_id == user_id))
    session.expire_all()
