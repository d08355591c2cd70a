"""Photos come in: one check of one to five of them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, StringConstraints
from sqlalchemy.orm import Session

from core import devices
from core.analyses import MOST_SHOTS
from core.errors import Conflict, InvalidInput, NotAllowed, TooMany, UnreadablePhoto
from core.inputs import checked, one_line
from core.people import Identity, Purpose
from core.settings import settings
from data import analyses, audit, progress, users
from data import photos as photo_rows
from pipeline import consents, jobs, photo, photo_keeping
from pipeline.safety import answers

_SUBMITTED = "photo_submitted"
_DAY = timedelta(days=1)

IdempotencyKey = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, strict=True),
    AfterValidator(one_line),
]


def submit(
    session: Session,
    identity: Identity,
    photos: Sequence[bytes],
    *,
    idempotency_key: str | None = None,
    user_agent: str | None = None,
) -> UUID:
    """Keep 1 to 5 photos of one moment and put their check in the queue; the id of the check.

    Rows and job come about with the caller's transaction. The encrypted objects are written
    before: when the transaction fails they are removed, and after a crash the sweep removes them.

    Of `user_agent`, what sent them, no more is kept than whether it was a phone or a computer.
    The same photos again are a new check, unless `idempotency_key` was used before: then the id is
    that of the first. Raises NotAllowed without consent, SafetyQuestionsDue, RedFlagRaised,
    TooMany, InvalidInput, UnreadablePhoto.
    """
    if idempotency_key is not None:
        idempotency_key = checked(IdempotencyKey, idempotency_key, "idempotency key")
    _check_number(photos)
    for content in photos:
        _check_size(content)
    hashes = tuple(hashlib.sha256(content).hexdigest() for content in photos)
    # Asked before the costly part and again after it, when nobody else can change the answer.
    earlier = _earlier(session, identity.user_id, idempotency_key, hashes)
    if earlier is not None:
        return earlier
    _check_distinct(hashes)
    _check_allowed(session, identity.user_id, len(photos))
    accepted = [_accept(content, number, len(photos)) for number, content in enumerate(photos, 1)]

    user = users.lock(session, identity.user_id)  # one check of a person at a time
    if not user.is_active:
        raise NotAllowed("This account is closed.")
    earlier = _earlier(session, user.user_id, idempotency_key, hashes)
    if earlier is not None:
        return earlier
    _check_allowed(session, user.user_id, len(photos))
    photo_ids = [photo_keeping.keep(session, user.user_id, one) for one in accepted]
    analysis_id = progress.add(
        session,
        user.user_id,
        photo_ids,
        idempotency_key=idempotency_key,
        device=None if user_agent is None else devices.kind(user_agent),
    )
    for photo_id in photo_ids:  # each counts against the limit of a day
        audit.add(
            session,
            _SUBMITTED,
            actor=user.user_id,
            analysis_id=str(analysis_id),
            photo_id=str(photo_id),
        )
    jobs.enqueue(session, analysis_id)
    return analysis_id


def _accept(content: bytes, number: int, of: int) -> photo.AcceptedPhoto:
    try:
        return photo.accept(content)
    except UnreadablePhoto as error:
        if of == 1:
            raise
        raise UnreadablePhoto(f"Photo {number}: {error}") from error


def _check_number(photos: Sequence[bytes]) -> None:
    if not 1 <= len(photos) <= MOST_SHOTS:
        raise InvalidInput(f"A check takes 1 to {MOST_SHOTS} photos; these are {len(photos)}.")


def _check_distinct(hashes: Sequence[str]) -> None:
    if len(set(hashes)) < len(hashes):
        raise InvalidInput(
            "Two of the files are the same photo. Take another one: only a second shot says how "
            "much the scores vary by chance."
        )


def _check_size(content: bytes) -> None:
    most = settings().photo_max_mb
    if len(content) > most * 2**20:
        raise UnreadablePhoto(
            f"The photo has {len(content) / 2**20:.0f} MB; {most} MB is the most we take. "
            "Save it at a smaller size and try again."
        )


def _earlier(
    session: Session, user_id: UUID, idempotency_key: str | None, hashes: tuple[str, ...]
) -> UUID | None:
    if idempotency_key is None:
        return None
    row = analyses.by_idempotency_key(session, user_id, idempotency_key)
    if row is None:
        return None
    if photo_rows.hashes_of(session, user_id, row.id) != hashes:
        raise Conflict("This idempotency key was used for other photos.")
    return row.id


def _check_allowed(session: Session, user_id: UUID, photos: int) -> None:
    consents.require(session, user_id, Purpose.ANALYSIS)
    answers.require(session, user_id)
    if analyses.waiting(session, user_id) >= settings().photos_waiting_per_user:
        raise TooMany(
            f"{settings().photos_waiting_per_user} of your checks are waiting to be scored. "
            "Wait until the first is done.",
            5,
        )
    # Counted where deleting a check does not help.
    sent = audit.count(session, _SUBMITTED, actor=user_id, within=_DAY)
    if sent + photos > settings().photos_per_day:
        raise TooMany(
            f"You have sent {sent} photos within a day; {settings().photos_per_day} is the limit. "
            "Try again tomorrow.",
            _DAY.total_seconds(),
        )
