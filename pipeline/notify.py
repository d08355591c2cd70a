"""Telling people things: in the app, and by e-mail where they want that."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from core.errors import InvalidInput
from core.notifications import FACTS, Channel, Kind
from data import notification_preferences, notifications
from data.notifications import Draft
from pipeline.notification_words import link, words

KEPT = timedelta(days=180)  # then a notification is removed, read or not


def tell(
    session: Session,
    user_id: UUID,
    kind: Kind,
    *,
    dedupe: str,
    about: UUID | None = None,
    **facts: str,
) -> bool:
    """Tell a person something, as part of the session's transaction. Whether it was news.

    The same `dedupe` is told a person once. `about` is the check, consultation or trial that the
    link leads to. `facts` go into the words, see pipeline.notification_words.words.
    """
    now = notification_preferences.now(session)
    preferences = notification_preferences.read(session, user_id)
    if preferences.is_on(kind, Channel.APP) and not (
        FACTS[kind].is_reminder and preferences.is_paused(kind, now)
    ):
        said = words(kind, facts)
        draft = Draft(
            user_id,
            kind,
            said.title,
            said.message,
            link(kind, about),
            about,
            dedupe,
            read_at=now if preferences.is_paused(kind, now) else None,
        )
        return bool(notifications.add(session, [draft]))
    return False


def wants(session: Session, user_id: UUID, kind: Kind, channel: Channel) -> bool:
    """Whether news of this kind shall call the person by this channel now."""
    preferences = notification_preferences.read(session, user_id)
    return preferences.wants(kind, channel, notification_preferences.now(session))


def switch(session: Session, user_id: UUID, kind: Kind, channel: Channel, *, on: bool) -> None:
    """Have news of one kind come by one channel, or not: what an unsubscribe link does."""
    if channel is Channel.APP and FACTS[kind].is_mandatory and not on:
        raise InvalidInput(f"“{FACTS[kind].name}” cannot be switched off: it guards your account.")
    notification_preferences.choose(session, user_id, kind, channel, is_wanted=on)


def seen(session: Session, user_id: UUID, about: UUID) -> None:
    """The person looks at this check, consultation or trial: its news need not call any more."""
    notifications.mark_all(session, user_id, about=about)
