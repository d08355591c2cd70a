"""Looking into the queue: procrastinate's tables, beside ours.

Putting a job in is `pipeline.jobs.enqueue`. Here is what must happen together with our own rows.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session


def lock_of(analysis_id: UUID) -> str:
    """Names the job of one check: at most one such job waits, and at most one runs."""
    return f"examine:{analysis_id}"


def withdraw(session: Session, analysis_id: UUID) -> None:
    """Take the job of a check out of the queue. One that runs already finds no check at its end."""
    session.execute(
        text("DELETE FROM procrastinate_jobs WHERE queueing_lock = :lock AND status = 'todo'"),
        {"lock": lock_of(analysis_id)},
    )


def unfinished_without_job(session: Session, *, for_: timedelta) -> list[UUID]:
    """Checks that are neither finished nor in the queue, and did not move for this long."""
    found = session.scalars(
        text("""
            SELECT a.id FROM analysis_results a
            WHERE a.status IN ('queued', 'running')
                AND a.updated_at < now() - :idle
                AND NOT EXISTS (
                    SELECT FROM procrastinate_jobs j
                    WHERE j.queueing_lock = 'examine:' || a.id AND j.status IN ('todo', 'doing')
                )
            ORDER BY a.updated_at LIMIT 100
            FOR UPDATE OF a SKIP LOCKED
        """),
        {"idle": for_},
    )
    return list(found)
