"""What people noted of their days. Whose it is comes first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.care import Half, Topic
from core.ids import new_id
from data.tables import DiaryEntry

_ONE_A_DAY = (Topic.SLEEP, Topic.SUN, Topic.CYCLE)


def note(
    session: Session,
    user_id: UUID,
    day: date,
    topic: Topic,
    *,
    half: Half | None = None,
    level: int | None = None,
    signs: Sequence[str] = (),
    text: str | None = None,
) -> UUID:
    """Keep a line. One answer stands for each day (irritation: each half); products are many."""
    values = {"level": level, "signs": list(signs), "text": text}
    adding = insert(DiaryEntry).values(
        entry_id=new_id(),
        user_id=user_id,
        day=day,
        topic=topic,
        half=half,
        created_at=func.clock_timestamp(),
        **values,
    )
    if topic in _ONE_A_DAY:
        adding = adding.on_conflict_do_update(
            index_elements=[DiaryEntry.user_id, DiaryEntry.day, DiaryEntry.topic],
            index_where=DiaryEntry.topic.in_(_ONE_A_DAY),
            set_=values,
        )
    elif topic is Topic.IRRITATION:
        adding = adding.on_conflict_do_update(
            index_elements=[DiaryEntry.user_id, DiaryEntry.day, DiaryEntry.half],
            index_where=DiaryEntry.topic == Topic.IRRITATION,
            set_=values,
        )
    return session.scalars(adding.returning(DiaryEntry.entry_id)).one()


def remove(session: Session, user_id: UUID, entry_id: UUID) -> bool:
    """Whether there was such a line."""
    gone = session.scalars(
        delete(DiaryEntry)
        .where(DiaryEntry.user_id == user_id, DiaryEntry.entry_id == entry_id)
        .returning(DiaryEntry.entry_id)
    ).all()
    return bool(gone)


def clear(session: Session, user_id: UUID, day: date, topic: Topic) -> None:
    """Take back what was noted of a topic on one day."""
    session.execute(
        delete(DiaryEntry).where(
            DiaryEntry.user_id == user_id, DiaryEntry.day == day, DiaryEntry.topic == topic
        )
    )


def forget(session: Session, user_id: UUID, topic: Topic) -> None:
    """Delete everything about a topic."""
    session.execute(
        delete(DiaryEntry).where(DiaryEntry.user_id == user_id, DiaryEntry.topic == topic)
    )


def of_days(session: Session, user_id: UUID, since: date, until: date) -> list[DiaryEntry]:
    """Both ends included, the newest day first."""
    return list(
        session.scalars(
            select(DiaryEntry)
            .where(DiaryEntry.user_id == user_id, DiaryEntry.day.between(since, until))
            .order_by(DiaryEntry.day.desc(), DiaryEntry.created_at.desc(), DiaryEntry.entry_id)
            .execution_options(populate_existing=True)
        )
    )


def listed(
    session: Session, user_id: UUID, *, topic: Topic | None, limit: int, offset: int
) -> tuple[list[DiaryEntry], int]:
    """A page, newest first, and how many there are in all."""
    wanted: list[Any] = [DiaryEntry.user_id == user_id]
    if topic is not None:
        wanted.append(DiaryEntry.topic == topic)
    total = session.scalar(select(func.count()).select_from(DiaryEntry).where(*wanted))
    rows = session.scalars(
        select(DiaryEntry)
        .where(*wanted)
        .order_by(DiaryEntry.day.desc(), DiaryEntry.created_at.desc(), DiaryEntry.entry_id)
        .limit(limit)
        .offset(offset)
        .execution_options(populate_existing=True)
    )
    return list(rows), total or 0


def irritation_since(
    session: Session, user_id: UUID, day: date, after: datetime | None
) -> list[DiaryEntry]:
    """Irritation on or after `day`, noted after the instant `after`; oldest first."""
    wanted = [
        DiaryEntry.user_id == user_id,
        DiaryEntry.topic == Topic.IRRITATION,
        DiaryEntry.day >= day,
    ]
    if after is not None:
        wanted.append(DiaryEntry.created_at > after)
    return list(
        session.scalars(
            select(DiaryEntry)
            .where(*wanted)
            .order_by(DiaryEntry.day, DiaryEntry.half.desc())
            .execution_options(populate_existing=True)
        )
    )


def product_changes(
    session: Session, user_id: UUID, since: date, until: date
) -> list[tuple[date, str]]:
    """What was noted as new or ended, in words, oldest first."""
    rows = session.execute(
        select(DiaryEntry.day, DiaryEntry.level, DiaryEntry.text)
        .where(
            DiaryEntry.user_id == user_id,
            DiaryEntry.topic == Topic.PRODUCT,
            DiaryEntry.day.between(since, until),
        )
        .order_by(DiaryEntry.day)
    )
    return [(day, f"{text} was {'begun' if level else 'ended'}") for day, level, text in rows]
