"""Telling people things: in the app, and by e-mail where they want that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from core.errors import InvalidInput
from core.notification_preferences import Preferences
from core.notifications import FACTS, Channel, Kind
from data import database, notification_preferences, notifications
from data.notifications import Draft
from pipeline.mail import outbox
from pipeline.notification_words import link, words

KEPT = timedelta(days=180)  # then a notification is removed, read or not


@dataclass(frozen=True)
class Told:
    """One piece of news for one person."""

    user_id: UUID
    kind: Kind
    dedupe: str
    about: UUID | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


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
    preferences = {user_id: notification_preferences.read(session, user_id)}
    now = database.now(session)
    return bool(
        tell_many(session, [Told(user_id, kind, dedupe, about, facts)], preferences, now=now)
    )


def tell_many(
    session: Session,
    news: Sequence[Told],
    preferences: Mapping[UUID, Preferences],
    *,
    now: datetime,
) -> int:
    """Tell many people, with their preferences at hand; how much of it was news."""
    drafts = {
        (one.user_id, one.dedupe): draft
        for one in news
        if (draft := _draft(one, preferences[one.user_id], now)) is not None
    }
    written = notifications.add(session, list(drafts.values()))
    mailed = 0
    for one in news:
        key, wishes = (one.user_id, one.dedupe), preferences[one.user_id]
        is_old = key in drafts and key not in written
        if not is_old and wishes.wants(one.kind, Channel.EMAIL, now):
            outbox.notify_by_mail(
                session,
                one.user_id,
                one.kind,
                dedupe=one.dedupe,
                not_before=wishes.mail_from(one.kind, now),
            )
            mailed += key not in drafts
    return len(written) + mailed


def _draft(news: Told, preferences: Preferences, now: datetime) -> Draft | None:
    """What stands in the app, or None where the person does not want it there.

    Who has paused everything finds news in the list, marked as read. A reminder is worth nothing
    later: it is left out.
    """
    is_paused = preferences.is_paused(news.kind, now)
    if not preferences.is_on(news.kind, Channel.APP):
        return None
    if is_paused and FACTS[news.kind].is_reminder:
        return None
    said = words(news.kind, news.facts)
    return Draft(
        news.user_id,
        news.kind,
        said.title,
        said.message,
        link(news.kind, news.about),
        news.about,
        news.dedupe,
        read_at=now if is_paused else None,
    )


def wants(session: Session, user_id: UUID, kind: Kind, channel: Channel) -> bool:
    """Whether news of this kind shall call the person by this channel now."""
    preferences = notification_preferences.read(session, user_id)
    return preferences.wants(kind, channel, database.now(session))


def switch(session: Session, user_id: UUID, kind: Kind, channel: Channel, *, on: bool) -> None:
    """Have news of one kind come by one channel, or not: what an unsubscribe link does."""
    if channel is Channel.APP and FACTS[kind].is_mandatory and not on:
        raise InvalidInput(f"“{FACTS[kind].name}” cannot be switched off: it guards your account.")
    notification_preferences.choose(session, user_id, kind, channel, is_wanted=on)


def seen(session: Session, user_id: UUID, about: UUID) -> None:
    """The person looks at this check, consultation or trial: its news need not call any more."""
    notifications.mark_all(session, user_id, about=about)
