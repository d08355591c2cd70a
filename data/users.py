"""Reading and writing people."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.errors import Conflict, NotFound
from core.ids import new_id
from core.people import Role, SkinType
from data import dirty_days
from data.tables import User

# What decides whether, and in which group, a person counts in the statistics.
_COUNTED_BY = {"age", "skin_type", "role", "is_active"}


def add(
    session: Session,
    *,
    email: str,
    password_hash: str,
    first_name: str,
    last_name: str,
    age: int | None,
    skin_type: SkinType | None,
) -> User:
    """A new person with the role `user`. Conflict when the e-mail address has an account."""
    user = User(
        user_id=new_id(),
        email=email,
        password_hash=password_hash,
        first_name=first_name,
        last_name=last_name,
        age=age,
        skin_type=skin_type,
    )
    try:
        with session.begin_nested():
            session.add(user)
    except IntegrityError as error:
        if "uq_users_email" not in str(error.orig):
            raise
        raise Conflict("There is already an account with this e-mail address.") from None
    return user


def get(session: Session, user_id: UUID) -> User:
    user = session.get(User, user_id)
    if user is None:
        raise NotFound("There is no such account.")
    return user


def lock(session: Session, user_id: UUID) -> User:
    """The person, with what else this transaction does for them done one at a time."""
    user = session.scalar(
        select(User)
        .where(User.user_id == user_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if user is None:
        raise NotFound("There is no such account.")
    return user


def by_email(session: Session, email: str) -> User | None:
    return session.scalar(select(User).where(func.lower(User.email) == func.lower(email)))


def anybody(session: Session) -> bool:
    """Whether there is any account."""
    return session.scalar(select(User.user_id).limit(1)) is not None


def everybody(session: Session) -> Iterator[UUID]:
    """Whoever has an account; in memory are a thousand."""
    yield from session.scalars(select(User.user_id), execution_options={"yield_per": 1000})


def note_login(session: Session, user_id: UUID) -> None:
    change(session, user_id, last_login=func.now())


def change(session: Session, user_id: UUID, **values: Any) -> None:
    changed = session.execute(update(User).where(User.user_id == user_id).values(**values))
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise NotFound("There is no such account.")
    if values.keys() & _COUNTED_BY:
        dirty_days.mark_person(session, user_id)


def with_roles(session: Session, roles: Collection[Role]) -> list[UUID]:
    """Everybody who takes part in one of these roles."""
    return list(
        session.scalars(
            select(User.user_id)
            .where(User.role.in_(list(roles)), User.is_active)
            .order_by(User.user_id)
        )
    )
