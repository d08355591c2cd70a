"""Opening and deleting what is kept of a check. Reading its scores is `data.analyses`."""

from __future__ import annotations

import io
from uuid import UUID

from PIL import Image
from sqlalchemy.orm import Session

from core.errors import NotFound
from data import analyses, audit, dirty_days, photos, queue, vault

_QUALITY = 88  # of renditions: for looking at, not for measuring


def photo(
    session: Session,
    user_id: UUID,
    analysis_id: UUID,
    *,
    shot: int | None = None,
    longest_side: int | None = 1280,
) -> bytes:
    """A photo of a check as JPEG, no side longer than `longest_side` pixels (None: as kept).

    `shot` is its position from 1; None is the one that stands for the check.
    """
    row = analyses.row(session, user_id, analysis_id)
    if row.photo_id is None:
        raise NotFound("This check has no photo.")
    if shot is None:
        kept = photos.get(session, user_id, row.photo_id)
    else:
        shots = photos.of_check(session, user_id, analysis_id)
        if not 1 <= shot <= len(shots):
            raise NotFound(f"This check has no photo {shot}.")
        kept = shots[shot - 1]
    jpeg = vault.read(session, user_id, vault.Kept(kept.object_key, kept.wrapped_key))
    if longest_side is None or max(kept.width, kept.height) <= longest_side:
        return jpeg
    return _smaller(jpeg, longest_side)


def maps(session: Session, user_id: UUID, analysis_id: UUID) -> bytes | None:
    """The packed maps of a check, for `pipeline.overlay`; None when it has none."""
    row = analyses.row(session, user_id, analysis_id)
    if row.maps_object_key is None or row.maps_wrapped_key is None:
        return None
    return vault.read(session, user_id, vault.Kept(row.maps_object_key, row.maps_wrapped_key))


def delete(session: Session, user_id: UUID, analysis_id: UUID) -> None:
    """Delete a check in every version: rows, jobs, photos and maps, all with this transaction."""
    asked = analyses.row(session, user_id, analysis_id)
    first = asked.rescored_from or asked.id
    versions = analyses.versions(session, user_id, first, lock=True)
    kept = photos.of_check(session, user_id, first)
    object_keys = [row.maps_object_key for row in versions]
    object_keys += [photo.object_key for photo in kept]
    dirty_days.mark_check(session, first, at_once=True)
    for row in versions:
        queue.withdraw(session, row.id)
    photos.remove(session, user_id, [photo.photo_id for photo in kept])
    analyses.remove(session, user_id, first)  # what no photo took along
    vault.discard(session, *object_keys)
    audit.add(session, "check_deleted", actor=user_id, analysis_id=str(first))


def _smaller(jpeg: bytes, longest_side: int) -> bytes:
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
        image.draft("RGB", (longest_side, longest_side))  # decodes at 1/2, 1/4 or 1/8 where it can
        image.thumbnail((longest_side, longest_side))
        file = io.BytesIO()
        image.convert("RGB").save(file, "JPEG", quality=_QUALITY)
    return file.getvalue()
