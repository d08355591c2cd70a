"""How much is going on: for health checks and for Prometheus. Counts, never rows of people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from data.sessions import is_live
from data.tables import AuthSession


@dataclass(frozen=True)
class Backlog:
    """One queue."""

    waiting: int
    running: int
    oldest_seconds: float  # how long the first in line has been due; 0 when nobody waits


NOTHING = Backlog(0, 0, 0.0)


def backlogs(session: Session) -> Mapping[str, Backlog]:
    """Every queue that has work, by name.

    What is done when there is nothing better to do (priority below 0) is left out: it may wait.
    """
    found = session.execute(
        text("""
            SELECT j.queue_name,
                count(*) FILTER (WHERE j.status = 'todo') AS waiting,
                count(*) FILTER (WHERE j.status = 'doing') AS running,
                coalesce(max(extract(epoch FROM now() - coalesce(j.scheduled_at, e.at)))
                    FILTER (WHERE j.status = 'todo'), 0) AS oldest
            FROM procrastinate_jobs j
            LEFT JOIN procrastinate_events e ON e.job_id = j.id AND e.type = 'deferred'
            WHERE j.status IN ('todo', 'doing') AND j.priority >= 0
            GROUP BY j.queue_name
        """)
    )
    return {
        row.queue_name: Backlog(row.waiting, row.running, max(0.0, float(row.oldest)))
        for row in found
    }


@dataclass(frozen=True)
class Checks:
    """What came of the checks that were sent within the last hour."""

    by_status: Mapping[str, int]
    model_seconds: Mapping[float, float]  # quantile → seconds of computing; empty without any


def checks_of_last_hour(session: Session) -> Checks:
    """Without those of the demonstration and those that score an earlier check again."""
    counted = session.execute(
        text("""
            SELECT status, count(*) FROM analysis_results
            WHERE created_at > now() - interval '1 hour'
                AND rescored_from IS NULL AND NOT is_demonstration
            GROUP BY status
        """)
    )
    by_status = {str(status): int(number) for status, number in counted}
    seconds = session.execute(
        text("""
            SELECT percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY spent.seconds)
            FROM analysis_results a
            CROSS JOIN LATERAL (
                SELECT sum(value::float8) / 1000 AS seconds FROM jsonb_each_text(a.ms)
            ) spent
            WHERE a.created_at > now() - interval '1 hour' AND a.ms IS NOT NULL
                AND a.rescored_from IS NULL AND NOT a.is_demonstration
        """)
    ).scalar()
    return Checks(by_status, dict(zip((0.5, 0.95), seconds or (), strict=False)))


def retrying(session: Session) -> int:
    """Jobs that broke at least once and wait for their next attempt."""
    found = session.scalar(
        text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND attempts > 0")
    )
    return int(found or 0)


def live_sessions(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(AuthSession).where(is_live())) or 0
