"""What people say of themselves, and their picture."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from PIL import Image, ImageOps
from sqlalchemy.orm import Session

from core.errors import InvalidInput, NotFound, UnreadablePhoto
from core.inputs import PersonName, checked, checked_age, checked_skin_type
from core.people import Role, SkinType
from core.settings import settings
from data import users, vault
from pipeline import photo

PICTURE_SIDE = 256  # pixels
_LONGEST_PREFERENCES = 10_000  # characters of JSON


@dataclass(frozen=True)
class Profile:
    user_id: UUID
    email: str
    first_name: str
    last_name: str
    age: int | None  # years
    skin_type: SkinType | None
    preferences: dict[str, Any]
    role: Role
    created_at: datetime
    updated_at: datetime
    last_login: datetime | None
    is_active: bool
    has_picture: bool


def read(session: Session, user_id: UUID) -> Profile:
    user = users.get(session, user_id)
    return Profile(
        user_id=user.user_id,
        email=user.email,
        first_name=user.first_name,
        last_name=user.last_name,
        age=user.age,
        skin_type=user.skin_type,
        preferences=dict(user.preferences),
        role=user.role,
        created_at=user.created_at,
        updated_at=user.updated_at,
        last_login=user.last_login,
        is_active=user.is_active,
        has_picture=user.picture_object_key is not None,
    )


def update(session: Session, user_id: UUID, **changes: Any) -> None:
    """Change first_name, last_name, age, skin_type or preferences; InvalidInput for others.

    Age and skin type can be taken back with None. Preferences replace the earlier ones.
    """
    unknown = changes.keys() - _CHANGEABLE.keys()
    if unknown:
        raise InvalidInput(f"This cannot be changed here: {', '.join(sorted(unknown))}.")
    if changes:
        values = {name: _CHANGEABLE[name](value) for name, value in changes.items()}
        users.change(session, user_id, **values)
        session.expire_all()


def put_picture(session: Session, user_id: UUID, content: bytes) -> None:
    """Keep the middle square of a photo as the profile picture. Raises UnreadablePhoto."""
    if len(content) > settings().photo_max_mb * 2**20:
        raise UnreadablePhoto(f"The picture is larger than {settings().photo_max_mb} MB.")
    accepted = photo.accept(content)
    with Image.open(io.BytesIO(accepted.jpeg), formats=("JPEG",)) as image:
        square = ImageOps.fit(image, (PICTURE_SIDE, PICTURE_SIDE))
    file = io.BytesIO()
    square.save(file, "JPEG", quality=90)
    user = users.lock(session, user_id)
    before = user.picture_object_key
    kept = vault.keep(session, user_id, file.getvalue())
    user.picture_object_key, user.picture_wrapped_key = kept.object_key, kept.wrapped_key
    vault.discard(session, before)


def picture(session: Session, user_id: UUID) -> bytes:
    """The profile picture, a square JPEG. NotFound when there is none."""
    user = users.get(session, user_id)
    if user.picture_object_key is None or user.picture_wrapped_key is None:
        raise NotFound("There is no picture.")
    return vault.read(
        session, user_id, vault.Kept(user.picture_object_key, user.picture_wrapped_key)
    )


def remove_picture(session: Session, user_id: UUID) -> None:
    user = users.lock(session, user_id)
    vault.discard(session, user.picture_object_key)
    user.picture_object_key = user.picture_wrapped_key = None


def _preferences(value: Any) -> dict[str, Any]:
    """A JSON object that PostgreSQL can hold: no NUL, no lone surrogates, no NaN."""
    try:
        text = json.dumps(value, allow_nan=False, ensure_ascii=False)
        text.encode()
        kept = json.loads(text)
    except (TypeError, ValueError, RecursionError):
        kept = None
    if not isinstance(kept, dict) or len(text) > _LONGEST_PREFERENCES or "\\u0000" in text:
        raise InvalidInput("The preferences are not of the kind that is expected.")
    return kept


_CHANGEABLE: dict[str, Callable[[Any], Any]] = {
    "first_name": lambda value: checked(PersonName, value, "first name"),
    "last_name": lambda value: checked(PersonName, value, "last name"),
    "age": checked_age,
    "skin_type": checked_skin_type,
    "preferences": _preferences,
}
