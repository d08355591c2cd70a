"""The keys of people: each wraps the data keys of one person's photos."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from core.errors import NotFound, Unavailable
from core.master_keys import master_keys
from data import crypto
from data.tables import UserKey


def make(session: Session, user_id: UUID) -> None:
    # What an INSERT takes anyway, but before the keys are read: whoever waits with `stop_changes`
    # then waits for everybody who may be about to wrap with an older key.
    session.execute(text("LOCK TABLE user_keys IN ROW EXCLUSIVE MODE"))
    masters = master_keys()
    version = max(masters)
    wrapped = crypto.wrap_user_key(crypto.new_key(), masters[version], user_id, version)
    session.add(UserKey(user_id=user_id, wrapped_key=wrapped, master_version=version))
    session.flush()


def get(session: Session, user_id: UUID) -> bytes:
    """Raises NotFound when it was destroyed, Unavailable when its master key is not here."""
    row = session.get(UserKey, user_id)
    masters = master_keys()  # after the row: what wraps a row was kept before
    if row is not None and row.master_version not in masters:
        # wrapped anew, and the older key retired, since this transaction looked at it
        row = session.get(UserKey, user_id, populate_existing=True)
        masters = master_keys()
    if row is None:
        raise NotFound("The key of this account was destroyed: its photos cannot be opened.")
    if row.master_version not in masters:
        # Not the photo's fault: what waits for it shall wait, not be given up.
        raise Unavailable(
            f"Master key {row.master_version} is not among the keys of this installation."
        )
    return crypto.unwrap_user_key(
        row.wrapped_key, masters[row.master_version], user_id, row.master_version
    )


def destroy(session: Session, user_id: UUID) -> None:
    session.execute(delete(UserKey).where(UserKey.user_id == user_id))


@dataclass(frozen=True)
class Batch:
    """What one call of `rewrap` has done."""

    rewrapped: int
    unopened: int  # damaged, or under a master key that is not here: left as they were
    last: UUID | None  # whose key it was; None: there was nothing left to do


def rewrap(session: Session, *, after: UUID | None = None, at_most: int = 1000) -> Batch:
    """Wrap keys under the newest master key that are under an older one, in the order of ids.

    Photos are not touched.
    """
    masters = master_keys()
    newest = max(masters)
    older = select(UserKey).where(UserKey.master_version != newest)
    if after is not None:
        older = older.where(UserKey.user_id > after)
    rows = session.scalars(
        older.order_by(UserKey.user_id)
        .limit(at_most)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    unopened = 0
    for row in rows:
        try:
            key = get(session, row.user_id)
        except (Unavailable, crypto.Undecipherable):
            unopened += 1
            continue
        row.wrapped_key = crypto.wrap_user_key(key, masters[newest], row.user_id, newest)
        row.master_version = newest
    session.flush()
    return Batch(len(rows) - unopened, unopened, rows[-1].user_id if rows else None)


def by_version(session: Session) -> dict[int, int]:
    """How many keys each version of the master key wraps."""
    counted = select(UserKey.master_version, func.count()).group_by(UserKey.master_version)
    return dict(session.execute(counted).all())


def stop_changes(session: Session) -> None:
    """Until this transaction ends nobody makes or wraps a key; who is at it is waited for."""
    session.execute(text("LOCK TABLE user_keys IN SHARE ROW EXCLUSIVE MODE"))
