"""A photo comes in."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, StringConstraints
from sqlalchemy.orm import Session

from core.errors import Conflict, NotAllowed, TooMany, UnreadablePhoto
from core.inputs import checked, one_line
from core.people import Identity, Purpose
from core.settings import settings
from data import analyses, audit, photos, progress, users, vault
from pipeline import consents, jobs, photo

_SUBMITTED = "photo_submitted"
_DAY = timedelta(days=1)

IdempotencyKey = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, strict=True),
    AfterValidator(one_line),
]


def submit(
    session: Session, identity: Identity, content: bytes, *, idempotency_key: str | None = None
) -> UUID:
    """Keep a photo and put its check in the queue; the id of the check.

    Rows and job come about with the caller's transaction. The encrypted object is written before:
    when the transaction fails it is removed, and after a crash the sweep removes it.

    The same photo again is a new check, unless `idempotency_key` was used before: then the id is
    that of the first. Raises NotAllowed without consent, TooMany, UnreadablePhoto.
    """
    if idempotency_key is not None:
        idempotency_key = checked(IdempotencyKey, idempotency_key, "idempotency key")
    _check_size(content)
    sha256 = hashlib.sha256(content).hexdigest()
    # Asked before the costly part and again after it, when nobody else can change the answer.
    earlier = _earlier(session, identity.user_id, idempotency_key, sha256)
    if earlier is not None:
        return earlier
    _check_allowed(session, identity.user_id)
    accepted = photo.accept(content)

    user = users.lock(session, identity.user_id)  # one photo of a person at a time
    if not user.is_active:
        raise NotAllowed("This account is closed.")
    earlier = _earlier(session, user.user_id, idempotency_key, sha256)
    if earlier is not None:
        return earlier
    _check_allowed(session, user.user_id)
    kept = vault.keep(session, user.user_id, accepted.jpeg)
    photo_id = photos.add(
        session,
        user.user_id,
        kept,
        sha256=sha256,
        size=len(accepted.jpeg),
        width=accepted.width,
        height=accepted.height,
        original_format=accepted.original_format,
    )
    analysis_id = progress.add(session, user.user_id, photo_id, idempotency_key=idempotency_key)
    audit.add(session, _SUBMITTED, actor=user.user_id, analysis_id=str(analysis_id))
    jobs.enqueue(session, analysis_id)
    return analysis_id


def _check_size(content: bytes) -> None:
    most = settings().photo_max_mb
    if len(content) > most * 2**20:
        raise UnreadablePhoto(
            f"The photo has {len(content) / 2**20:.0f} MB; {most} MB is the most we take. "
            "Save it at a smaller size and try again."
        )


def _earlier(
    session: Session, user_id: UUID, idempotency_key: str | None, sha256: str
) -> UUID | None:
    if idempotency_key is None:
        return None
    row = analyses.by_idempotency_key(session, user_id, idempotency_key)
    if row is None:
        return None
    if row.photo_id is None or photos.get(session, user_id, row.photo_id).sha256 != sha256:
        raise Conflict("This idempotency key was used for another photo.")
    return row.id


def _check_allowed(session: Session, user_id: UUID) -> None:
    consents.require(session, user_id, Purpose.ANALYSIS)
    if analyses.waiting(session, user_id) >= settings().photos_waiting_per_user:
        raise TooMany(
            f"{settings().photos_waiting_per_user} of your photos are waiting to be scored. "
            "Wait until the first is done.",
            5,
        )
    # Counted where deleting a check does not help.
    if audit.count(session, _SUBMITTED, actor=user_id, within=_DAY) >= settings().photos_per_day:
        raise TooMany(
            f"You have sent {settings().photos_per_day} photos within a day, which is the limit. "
            "Try again tomorrow.",
            _DAY.total_seconds(),
        )
