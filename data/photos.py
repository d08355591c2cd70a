"""Rows of photos. Their pixels are in the vault."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.ids import new_id
from data.tables import Photo
from data.vault import Kept


def add(
    session: Session,
    user_id: UUID,
    kept: Kept,
    *,
    sha256: str,
    size: int,
    width: int,
    height: int,
    original_format: str,
) -> UUID:
    photo = Photo(
        photo_id=new_id(),
        user_id=user_id,
        sha256=sha256,
        size=size,
        width=width,
        height=height,
        original_format=original_format,
        object_key=kept.object_key,
        wrapped_key=kept.wrapped_key,
    )
    session.add(photo)
    session.flush()
    return photo.photo_id


def get(session: Session, user_id: UUID, photo_id: UUID) -> Photo:
    photo = session.scalar(
        select(Photo).where(Photo.user_id == user_id, Photo.photo_id == photo_id)
    )
    if photo is None:
        raise NotFound("There is no such photo.")
    return photo


def remove(session: Session, user_id: UUID, photo_id: UUID) -> None:
    """Delete the row, and with it the checks of this photo."""
    session.execute(delete(Photo).where(Photo.user_id == user_id, Photo.photo_id == photo_id))
    session.expire_all()
