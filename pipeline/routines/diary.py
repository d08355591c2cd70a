"""The diary: what a person notes of a day, and what two irritations do to their routine."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from core.care import Half, Sign, Topic
from core.errors import InvalidInput, NotAllowed, NotFound
from core.people import Identity, Purpose, Role
from data import diaries, users
from data import routines as kept
from data.tables import DiaryEntry
from pipeline import consents
from pipeline.routines import days
from pipeline.routines.lines import line
from pipeline.routines.pace import PAUSED, SLOWER

log = structlog.get_logger(__name__)

WITHIN = timedelta(days=14)  # two irritations further apart are two beginnings
TWICE = 2
# What may be answered of a day: topic → levels.
LEVELS = {Topic.SLEEP: (1, 2, 3), Topic.SUN: (0, 1, 2, 3), Topic.CYCLE: (1, 2, 3)}


@dataclass(frozen=True)
class Line:
    """One thing that was noted."""

    entry_id: UUID
    day: date
    topic: Topic
    half: Half | None  # of irritation
    level: int | None
    signs: tuple[Sign, ...]
    text: str | None
    noted_at: datetime


def irritation(
    session: Session, who: Identity, day: date, half: Half, signs: Collection[Sign]
) -> bool:
    """Note irritation after one half of a day. Whether the brake was put on, or put on harder.

    Noting the same half again changes what was noted and counts once.
    """
    _may(who)
    days.checked(day)
    if not signs:
        raise InvalidInput("Choose at least one: how did it show?")
    ordered = [sign.value for sign in Sign if sign in signs]
    users.lock(session, who.user_id)  # two at once would each see one
    diaries.note(session, who.user_id, day, Topic.IRRITATION, half=half, signs=ordered)
    return _brake(session, who.user_id, day)


def answer(session: Session, who: Identity, day: date, topic: Topic, level: int | None) -> None:
    """Note sleep, sun or cycle of a day; None takes it back."""
    _may(who)
    days.checked(day)
    if topic not in LEVELS or (level is not None and level not in LEVELS[topic]):
        raise InvalidInput("This is not an answer that the diary knows.")
    if level is None:
        diaries.clear(session, who.user_id, day, topic)
        return
    if topic is Topic.CYCLE:
        consents.require(session, who.user_id, Purpose.HEALTH_ANSWERS)
    diaries.note(session, who.user_id, day, topic, level=level)


def product(session: Session, who: Identity, day: date, name: str, *, is_new: bool) -> UUID:
    """Note that a product was begun or ended."""
    _may(who)
    days.checked(day)
    text = line(name, "product", 120)
    return diaries.note(session, who.user_id, day, Topic.PRODUCT, level=int(is_new), text=text)


def remove(session: Session, who: Identity, entry_id: UUID) -> None:
    """Take a line back. A brake that it has put on stays until it is lifted."""
    if not diaries.remove(session, who.user_id, entry_id):
        raise NotFound("There is no such line in your diary.")


def of_days(session: Session, user_id: UUID, since: date, until: date) -> list[Line]:
    return [_line(row) for row in diaries.of_days(session, user_id, since, until)]


def listed(
    session: Session, user_id: UUID, *, topic: Topic | None, limit: int, offset: int
) -> tuple[list[Line], int]:
    rows, total = diaries.listed(session, user_id, topic=topic, limit=limit, offset=offset)
    return [_line(row) for row in rows], total


def lift_brake(session: Session, who: Identity) -> None:
    """The person goes back to the usual days. Irritation noted before does not count again."""
    _may(who)
    users.lock(session, who.user_id)
    routine = kept.current(session, who.user_id)
    if routine is None or not kept.lift(session, who.user_id, routine.routine_id):
        raise NotFound("Your routine is not slowed down.")
    log.info("brake_lifted")


def calm_days(session: Session, user_id: UUID, day: date) -> int | None:
    """Days since the last irritation; None: none within four weeks."""
    noted = diaries.irritation_since(session, user_id, day - timedelta(days=28), None)
    return (day - max(row.day for row in noted)).days if noted else None


def _brake(session: Session, user_id: UUID, day: date) -> bool:
    """Rule R8: after two irritations less often; after two more, nothing active at all."""
    routine = kept.current(session, user_id)
    if routine is None:
        return False
    last = kept.last_brake(session, user_id, routine.routine_id)
    after = None if last is None else last.lifted_at or last.put_at
    noted = diaries.irritation_since(session, user_id, day - WITHIN, after)
    is_on = last is not None and last.lifted_at is None
    if len(noted) < TWICE or (is_on and last is not None and last.level >= PAUSED):
        return False
    because = [
        {"day": row.day.isoformat(), "half": row.half, "signs": row.signs} for row in noted[-6:]
    ]
    level = PAUSED if is_on else SLOWER
    kept.put_brake(session, user_id, routine.routine_id, level=level, because=because)
    log.info("brake_put", level=level)
    return True


def _line(row: DiaryEntry) -> Line:
    return Line(
        row.entry_id,
        row.day,
        row.topic,
        row.half,
        row.level,
        tuple(Sign(sign) for sign in row.signs),
        row.text,
        row.created_at,
    )


def _may(who: Identity) -> None:
    if who.role is not Role.USER:
        raise NotAllowed("Your account keeps no diary.")
