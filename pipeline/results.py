"""Opening and deleting what is kept of a check. Reading its scores is `data.analyses`."""

from __future__ import annotations

import io
from uuid import UUID

from PIL import Image
from sqlalchemy.orm import Session

from core.errors import NotFound
from data import analyses, audit, photos, queue, vault

_QUALITY = 88  # of renditions: for looking at, not for measuring


def photo(
    session: Session, user_id: UUID, analysis_id: UUID, *, longest_side: int | None = 1280
) -> bytes:
    """The photo of a check as JPEG, no side longer than `longest_side` pixels (None: as kept)."""
    row = analyses.row(session, user_id, analysis_id)
    if row.photo_id is None:
        raise NotFound("This check has no photo.")
    kept = photos.get(session, user_id, row.photo_id)
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
    """Delete a check: its rows, job, photo and maps, all with this transaction."""
    row = analyses.row(session, user_id, analysis_id, lock=True)
    queue.withdraw(session, analysis_id)
    object_keys = [row.maps_object_key]
    if row.photo_id is not None:
        object_keys.append(photos.get(session, user_id, row.photo_id).object_key)
        photos.remove(session, user_id, row.photo_id)  # and the check with it
    else:
        session.delete(row)
        session.flush()
    vault.discard(session, *object_keys)
    audit.add(session, "check_deleted", actor=user_id, analysis_id=str(analysis_id))


def _smaller(jpeg: bytes, longest_side: int) -> bytes:
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
        image.draft("RGB", (longest_side, longest_side))  # decodes at 1/2, 1/4 or 1/8 where it can
        image.thumbnail((longest_side, longest_side))
        file = io.BytesIO()
        image.convert("RGB").save(file, "JPEG", quality=_QUALITY)
    return file.getvalue()
