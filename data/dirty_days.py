"""Which days have to be counted again, marked in the transaction of whatever changed them.

Only days of people who have agreed to statistics at that moment: nobody else is counted, so nothing
changes with them, and nothing is left of them here.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Date,
    any_,
    bindparam,
    cast,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger

from core.people import Purpose
from data.tables import AnalysisResult, Consent, DirtyDay

_MARKS: Any = DirtyDay.__table__
_DAY = cast(func.timezone("UTC", AnalysisResult.created_at), Date)
_IS_COUNTED = exists().where(
    Consent.user_id == AnalysisResult.user_id,
    Consent.purpose == Purpose.STATISTICS,
    Consent.withdrawn_at.is_(None),
)
_MARK_CHECK = insert(_MARKS).from_select(
    ["day", "at_once"],
    select(_DAY, bindparam("at_once", type_=Boolean)).where(
        AnalysisResult.id == bindparam("check"), _IS_COUNTED
    ),
)
_MARK_PERSON = (
    insert(_MARKS)
    .from_select(
        ["day"],
        select(_DAY).distinct().where(AnalysisResult.user_id == bindparam("person"), _IS_COUNTED),
    )
    .returning(_MARKS.c.mark_id)
)
_DONE = delete(DirtyDay).where(
    DirtyDay.mark_id == any_(bindparam("marks", type_=ARRAY(BigInteger)))
)


def mark_check(session: Session, analysis_id: UUID, *, at_once: bool) -> None:
    """Its day counts anew: it was scored or rejected, or, `at_once`, is about to be deleted."""
    session.execute(_MARK_CHECK, {"check": analysis_id, "at_once": at_once})


def mark_person(session: Session, user_id: UUID) -> int:
    """All of their days: they come, go, or belong to another group now. How many those are."""
    return len(session.execute(_MARK_PERSON, {"person": user_id}).all())


def mark_everything(session: Session) -> None:
    """Every day on which there was a check."""
    session.execute(insert(_MARKS).from_select(["day"], select(_DAY).distinct()))


def mark_days(session: Session, days: Collection[date]) -> None:
    """These, whatever happened on them."""
    if days:
        session.execute(insert(_MARKS), [{"day": day} for day in days])


def marked(session: Session, *, waited: timedelta = timedelta(0)) -> dict[date, list[int]]:
    """The days that are to be counted, each with the marks that `done` takes away, oldest first.

    A day of nothing but checks that were added is left for as long as `waited` after the first.
    """
    due = select(DirtyDay.day).where(
        or_(DirtyDay.at_once, DirtyDay.marked_at <= func.now() - waited)
    )
    wanted = select(DirtyDay.day, DirtyDay.mark_id).where(DirtyDay.day.in_(due))
    found: dict[date, list[int]] = {}
    for day, mark in session.execute(wanted.order_by(DirtyDay.day)):
        found.setdefault(day, []).append(mark)
    return found


def done(session: Session, marks: Collection[int]) -> None:
    """Take away these marks; what was marked meanwhile stays."""
    session.execute(_DONE, {"marks": list(marks)})
