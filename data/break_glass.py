"""Cases that staff opened although they were not theirs: who, why, until when.

`pipeline.break_glass` has asked before whether who asks may open or list them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from core.ids import new_id
from data.tables import BreakGlass, User


@dataclass(frozen=True)
class Opening:
    """One case that was opened out of turn."""

    break_glass_id: UUID
    consultation_id: UUID
    name: str | None  # who opened it; None: the account is gone
    reason: str
    opened_at: datetime
    ends_at: datetime


def add(
    session: Session,
    whose: UUID,
    consultation_id: UUID,
    staff_id: UUID,
    *,
    reason: str,
    ends_at: datetime,
) -> UUID:
    row = BreakGlass(
        break_glass_id=new_id(),
        consultation_id=consultation_id,
        user_id=whose,
        staff_id=staff_id,
        reason=reason,
        ends_at=ends_at,
    )
    session.add(row)
    session.flush()
    return row.break_glass_id


def in_force(session: Session, staff_id: UUID, consultation_id: UUID) -> Opening | None:
    """By which this colleague may read this case at this moment."""
    wanted = _openings().where(
        BreakGlass.staff_id == staff_id,
        BreakGlass.consultation_id == consultation_id,
        BreakGlass.ends_at > func.now(),
    )
    return next(iter(_found(session, wanted.limit(1))), None)


def listed(
    session: Session, staff_id: UUID | None, *, limit: int, offset: int = 0
) -> tuple[list[Opening], int]:
    """Of this colleague, or of all; the newest first, and how many there are."""
    wanted, count = _openings(), select(func.count()).select_from(BreakGlass)
    if staff_id is not None:
        wanted = wanted.where(BreakGlass.staff_id == staff_id)
        count = count.where(BreakGlass.staff_id == staff_id)
    return _found(session, wanted.limit(limit).offset(offset)), session.scalar(count) or 0


def count_since(session: Session, staff_id: UUID, within: timedelta) -> int:
    """How many cases this colleague has opened so lately."""
    return (
        session.scalar(
            select(func.count())
            .select_from(BreakGlass)
            .where(BreakGlass.staff_id == staff_id, BreakGlass.opened_at > func.now() - within)
        )
        or 0
    )


def end(session: Session, break_glass_id: UUID) -> None:
    """It is open no longer."""
    session.execute(
        update(BreakGlass)
        .where(BreakGlass.break_glass_id == break_glass_id, BreakGlass.ends_at > func.now())
        .values(ends_at=func.now())
    )


def reasons(session: Session, user_id: UUID, ids: Collection[UUID]) -> dict[UUID, str]:
    """Why the person's cases were opened, in the words of who did; other people's are left out."""
    rows = session.execute(
        select(BreakGlass.break_glass_id, BreakGlass.reason).where(
            BreakGlass.user_id == user_id, BreakGlass.break_glass_id.in_(ids)
        )
    )
    return {row.break_glass_id: row.reason for row in rows}


def _openings() -> Select[Any, Any, Any]:
    return (
        select(BreakGlass, User.first_name, User.last_name)
        .outerjoin(User, User.user_id == BreakGlass.staff_id)
        .order_by(BreakGlass.opened_at.desc(), BreakGlass.break_glass_id.desc())
        .execution_options(populate_existing=True)
    )


def _found(session: Session, wanted: Select[Any, Any, Any]) -> list[Opening]:
    return [
        Opening(
            row.break_glass_id,
            row.consultation_id,
            None if first is None else f"{first} {last}",
            row.reason,
            row.opened_at,
            row.ends_at,
        )
        for row, first, last in session.execute(wanted)
    ]
