"""How much there is of a person in the database, table by table.

Found through the foreign keys that cascade, which is how it is erased: a table that comes later is
counted without anybody thinking of it.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, tuple_
from sqlalchemy.orm import Session

from data.tables import AnalysisResult, Base, Photo, User

_USERS: Any = User.__table__


def rows(session: Session, user_id: UUID) -> dict[str, int]:
    """How many rows of each table go with the person; tables without one are left out."""
    counted = {
        name: session.scalar(select(func.count()).select_from(table).where(wanted)) or 0
        for name, (table, wanted) in belonging(user_id).items()
    }
    return {name: number for name, number in counted.items() if number}


def objects(session: Session, user_id: UUID) -> dict[str, int]:
    """How many encrypted objects of each kind belong to the person."""
    photos = select(func.count()).select_from(Photo).where(Photo.user_id == user_id)
    maps = select(func.count(AnalysisResult.maps_object_key)).where(
        AnalysisResult.user_id == user_id
    )
    picture = select(func.count(User.picture_object_key)).where(User.user_id == user_id)
    wanted = {"photos": photos, "maps": maps, "profile_pictures": picture}
    return {kind: session.scalar(query) or 0 for kind, query in wanted.items()}


def belonging(user_id: UUID) -> dict[str, tuple[Any, ColumnElement[bool]]]:
    """Each table with the condition that its rows are the person's, parents before children."""
    found: dict[str, tuple[Any, ColumnElement[bool]]] = {
        _USERS.name: (_USERS, _USERS.c.user_id == user_id)
    }
    for table in Base.metadata.sorted_tables:
        ways = [
            tuple_(*key.columns).in_(
                select(*_referred(key)).where(found[key.referred_table.name][1])
            )
            for key in table.foreign_key_constraints
            if key.ondelete == "CASCADE"
            and key.referred_table.name in found
            and key.referred_table is not table
        ]
        if ways:
            found[table.name] = (table, or_(*ways))
    return found


def _referred(key: Any) -> list[ColumnElement[Any]]:
    return [element.column for element in key.elements]
