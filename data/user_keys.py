"""The keys of people: each wraps the data keys of one person's photos."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.keys import master_keys
from data import crypto
from data.tables import UserKey


def make(session: Session, user_id: UUID) -> None:
    masters = master_keys()
    version = max(masters)
    wrapped = crypto.wrap_user_key(crypto.new_key(), masters[version], user_id, version)
    session.add(UserKey(user_id=user_id, wrapped_key=wrapped, master_version=version))
    session.flush()


def get(session: Session, user_id: UUID) -> bytes:
    row = session.get(UserKey, user_id)
    if row is None:
        raise NotFound("The key of this account was destroyed: its photos cannot be opened.")
    master = master_keys().get(row.master_version)
    if master is None:
        raise crypto.Undecipherable(
            f"Master key {row.master_version} is not among the keys of this installation."
        )
    return crypto.unwrap_user_key(row.wrapped_key, master, user_id, row.master_version)


def destroy(session: Session, user_id: UUID) -> None:
    session.execute(delete(UserKey).where(UserKey.user_id == user_id))


def rewrap(session: Session, *, at_most: int = 1000) -> int:
    """Wrap keys under the newest master key that are still under an older one; how many.

    Photos are not touched. When it returns 0, the older master key can go.
    """
    masters = master_keys()
    newest = max(masters)
    rows = session.scalars(
        select(UserKey)
        .where(UserKey.master_version != newest)
        .limit(at_most)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        key = get(session, row.user_id)
        row.wrapped_key = crypto.wrap_user_key(key, masters[newest], row.user_id, newest)
        row.master_version = newest
    session.flush()
    return len(rows)
