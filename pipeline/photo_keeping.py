"""Keeping an accepted photo: its encrypted object and its row."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from data import photos, vault
from pipeline.photo import AcceptedPhoto


def keep(session: Session, user_id: UUID, accepted: AcceptedPhoto) -> UUID:
    """Under the person's own key; the id of the row, which stands with the caller's transaction."""
    kept = vault.keep(session, user_id, accepted.jpeg)
    return photos.add(
        session,
        user_id,
        kept,
        sha256=accepted.sha256,
        size=len(accepted.jpeg),
        width=accepted.width,
        height=accepted.height,
        original_format=accepted.original_format,
    )
