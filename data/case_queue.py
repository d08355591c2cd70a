"""The dermatologists' queue: what waits, in which order, who takes it, whose time runs out.

No question and no photo is read here: before a case is claimed nobody sees more of it than how
urgent it is, where on the body, and what is missing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    ScalarSelect,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session, aliased

from core.consultations import (
    Asker,
    BodySite,
    Consultation,
    Duration,
    Priority,
    State,
    View,
)
from data import consultations
from data.tables import Consultation as Row
from data.tables import ConsultationPhoto, User

COUNTED = 100  # where more wait, the number says "over 100"


class Which(StrEnum):
    """The lists of the queue page."""

    WAITING = "waiting"  # for anybody, or for who asks
    ASSIGNED = "assigned"  # to who asks
    MINE = "mine"  # claimed by who asks
    ANSWERED = "answered"  # by who asks, latest first


@dataclass(frozen=True)
class Filters:
    which: Which = Which.WAITING
    priority: Priority | None = None
    body_site: BodySite | None = None
    is_flagged: bool = False  # only with a red flag, of whatever urgency
    is_late: bool = False  # only those whose time is over
    due_within: timedelta | None = None  # only those with less time left; late ones too
    is_missing: bool = False  # only those without one of the views
    is_second_opinion: bool = False
    is_in_pool: bool = False  # only those assigned to nobody


@dataclass(frozen=True)
class Line:
    """One case of a list."""

    consultation_id: UUID
    state: State
    priority: Priority
    body_site: BodySite | None
    duration: Duration | None
    flags: int  # how many red flags were raised
    due_at: datetime
    paused_at: datetime | None
    created_at: datetime
    answered_at: datetime | None
    is_late: bool
    second_opinion_for: Asker | None
    assigned_to: UUID | None
    assigned_name: str | None
    claimed_by: UUID | None
    claimed_name: str | None
    missing: tuple[View, ...]  # views without a photo


@dataclass(frozen=True)
class Summary:
    """What stands above the queue. Numbers stop at COUNTED."""

    waiting: int
    flagged: int  # with a red flag
    assigned: int  # to who asks
    mine: int
    oldest: datetime | None  # when the longest waiting question was asked
    now: datetime  # the database's


def lines(
    session: Session, staff_id: UUID | None, wanted: Filters, *, limit: int, offset: int = 0
) -> list[Line]:
    """One list: by urgency, then by the time that is left. `staff_id` None: all cases (admin)."""
    assigned, claimed = aliased(User), aliased(User)
    # Rows first, names after: otherwise names of the whole queue might be looked up.
    order: tuple[Any, ...] = (Row.priority, Row.due_at, Row.consultation_id)
    if wanted.which is Which.ANSWERED:
        order = (Row.answered_at.desc(), Row.consultation_id.desc())
    page = (
        select(Row.consultation_id)
        .where(*_where(staff_id, wanted))
        .order_by(*order)
        .limit(limit)
        .offset(offset)
        .subquery()
    )
    rows = session.execute(
        select(
            Row.consultation_id,
            Row.state,
            Row.priority,
            Row.body_site,
            Row.duration,
            func.jsonb_array_length(Row.flags).label("flags"),
            Row.due_at,
            Row.paused_at,
            Row.created_at,
            Row.answered_at,
            Row.escalated_missed_at,
            Row.second_opinion_for,
            Row.assigned_to,
            (assigned.first_name + " " + assigned.last_name).label("assigned_name"),
            Row.claimed_by,
            (claimed.first_name + " " + claimed.last_name).label("claimed_name"),
        )
        .join(page, page.c.consultation_id == Row.consultation_id)
        .outerjoin(assigned, assigned.user_id == Row.assigned_to)
        .outerjoin(claimed, claimed.user_id == Row.claimed_by)
        .order_by(*order)
    ).all()
    shown = _shown_views(session, [row[0] for row in rows])
    return [
        Line(
            consultation_id=row.consultation_id,
            state=row.state,
            priority=Priority(row.priority),
            body_site=row.body_site,
            duration=row.duration,
            flags=row.flags,
            due_at=row.due_at,
            paused_at=row.paused_at,
            created_at=row.created_at,
            answered_at=row.answered_at,
            is_late=row.escalated_missed_at is not None,
            second_opinion_for=row.second_opinion_for,
            assigned_to=row.assigned_to,
            assigned_name=row.assigned_name,
            claimed_by=row.claimed_by,
            claimed_name=row.claimed_name,
            missing=tuple(view for view in View if (row.consultation_id, view) not in shown),
        )
        for row in rows
    ]


def _shown_views(session: Session, ids: Sequence[UUID]) -> set[tuple[UUID, View]]:
    found = session.execute(
        select(ConsultationPhoto.consultation_id, ConsultationPhoto.view).where(
            ConsultationPhoto.consultation_id.in_(ids), ConsultationPhoto.photo_id.is_not(None)
        )
    )
    return {(consultation_id, view) for consultation_id, view in found}


def _where(staff_id: UUID | None, wanted: Filters) -> list[ColumnElement[bool]]:
    match wanted.which:
        case Which.MINE:
            found = [Row.claimed_by == staff_id, _in_hand()]
        case Which.ANSWERED:
            found = [Row.answered_by == staff_id]
        case Which.ASSIGNED:
            found = [_waits(), Row.assigned_to == staff_id]
        case Which.WAITING:
            found = [_waits(), *_open_to(staff_id)]
    if wanted.priority is not None:
        found.append(Row.priority == wanted.priority)
    if wanted.body_site is not None:
        found.append(Row.body_site == wanted.body_site)
    if wanted.is_flagged:
        found.append(Row.priority < Priority.NORMAL)
    if wanted.is_late:
        found.append(Row.escalated_missed_at.is_not(None))
    if wanted.due_within is not None:
        found.append(Row.due_at < func.now() + wanted.due_within)
    if wanted.is_missing:
        found.append(_views() < len(View))
    if wanted.is_second_opinion:
        found.append(Row.second_opinion_for.is_not(None))
    if wanted.is_in_pool:
        found.append(Row.assigned_to.is_(None))
    return found


def _views() -> ScalarSelect[int]:
    """How many views of a case have a photo."""
    return (
        select(func.count())
        .where(
            ConsultationPhoto.consultation_id == Row.consultation_id,
            ConsultationPhoto.photo_id.is_not(None),
        )
        .correlate(Row)
        .scalar_subquery()
    )


def _waits() -> ColumnElement[bool]:
    # Written out: with parameters the planner would not know that the partial index fits.
    return literal_column("consultations.state IN ('pending', 'escalated')", Boolean)


def _in_hand() -> ColumnElement[bool]:
    return literal_column("consultations.state IN ('claimed', 'needs_information')", Boolean)


def _open_to(staff_id: UUID | None) -> list[ColumnElement[bool]]:
    """Cases that this dermatologist may claim."""
    if staff_id is None:
        return []
    return [
        or_(Row.assigned_to.is_(None), Row.assigned_to == staff_id),
        Row.first_reader.is_distinct_from(staff_id),
        Row.user_id != staff_id,
    ]


def summary(session: Session, staff_id: UUID | None) -> Summary:
    waits = _waits()
    return Summary(
        waiting=_count(session, waits),
        flagged=_count(session, waits, Row.priority < Priority.NORMAL),
        assigned=_count(session, waits, Row.assigned_to == staff_id) if staff_id else 0,
        mine=_count(session, Row.claimed_by == staff_id, _in_hand()) if staff_id else 0,
        oldest=session.scalar(
            select(Row.created_at).where(waits).order_by(Row.created_at).limit(1)
        ),
        now=session.scalar(select(func.now())),  # type: ignore[arg-type]
    )


def _count(session: Session, *wanted: ColumnElement[bool]) -> int:
    some = select(Row.priority).where(*wanted).limit(COUNTED + 1).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


# ------------------------------------------------------------------ taking and giving back


def claim(session: Session, staff_id: UUID, consultation_id: UUID, now: datetime) -> bool:
    """Take a waiting case; False when it does not wait, or is not open to this dermatologist.

    One UPDATE with the condition in it: of two at once one finds the row changed.
    """
    return consultations.move(
        session,
        consultation_id,
        State.CLAIMED,
        _waits(),
        *_open_to(staff_id),
        claimed_by=staff_id,
        claimed_at=now,
        last_active_at=now,
        assigned_to=None,
    )


def idle(session: Session, since: datetime, *, at_most: int) -> list[Consultation]:
    """Claimed cases on which nobody has worked since then, or whose owner's account is gone."""
    return _taken(
        session,
        literal_column("consultations.state = 'claimed'", Boolean),
        or_(Row.last_active_at < since, Row.claimed_by.is_(None)),
        order=Row.last_active_at,
        at_most=at_most,
    )


