"""When dermatologists are away, and who is on duty."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, ColumnElement, delete, exists, literal_column, select
from sqlalchemy.orm import Session

from core.ids import new_id
from core.people import Role
from data.tables import Absence as Row
from data.tables import User


@dataclass(frozen=True)
class Absence:
    absence_id: UUID
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Colleague:
    """A dermatologist with an account."""

    user_id: UUID
    name: str
    is_away: bool  # now


def add(session: Session, user_id: UUID, starts_at: datetime, ends_at: datetime) -> UUID:
    row = Row(absence_id=new_id(), user_id=user_id, starts_at=starts_at, ends_at=ends_at)
    session.add(row)
    session.flush()
    return row.absence_id


def remove(session: Session, user_id: UUID, absence_id: UUID) -> bool:
    """Whether there was one."""
    removed = session.scalars(
        delete(Row)
        .where(Row.user_id == user_id, Row.absence_id == absence_id)
        .returning(Row.absence_id)
    )
    return bool(removed.all())


def of(session: Session, user_id: UUID, *, after: datetime) -> list[Absence]:
    """Those that are not over, the next first."""
    rows = session.scalars(
        select(Row).where(Row.user_id == user_id, Row.ends_at > after).order_by(Row.starts_at)
    )
    return [Absence(row.absence_id, row.starts_at, row.ends_at) for row in rows]


def colleagues(session: Session, now: datetime) -> list[Colleague]:
    """Every dermatologist, by name, with whether they are away now."""
    away = exists().where(Row.user_id == User.user_id, Row.starts_at <= now, Row.ends_at > now)
    rows = session.execute(
        select(User.user_id, User.first_name, User.last_name, away)
        .where(_has(Role.DERMATOLOGIST), User.is_active)
        .order_by(User.last_name, User.first_name, User.user_id)
    )
    return [Colleague(id_, f"{first} {last}", is_away) for id_, first, last, is_away in rows]


def admins(session: Session) -> list[UUID]:
    return list(session.scalars(select(User.user_id).where(_has(Role.ADMIN), User.is_active)))


def _has(role: Role) -> ColumnElement[bool]:
    """Written out: with a parameter the planner would not know that the index of staff fits."""
    return literal_column(f"users.role = '{role.value}'", Boolean)
