"""Telling people things: in the app, and by e-mail where they want that."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from core.notifications import Channel, Kind


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
    link leads to. `facts` go into the words, see pipeline.notification_words.
    """
    raise NotImplementedError  # until the tables stand


def wants(session: Session, user_id: UUID, kind: Kind, channel: Channel) -> bool:
    """Whether news of this kind shall take this way to the person now."""
    raise NotImplementedError


def switch(session: Session, user_id: UUID, kind: Kind, channel: Channel, *, on: bool) -> None:
    """Have news of one kind take one way, or not: what an unsubscribe link does."""
    raise NotImplementedError
