"""What staff did with a person's data, out of the audit."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from core.people import Role
from data import audit
from data.tables import AuditEvent, User

# No account does it: an operator, at the command line. The person reads of it all the same.
BY_OPERATOR = frozenset({"gradings_exported"})


@dataclass(frozen=True)
class Access:
    """What one of the staff did on one day, as often as it was, within one question."""

    at: datetime  # the last time
    action: str
    times: int
    name: str | None  # first and last name; None: no longer of the staff
    consultation_id: UUID | None
    why: str | None  # core.consultations.Why; None: from before reasons were noted
    break_glass_id: UUID | None


def of(
    session: Session, user_id: UUID, actions: Collection[str], *, limit: int, offset: int = 0
) -> list[Access]:
    """What others than the person did with their data, by day, the newest first.

    What only a program did is left out, unless an operator had started it (BY_OPERATOR).
    """
    me = audit.of(user_id)
    case = AuditEvent.details["consultation_id"].astext
    why = AuditEvent.details["why"].astext
    glass = AuditEvent.details["break_glass_id"].astext
    last = func.max(AuditEvent.at)
    rows = session.execute(
        select(last, AuditEvent.action, func.count(), AuditEvent.actor, case, why, glass)
        .where(
            AuditEvent.subject == me,
            or_(AuditEvent.actor != me, AuditEvent.action.in_(BY_OPERATOR)),
            AuditEvent.action.in_(actions),
        )
        .group_by(
            func.date_trunc("day", AuditEvent.at),
            AuditEvent.action,
            AuditEvent.actor,
            case,
            why,
            glass,
        )
        .order_by(last.desc(), AuditEvent.action)
        .limit(limit)
        .offset(offset)
    ).all()
    names = _names(session) if rows else {}
    return [
        Access(at, action, times, names.get(actor), _id(asked), because, _id(broken))
        for at, action, times, actor, asked, because, broken in rows
    ]


def _id(kept: str | None) -> UUID | None:
    return None if kept is None else UUID(kept)


def _names(session: Session) -> dict[str, str]:
    """Everybody of the staff by pseudonym, as the audit knows them."""
    staff = session.execute(
        select(User.user_id, User.first_name, User.last_name).where(User.role != Role.USER)
    )
    return {audit.of(user_id): f"{first} {last}" for user_id, first, last in staff}
