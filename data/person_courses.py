"""What became of each person over time: coming back, and changing after a new ingredient."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.orm import Session

from core.analytics import FIRST_MONDAY, Period
from data.database import raw
from data.person_periods import CHECKS

# Compared are the means of these days around the start, which is day 0.
BEFORE, SETTLED, AFTER = timedelta(days=28), timedelta(days=28), timedelta(days=84)

_VISITS = f"""
    SELECT v.user_id, u.age, u.skin_type, split_part(n.time_zone, '/', 1),
        array_agg(block ORDER BY block), array_agg(checks ORDER BY block)
    FROM (
        SELECT user_id, floor((created_at::date - %(monday)s::date) / 28.0)::int AS block,
            count(*)::int AS checks
        FROM ({CHECKS}) c GROUP BY 1, 2
    ) v JOIN users u ON u.user_id = v.user_id
    LEFT JOIN notification_settings n ON n.user_id = v.user_id
    GROUP BY 1, 2, 3, 4 ORDER BY 1
"""  # noqa: S608

_CHANGES = f"""
    WITH begun AS (
        SELECT user_id, ingredient, min(created_at) AS at FROM routine_steps
        WHERE ingredient IS NOT NULL GROUP BY 1, 2
    ), starts AS (
        SELECT * FROM begun WHERE at >= %(from)s AND at < %(to)s
        UNION ALL
        SELECT user_id, '', %(middle)s FROM users WHERE user_id NOT IN (
            SELECT user_id FROM begun WHERE at BETWEEN %(middle)s - %(after)s::interval
                AND %(middle)s + %(after)s::interval)
    ), sides AS (
        SELECT s.user_id, s.ingredient, c.model_version, m.metric, c.created_at < s.at AS is_before,
            avg(m.value) AS mean, count(*) AS n
        FROM starts s JOIN ({CHECKS}) c ON c.user_id = s.user_id
            AND c.created_at >= s.at - %(before)s::interval
            AND c.created_at < s.at + %(after)s::interval
            AND (c.created_at < s.at OR c.created_at >= s.at + %(settled)s::interval)
        JOIN metric_scores m ON m.analysis_id = c.id AND m.region = 'face' AND m.value IS NOT NULL
        GROUP BY 1, 2, 3, 4, 5
    )
    SELECT DISTINCT ON (b.ingredient, b.metric, b.user_id)
        b.ingredient, b.metric, b.user_id, a.mean - b.mean
    FROM sides b JOIN sides a USING (user_id, ingredient, model_version, metric)
    WHERE b.is_before AND NOT a.is_before
    ORDER BY b.ingredient, b.metric, b.user_id, a.n + b.n DESC, model_version
"""  # noqa: S608


@dataclass(frozen=True)
class Visits:
    """In which blocks somebody had checks; blocks are numbered from FIRST_MONDAY."""

    who: bytes
    age: int | None
    skin_type: str | None
    zone: str | None
    checks: dict[int, int]  # block → how many


@dataclass(frozen=True)
class Change:
    """Of one person and one metric of the face, by one version of the model."""

    ingredient: str  # '' : nothing was begun
    metric: str
    who: bytes
    points: float


def visits(session: Session, until: date, *, simulated: bool) -> Iterator[Visits]:
    """Everybody's, before a day."""
    days = {
        "since": datetime.combine(FIRST_MONDAY, time(), UTC),
        "until": datetime.combine(until, time(), UTC),
        "simulated": simulated,
        "monday": FIRST_MONDAY,
    }
    for who, age, skin_type, zone, blocks, checks in raw(session).execute(_VISITS, days):
        yield Visits(
            who.bytes, age, skin_type, zone or None, dict(zip(blocks, checks, strict=True))
        )


def changes(session: Session, since: date, until: date, *, simulated: bool) -> list[Change]:
    """Around every start of an ingredient in these days, and around their middle elsewhere."""
    start, end = (datetime.combine(day, time(), UTC) for day in (since, until))
    found = raw(session).execute(
        _CHANGES,
        {
            "from": start,
            "to": end,
            "middle": start + (end - start) / 2,
            "before": BEFORE,
            "settled": SETTLED,
            "after": AFTER,
            "since": start - BEFORE,
            "until": end + AFTER,
            "simulated": simulated,
        },
    )
    return [
        Change(ingredient, metric, who.bytes, points) for ingredient, metric, who, points in found
    ]


def block_number(day: date) -> int:
    """As `Visits.checks` counts them."""
    return (day - FIRST_MONDAY) // Period.BLOCK.length
