"""Who did what. Rows are only ever added, and name people by pseudonym."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.keys import pseudonym
from data.tables import AuditEvent


def of(user_id: UUID) -> str:
    """The name under which a person stands in the audit and in the ledger of erasures."""
    return pseudonym("person", str(user_id))


def add(
    session: Session,
    action: str,
    *,
    actor: UUID | None,
    subject: UUID | None = None,
    **details: Any,
) -> None:
    """Note an action, as part of the transaction that does it. No names or notes in `details`."""
    session.add(
        AuditEvent(
            actor=None if actor is None else of(actor),
            action=action,
            subject=None if subject is None else of(subject),
            details=details,
        )
    )


def count(session: Session, action: str, *, actor: UUID, within: timedelta) -> int:
    return (
        session.scalar(
            select(func.count())
            .select_from(AuditEvent)
            .where(
                AuditEvent.actor == of(actor),
                AuditEvent.action == action,
                AuditEvent.at > func.now() - within,
            )
        )
        or 0
    )
