"""Rows of photos. Their pixels are in the vault."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.ids import new_id
from data.tables import Photo, Shot
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


def of_check(session: Session, user_id: UUID, analysis_id: UUID) -> list[Photo]:
    """The photos of a check in the order of its shots; empty when it is not this person's."""
    wanted = (
        select(Photo)
        .join(Shot, Shot.photo_id == Photo.photo_id)
        .where(Photo.user_id == user_id, Shot.analysis_id == analysis_id)
        .order_by(Shot.position)
    )
    return list(session.scalars(wanted))


def hashes_of(session: Session, user_id: UUID, analysis_id: UUID) -> tuple[str, ...]:
    """SHA-256 of the files that were uploaded for a check, in order."""
    return tuple(photo.sha256 for photo in of_check(session, user_id, analysis_id))


def remove(session: Session, user_id: UUID, photo_ids: Sequence[UUID]) -> None:
    """Delete the rows, and with them the checks that these photos stand for, in every version."""
    session.execute(delete(Photo).where(Photo.user_id == user_id, Photo.photo_id.in_(photo_ids)))
    session.expire_all()
