"""People who have a key and one encrypted object each, for tests of rotations."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from core.ids import new_id
from data import user_keys, users, vault
from data.database import read, transaction
from data.vault import Kept

Faces = dict[UUID, Kept]  # the object holds the person's id


def with_faces(number: int) -> Faces:
    with transaction() as session:
        return dict(_one_more(session) for _ in range(number))


def _one_more(session: Session) -> tuple[UUID, Kept]:
    user_id = users.add(
        session,
        email=f"{new_id()}@example.org",
        password_hash="nobody signs in",
        first_name="Ada",
        last_name="Byron",
        age=None,
        skin_type=None,
    ).user_id
    user_keys.make(session, user_id)
    return user_id, vault.keep(session, user_id, user_id.bytes)


def check_all_open(faces: Faces) -> None:
    for user_id, face in faces.items():
        with read() as session:
            assert vault.read(session, user_id, face) == user_id.bytes


def needed() -> dict[int, int]:
    """How many keys each version of the master key wraps."""
    with read() as session:
        return user_keys.by_version(session)
