"""What administrators look at: jobs that broke, checks that were given up, staff, the audit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, text, update
from sqlalchemy.orm import Session

from core.analyses import Stage, Status
from core.people import Role
from data import audit
from data.queue import lock_of
from data.tables import AnalysisResult, AuditEvent, User


@dataclass(frozen=True)
class BrokenJob:
    """A job that broke and waits for its next attempt."""

    job_id: int
    task: str
    queue: str
    attempts: int
    next_at: datetime | None  # None: as soon as a worker is free


@dataclass(frozen=True)
class GivenUp:
    """A check that stopped the software as often as is tried."""

    analysis_id: UUID
    at: datetime
    reasons: tuple[str, ...]  # sentences of ours


@dataclass(frozen=True)
class Member:
    """Somebody with an account, as administrators see them: no skin, no health."""

    user_id: UUID
    email: str
    name: str
    role: Role
    is_active: bool
    last_login: datetime | None


@dataclass(frozen=True)
class Noted:
    """One row of the audit; people stand in it by pseudonym."""

    event_id: int
    at: datetime
    actor: str | None
    action: str
    subject: str | None
    details: dict[str, Any]


def broken_jobs(session: Session, *, limit: int = 50) -> list[BrokenJob]:
    found = session.execute(
        text("""
            SELECT id, task_name, queue_name, attempts, scheduled_at FROM procrastinate_jobs
            WHERE status = 'todo' AND attempts > 0 ORDER BY id LIMIT :limit
        """),
        {"limit": limit},
    )
    return [BrokenJob(*row) for row in found]


def try_now(session: Session, job_id: int) -> bool:
    """Take a broken job out of its waiting time. False when it does not wait any more."""
    changed = session.execute(
        text("""
            UPDATE procrastinate_jobs SET scheduled_at = now()
            WHERE id = :job AND status = 'todo' AND attempts > 0 RETURNING id
        """),
        {"job": job_id},
    )
    return changed.first() is not None


def given_up(session: Session, reason: str, *, limit: int = 50) -> list[GivenUp]:
    """Checks of the last 30 days that failed for this reason and still have their photo."""
    found = session.execute(
        select(AnalysisResult.id, AnalysisResult.updated_at, AnalysisResult.reasons)
        .where(
            AnalysisResult.status == Status.FAILED,
            AnalysisResult.created_at > func.now() - text("interval '30 days'"),
            AnalysisResult.photo_id.is_not(None),
            AnalysisResult.reasons.contains([reason]),
        )
        .order_by(AnalysisResult.updated_at.desc())
        .limit(limit)
    )
    return [GivenUp(row.id, row.updated_at, tuple(row.reasons)) for row in found]


def wait_again(session: Session, analysis_id: UUID, reason: str) -> bool:
    """Let a check that was given up wait anew. False when it was not, or a job is still at it."""
    busy = session.scalar(
        text("""
            SELECT EXISTS (SELECT FROM procrastinate_jobs
                WHERE lock = :lock AND status IN ('todo', 'doing'))
        """),
        {"lock": lock_of(analysis_id)},
    )
    if busy:
        return False
    changed = session.scalar(
        update(AnalysisResult)
        .where(
            AnalysisResult.id == analysis_id,
            AnalysisResult.status == Status.FAILED,
            AnalysisResult.photo_id.is_not(None),
            AnalysisResult.reasons.contains([reason]),
        )
        .values(status=Status.QUEUED, stage=Stage.WAITING, shot=None, attempts=0, reasons=[])
        .returning(AnalysisResult.id)
    )
    return changed is not None


def staff(session: Session) -> list[Member]:
    """Everybody with a role above a person's own."""
    found = session.scalars(select(User).where(User.role != Role.USER).order_by(User.email))
    return [_member(user) for user in found]


def member(user: User) -> Member:
    return _member(user)


def active_admins(session: Session) -> set[UUID]:
    """Administrators who can act. Locks their rows until the transaction ends."""
    found = session.scalars(
        select(User.user_id)
        .where(User.role == Role.ADMIN, User.is_active)
        .order_by(User.user_id)
        .with_for_update(key_share=True)
    )
    return set(found)


def _member(user: User) -> Member:
    name = f"{user.first_name} {user.last_name}"
    return Member(user.user_id, user.email, name, user.role, user.is_active, user.last_login)


def actions(session: Session) -> Sequence[str]:
    """Every kind of event that the audit has."""
    return session.scalars(select(AuditEvent.action).distinct().order_by(AuditEvent.action)).all()


def noted(
    session: Session,
    *,
    person: UUID | None = None,
    action: str | None = None,
    since: datetime | None = None,
    before: int | None = None,
    limit: int,
) -> list[Noted]:
    """Rows of the audit, newest first; of one person: what they did and what was done to them."""
    query = select(AuditEvent).order_by(AuditEvent.event_id.desc()).limit(limit)
    if person is not None:
        name = audit.of(person)
        query = query.where(or_(AuditEvent.actor == name, AuditEvent.subject == name))
    if action is not None:
        query = query.where(AuditEvent.action == action)
    if since is not None:
        query = query.where(AuditEvent.at >= since)
    if before is not None:
        query = query.where(AuditEvent.event_id < before)
    return [
        Noted(row.event_id, row.at, row.actor, row.action, row.subject, dict(row.details))
        for row in session.scalars(query)
    ]
