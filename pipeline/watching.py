"""How many notifications are unread, for many open tabs at once."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.orm import Session

from data import notifications, sessions


def unread_by_session(session: Session, session_ids: Collection[UUID]) -> dict[UUID, int]:
    """As notifications.unread, by live session; ended ones are missing. Uses no session."""
    people = sessions.people_of(session, session_ids)
    unread = notifications.unread_of_many(session, set(people.values()))
    return {session_id: unread[user_id] for session_id, user_id in people.items()}
