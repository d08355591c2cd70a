"""Questions that an analyst keeps. Whose they are comes first."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.ids import new_id
from data.tables import SavedView


@dataclass(frozen=True)
class Kept:
    view_id: UUID
    name: str
    query: str


def of(session: Session, user_id: UUID) -> list[Kept]:
    """By name."""
    found = session.scalars(
        select(SavedView).where(SavedView.user_id == user_id).order_by(func.lower(SavedView.name))
    )
    return [Kept(row.view_id, row.name, row.query) for row in found]


def save(session: Session, user_id: UUID, name: str, query: str) -> None:
    """Keep it; what had this name, however it was capitalised, is replaced."""
    session.execute(
        insert(SavedView)
        .values(view_id=new_id(), user_id=user_id, name=name, query=query)
        .on_conflict_do_update(
            index_elements=[SavedView.user_id, func.lower(SavedView.name)],
            set_={"name": name, "query": query},
        )
    )


def remove(session: Session, user_id: UUID, view_id: UUID) -> None:
    gone = session.execute(
        delete(SavedView)
        .where(SavedView.user_id == user_id, SavedView.view_id == view_id)
        .returning(SavedView.view_id)
    ).all()
    if not gone:
        raise NotFound("There is no such saved view.")


def count(session: Session, user_id: UUID) -> int:
    return (
        session.scalar(
            select(func.count()).select_from(SavedView).where(SavedView.user_id == user_id)
        )
        or 0
    )
