"""Trials: one change at a time, tried on oneself. Whose it is comes first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.ids import new_id
from core.metrics import Metric
from data.tables import Trial


def add(
    session: Session,
    user_id: UUID,
    *,
    change: str,
    ingredient: str | None,
    metrics: Sequence[Metric],
    weeks: int,
) -> UUID:
    """A trial that collects its baseline."""
    row = Trial(
        trial_id=new_id(),
        user_id=user_id,
        change=change,
        ingredient=ingredient,
        metrics=[metric.value for metric in metrics],
        weeks=weeks,
    )
    session.add(row)
    session.flush()
    return row.trial_id


def get(session: Session, user_id: UUID, trial_id: UUID, *, lock: bool = False) -> Trial:
    wanted = (
        select(Trial)
        .where(Trial.user_id == user_id, Trial.trial_id == trial_id)
        .execution_options(populate_existing=True)
    )
    found = session.scalar(wanted.with_for_update() if lock else wanted)
    if found is None:
        raise NotFound("There is no such trial.")
    return found


def open_one(session: Session, user_id: UUID) -> Trial | None:
    """The trial that is under way."""
    return session.scalar(
        select(Trial)
        .where(Trial.user_id == user_id, Trial.ended_at.is_(None), Trial.stopped_at.is_(None))
        .execution_options(populate_existing=True)
    )


def listed(session: Session, user_id: UUID, *, limit: int, offset: int) -> tuple[list[Trial], int]:
    """A page, newest first, and how many there are in all."""
    total = session.scalar(select(func.count()).select_from(Trial).where(Trial.user_id == user_id))
    rows = session.scalars(
        select(Trial)
        .where(Trial.user_id == user_id)
        .order_by(Trial.created_at.desc(), Trial.trial_id.desc())
        .limit(limit)
        .offset(offset)
        .execution_options(populate_existing=True)
    )
    return list(rows), total or 0


def change(session: Session, user_id: UUID, trial_id: UUID, **values: Any) -> None:
    session.execute(
        update(Trial)
        .where(Trial.user_id == user_id, Trial.trial_id == trial_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    session.expire_all()


def remove(session: Session, user_id: UUID, trial_id: UUID) -> None:
    session.delete(get(session, user_id, trial_id, lock=True))
    session.flush()


def due(session: Session, now: datetime, *, at_most: int) -> list[tuple[UUID, UUID]]:
    """Whose trial has come to its end: (user_id, trial_id). Held until the transaction ends.

    By the index ix_trials_due; what another worker holds is left to it.
    """
    rows = session.execute(
        select(Trial.user_id, Trial.trial_id)
        .where(Trial.ends_at <= now, Trial.ended_at.is_(None), Trial.stopped_at.is_(None))
        .order_by(Trial.ends_at)
        .limit(at_most)
        .with_for_update(skip_locked=True)
    )
    return [(row.user_id, row.trial_id) for row in rows]
