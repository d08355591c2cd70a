"""Looking into the queue: procrastinate's tables, beside ours.

Putting a job in is `pipeline.jobs.enqueue`. Here is what must happen together with our own rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session


def lock_of(analysis_id: UUID) -> str:
    """Names the job of one check: at most one such job waits, and at most one runs."""
    return f"examine:{analysis_id}"


def withdraw(session: Session, analysis_id: UUID) -> int:
    """Take the job of a check out of the queue; how many there were, 0 or 1.

    One that runs already finds no check at its end.
    """
    gone = session.execute(
        text(
            "DELETE FROM procrastinate_jobs WHERE queueing_lock = :lock AND status = 'todo'"
            " RETURNING id"
        ),
        {"lock": lock_of(analysis_id)},
    )
    return len(gone.all())


@dataclass(frozen=True)
class Lost:
    """A check that nobody is going to finish."""

    analysis_id: UUID
    is_again: bool  # it was scored before; this was to be another version


def unfinished_without_job(session: Session, *, for_: timedelta) -> list[Lost]:
    """Checks that are neither finished nor in the queue, and did not move for this long."""
    found = session.execute(
        text("""
            SELECT a.id, a.rescored_from IS NOT NULL FROM analysis_results a
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
    return [Lost(*row) for row in found]


def live_workers(session: Session, *, within_seconds: float) -> int:
    """How many workers have said within this time that they live."""
    found = session.scalar(
        text("""
            SELECT count(*) FROM procrastinate_workers
            WHERE last_heartbeat > now() - make_interval(secs => :seconds)
        """),
        {"seconds": within_seconds},
    )
    return found or 0
