"""The news of each person: written once, listed, counted, marked, and one day removed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, text, update
from sqlalchemy.orm import Session

from core.errors import InvalidInput, NotFound
from core.ids import new_id
from core.notifications import Kind
from data.tables import Consultation, Notification

LONGEST_LIST = 100
MOST_COUNTED = 100  # unread ones; what is more is shown as "99+"


@dataclass(frozen=True)
class News:
    """One notification as the person sees it."""

    notification_id: UUID
    kind: Kind
    title: str
    message: str
    link: str | None  # a path of the dashboard
    created_at: datetime
    read_at: datetime | None


@dataclass(frozen=True)
class Draft:
    """One notification that is to be written."""

    user_id: UUID
    kind: Kind
    title: str
    message: str
    link: str | None
    about: UUID | None
    dedupe: str
    read_at: datetime | None = None  # of somebody who paused: they find it, and nothing calls


# Arrays rather than a row of placeholders for each: a thousand at once are parsed as fast as one.
_ADD = text("""
    INSERT INTO notifications
        (notification_id, user_id, type, title, message, link, about, dedupe_key, read_at)
    SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:users AS uuid[]), CAST(:kinds AS text[]),
        CAST(:titles AS text[]), CAST(:messages AS text[]), CAST(:links AS text[]),
        CAST(:abouts AS uuid[]), CAST(:keys AS text[]), CAST(:reads AS timestamptz[]))
    ON CONFLICT (user_id, dedupe_key) DO NOTHING
    RETURNING user_id, dedupe_key
""")


def add(session: Session, drafts: Sequence[Draft]) -> set[tuple[UUID, str]]:
    """Write what was not told before; whose and under which dedupe key that was."""
    if not drafts:
        return set()
    session.flush()  # the person may be new in this transaction
    written = session.execute(
        _ADD,
        {
            "ids": [new_id() for _ in drafts],
            "users": [draft.user_id for draft in drafts],
            "kinds": [draft.kind.value for draft in drafts],
            "titles": [draft.title for draft in drafts],
            "messages": [draft.message for draft in drafts],
            "links": [draft.link for draft in drafts],
            "abouts": [draft.about for draft in drafts],
            "keys": [draft.dedupe for draft in drafts],
            "reads": [draft.read_at for draft in drafts],
        },
    )
    return {(user_id, key) for user_id, key in written}


def listed(
    session: Session,
    user_id: UUID,
    *,
    kinds: Collection[Kind] = (),
    unread_only: bool = False,
    limit: int = 20,
    offset: int = 0,
) -> tuple[list[News], int]:
    """A page of news, newest first, and how many there are in all. No kinds: all of them."""
    if not 1 <= limit <= LONGEST_LIST:
        raise InvalidInput(f"The limit must be from 1 to {LONGEST_LIST}.")
    if not 0 <= offset <= 2**31:
        raise InvalidInput("The offset must be 0 or more.")
    wanted: list[ColumnElement[bool]] = [Notification.user_id == user_id]
    if kinds:
        wanted.append(Notification.kind.in_(kinds))
    if unread_only:
        wanted.append(Notification.read_at.is_(None))
    total = session.scalar(select(func.count()).select_from(Notification).where(*wanted))
    rows = session.scalars(
        select(Notification)
        .where(*wanted)
        .order_by(Notification.created_at.desc(), Notification.notification_id.desc())
        .limit(limit)
        .offset(offset)
        .execution_options(populate_existing=True)
    )
    return [_news(row) for row in rows], total or 0


def unread(session: Session, user_id: UUID) -> int:
    """How many are unread, counted up to MOST_COUNTED."""
    return unread_of_many(session, (user_id,))[user_id]


# For each person the walk over the index stops at MOST_COUNTED.
_UNREAD = text("""
    SELECT whose, (
        SELECT count(*) FROM (
            SELECT FROM notifications
            WHERE user_id = whose AND read_at IS NULL
            LIMIT :most
        ) AS counted
    ) AS unread
    FROM unnest(CAST(:people AS uuid[])) AS whose
""")


def unread_of_many(session: Session, user_ids: Collection[UUID]) -> dict[UUID, int]:
    """As `unread`, of each of these people, in one question."""
    given = {"people": list(user_ids), "most": MOST_COUNTED}
    rows = session.execute(_UNREAD, given)
    return {row.whose: row.unread for row in rows}


def mark(session: Session, user_id: UUID, notification_id: UUID, *, read: bool) -> News:
    """Mark one as read or unread. NotFound when it is not this person's."""
    row = session.scalar(
        select(Notification)
        .where(Notification.user_id == user_id, Notification.notification_id == notification_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound("There is no such notification.")
    if read is (row.read_at is None):
        session.execute(
            update(Notification)
            .where(
                Notification.user_id == user_id, Notification.notification_id == row.notification_id
            )
            .values(read_at=func.now() if read else None)
        )
        session.refresh(row)
    return _news(row)


def mark_all(session: Session, user_id: UUID, *, about: UUID | None = None) -> int:
    """Mark all unread ones as read, or those about one thing; how many they were."""
    wanted = [Notification.user_id == user_id, Notification.read_at.is_(None)]
    if about is not None:
        wanted.append(Notification.about == about)
    marked = session.scalars(
        update(Notification)
        .where(*wanted)
        .values(read_at=func.now())
        .returning(Notification.notification_id)
        .execution_options(synchronize_session=False)
    )
    return len(marked.all())


def forget_questions_of(session: Session, user_id: UUID) -> None:
    """Remove what staff were told about this person's questions: it holds the questions' ids."""
    theirs = select(Consultation.consultation_id).where(Consultation.user_id == user_id)
    session.execute(delete(Notification).where(Notification.about.in_(theirs)))


def sweep(session: Session, *, older_than: timedelta, at_most: int = 10_000) -> int:
    """Remove what is older than this, the oldest first; how many."""
    old = (
        select(Notification.notification_id)
        .where(Notification.created_at < func.now() - older_than)
        .order_by(Notification.created_at)
        .limit(at_most)
    )
    removed = session.scalars(
        delete(Notification)
        .where(Notification.notification_id.in_(old))
        .returning(Notification.notification_id)
        .execution_options(synchronize_session=False)
    )
    return len(removed.all())


def _news(row: Notification) -> News:
    return News(
        row.notification_id,
        row.kind,
        row.title,
        row.message,
        row.link,
        row.created_at,
        row.read_at,
    )
