"""A person's encrypted objects, beside the rows that name them.

What is kept is written before the rows that name it, and what is discarded is removed after the
rows are gone. A crash in between leaves an object without a row,
which the sweep removes; a row without its object cannot come about.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from uuid import UUID

import structlog
from sqlalchemy import event, select, union_all
from sqlalchemy.orm import Session

from core.errors import SkincareError
from data import crypto, user_keys
from data.photo_store import new_key, photo_store
from data.tables import AnalysisResult, Photo, User

log = structlog.get_logger(__name__)

_ASKED_AT_ONCE = 1000  # keys, of however many objects there are


@dataclass(frozen=True)
class Kept:
    """What a row has to hold of an object."""

    object_key: str
    wrapped_key: bytes


def keep(session: Session, user_id: UUID, content: bytes) -> Kept:
    """Encrypt and store; the object is removed again if this transaction rolls back."""
    key = new_key()
    sealed, wrapped = crypto.seal(
        content, user_keys.get(session, user_id), object_key=key, user_id=user_id
    )
    photo_store().put(key, sealed)
    _at_the_end(session, "after_rollback", lambda: _remove((key,)))
    return Kept(key, wrapped)


def read(session: Session, user_id: UUID, kept: Kept) -> bytes:
    """Fetch and decrypt. NotFound when it is gone, Undecipherable when it is not what it was."""
    user_key = user_keys.get(session, user_id)
    sealed = photo_store().get(kept.object_key)
    return crypto.open_(
        sealed, kept.wrapped_key, user_key, object_key=kept.object_key, user_id=user_id
    )


def discard(session: Session, *object_keys: str | None) -> None:
    """Remove these objects as soon as this transaction has committed."""
    keys = tuple(key for key in object_keys if key is not None)
    _at_the_end(session, "after_commit", lambda: _remove(keys))


def sweep(session: Session, *, grace: timedelta) -> int:
    """Remove objects that no row names and that are older than `grace`; how many."""
    # Whatever gets its row after a question is younger than the grace, and so not in the list.
    listed = photo_store().keys_older_than(grace)
    removed = 0
    while keys := list(islice(listed, _ASKED_AT_ONCE)):
        orphans = set(keys) - _named(session, keys)
        _remove(tuple(orphans))
        removed += len(orphans)
    return removed


def _named(session: Session, keys: list[str]) -> set[str]:
    """Those of the keys that some row names."""
    columns = (Photo.object_key, AnalysisResult.maps_object_key, User.picture_object_key)
    return {
        key
        for key in session.scalars(union_all(*(select(c).where(c.in_(keys)) for c in columns)))
        if key is not None
    }


def keys_of(session: Session, user_id: UUID) -> list[str]:
    """The keys of all objects of one person."""
    return list(
        session.scalars(
            union_all(
                select(Photo.object_key).where(Photo.user_id == user_id),
                select(AnalysisResult.maps_object_key).where(
                    AnalysisResult.user_id == user_id, AnalysisResult.maps_object_key.is_not(None)
                ),
                select(User.picture_object_key).where(
                    User.user_id == user_id, User.picture_object_key.is_not(None)
                ),
            )
        )
    )


@dataclass(frozen=True)
class Belonging:
    """An object and whose it is."""

    user_id: UUID
    kept: Kept


def everything(session: Session, *, at_once: int = 1000) -> Generator[Belonging]:
    """Every object that a row names, of everybody: for backups. In memory are `at_once`.

    Close it where it is not read to its end.
    """
    columns = (
        (Photo.user_id, Photo.object_key, Photo.wrapped_key),
        (AnalysisResult.user_id, AnalysisResult.maps_object_key, AnalysisResult.maps_wrapped_key),
        (User.user_id, User.picture_object_key, User.picture_wrapped_key),
    )
    for owner, key, wrapped in columns:
        with session.execute(
            select(owner, key, wrapped).where(key.is_not(None)),
            execution_options={"yield_per": at_once},
        ) as rows:
            for user_id, object_key, wrapped_key in rows:
                if object_key is not None and wrapped_key is not None:  # none without the other
                    yield Belonging(user_id, Kept(object_key, wrapped_key))


def is_named(session: Session, object_key: str) -> bool:
    return bool(_named(session, [object_key]))


def _at_the_end(session: Session, how: str, do: Callable[[], None]) -> None:
    event.listen(session, how, lambda _session: do(), once=True)


def _remove(keys: tuple[str, ...]) -> None:
    for key in keys:
        try:
            photo_store().delete(key)
        except SkincareError as error:  # the rows are settled; the sweep will try again
            log.warning("object_not_removed", object_key=key, reason=str(error))