def to_escalate(session: Session, now: datetime, *, at_most: int) -> list[Consultation]:
    """Cases whose next level was reached, locked for this transaction; none that others hold."""
    return _taken(
        session, Row.next_escalation_at <= now, order=Row.next_escalation_at, at_most=at_most
    )


def to_close(session: Session, since: datetime, *, at_most: int) -> list[Consultation]:
    """Answered cases, and those that wait for the person, in which nothing happened since then."""
    return _taken(
        session,
        literal_column(
            "consultations.state IN ('answered', 'referred', 'needs_information')", Boolean
        ),
        Row.updated_at < since,
        order=Row.updated_at,
        at_most=at_most,
    )


def in_hand_of(session: Session, staff_ids: Collection[UUID]) -> list[Consultation]:
    """What these dermatologists have claimed and not answered, locked."""
    return _taken(
        session,
        Row.claimed_by.in_(staff_ids),
        _in_hand(),
        order=Row.due_at,
        at_most=1000,
    )


def unassign(session: Session, staff_ids: Collection[UUID]) -> None:
    """What was assigned to these and not claimed goes into the pool."""
    session.execute(
        update(Row)
        .where(Row.assigned_to.in_(staff_ids))
        .values(assigned_to=None)
        .execution_options(synchronize_session=False)
    )


def loads(session: Session) -> dict[UUID, tuple[int, int]]:
    """Dermatologist → how many cases are claimed, and how many assigned and not claimed yet."""
    claimed = _counted(session, Row.claimed_by, _in_hand())
    assigned = _counted(session, Row.assigned_to, _waits())
    return {
        user_id: (claimed.get(user_id, 0), assigned.get(user_id, 0))
        for user_id in claimed.keys() | assigned.keys()
    }


def _counted(session: Session, who: Any, *wanted: ColumnElement[bool]) -> dict[UUID, int]:
    rows = session.execute(select(who, func.count()).where(who.is_not(None), *wanted).group_by(who))
    return {row[0]: row[1] for row in rows}


def _taken(
    session: Session, *wanted: ColumnElement[bool], order: Any, at_most: int
) -> list[Consultation]:
    ids = session.scalars(
        select(Row.consultation_id)
        .where(*wanted)
        .order_by(order)
        .limit(at_most)
        .with_for_update(skip_locked=True)
    ).all()
    found = (consultations.by_id(session, consultation_id) for consultation_id in ids)
    return [case for case in found if case is not None]
