"""When people are reminded, and who is due now: found by an index, not by looking at everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.notifications import Kind
from data import tables


@dataclass(frozen=True)
class Reminder:
    """One thing that a person is reminded of. Times of day are on the person's clock."""

    kind: Kind
    is_on: bool
    at: time
    every_days: int = 1  # 1 to 90; of "check due": days since the last check
    next_due_at: datetime | None = None
    due_day: date | None = None  # the person's day that next_due_at stands for
    told_day: date | None = None  # the last day for which it was told
    unanswered: int = 0  # of "check due": times it was told since the last check


@dataclass(frozen=True)
class Due:
    """A reminder whose time has come, held by this transaction."""

    user_id: UUID
    reminder: Reminder
    is_active: bool  # the account


def of(session: Session, user_id: UUID) -> dict[Kind, Reminder]:
    """What the person has; kinds that were never set are absent."""
    row = tables.Reminder
    found = session.scalars(
        select(row).where(row.user_id == user_id).execution_options(populate_existing=True)
    )
    return {
        one.kind: Reminder(
            one.kind,
            one.is_on,
            one.at,
            one.every_days,
            one.next_due_at,
            one.due_day,
            one.told_day,
            one.unanswered,
        )
        for one in found
    }


def write(session: Session, user_id: UUID, reminder: Reminder) -> None:
    """Set one reminder, whole."""
    values = {
        "is_on": reminder.is_on,
        "at": reminder.at,
        "every_days": reminder.every_days,
        "next_due_at": reminder.next_due_at,
        "due_day": reminder.due_day,
        "told_day": reminder.told_day,
        "unanswered": reminder.unanswered,
    }
    session.execute(
        insert(tables.Reminder)
        .values(user_id=user_id, kind=reminder.kind, **values)
        .on_conflict_do_update(
            index_elements=[tables.Reminder.user_id, tables.Reminder.kind], set_=values
        )
    )


# Locked rows are another worker's, or a person is changing them: they are due again in a minute.
_TAKE = text("""
    SELECT r.user_id, r.kind, r.at, r.every_days, r.next_due_at, r.due_day, r.told_day,
        r.unanswered, u.is_active
    FROM reminders r JOIN users u USING (user_id)
    WHERE r.next_due_at <= :now
    ORDER BY r.next_due_at
    LIMIT :at_most
    FOR UPDATE OF r SKIP LOCKED
""")


def take_due(session: Session, now: datetime, *, at_most: int) -> list[Due]:
    """The reminders that are due longest, locked for this transaction; none that others hold."""
    return [
        Due(
            user_id,
            Reminder(Kind(kind), True, at, every_days, next_due_at, due_day, told_day, unanswered),
            is_active,
        )
        for (
            user_id,
            kind,
            at,
            every_days,
            next_due_at,
            due_day,
            told_day,
            unanswered,
            is_active,
        ) in session.execute(_TAKE, {"now": now, "at_most": at_most})
    ]


_MOVE_ON = text("""
    UPDATE reminders r
    SET next_due_at = v.next_due_at, due_day = v.due_day, told_day = v.told_day,
        unanswered = v.unanswered
    FROM unnest(CAST(:users AS uuid[]), CAST(:kinds AS text[]), CAST(:nexts AS timestamptz[]),
        CAST(:days AS date[]), CAST(:told AS date[]), CAST(:unanswered AS smallint[]))
        AS v (user_id, kind, next_due_at, due_day, told_day, unanswered)
    WHERE r.user_id = v.user_id AND r.kind = v.kind
""")


def move_on(session: Session, moved: Sequence[tuple[UUID, Reminder]]) -> None:
    """Write when each of these is due next, all in one statement."""
    if not moved:
        return
    session.execute(
        _MOVE_ON,
        {
            "users": [user_id for user_id, _ in moved],
            "kinds": [reminder.kind.value for _, reminder in moved],
            "nexts": [reminder.next_due_at for _, reminder in moved],
            "days": [reminder.due_day for _, reminder in moved],
            "told": [reminder.told_day for _, reminder in moved],
            "unanswered": [reminder.unanswered for _, reminder in moved],
        },
    )
