"""The roll-up of one day: what operations and a drift alarm look at. Never for analysts."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.analytics import (
    AGE_BANDS,
    AGE_BANDS_FROM,
    DIM_BELOW,
    NOT_KNOWN,
    TONE_BANDS,
    TONE_BANDS_ABOVE,
    UNEVEN_BELOW,
    Fact,
)
from data.database import raw
from data.person_periods import CHECKS

_AGE = " ".join(
    f"WHEN u.age >= {above} THEN '{band}'"
    for band, above in reversed(list(zip(AGE_BANDS, AGE_BANDS_FROM, strict=True)))
)
_TONE = " ".join(
    f"WHEN c.ita > {above} THEN '{band}'"
    for band, above in zip(TONE_BANDS, TONE_BANDS_ABOVE, strict=False)
)
_FACTS = {
    Fact.AGE_BAND: f"CASE {_AGE} END",
    Fact.DEVICE: "c.device",
    Fact.LIGHT: f"CASE WHEN (c.quality->>'exposure')::float8 < {DIM_BELOW} THEN 'dim'"
    f" WHEN (c.quality->>'evenness')::float8 < {UNEVEN_BELOW} THEN 'uneven'"
    " WHEN c.quality IS NOT NULL THEN 'good' END",
    Fact.MODEL_VERSION: "c.model_version",
    Fact.SKIN_TYPE: "u.skin_type",
    Fact.TONE_BAND: f"CASE {_TONE} WHEN c.ita IS NOT NULL THEN '{TONE_BANDS[-1]}' END",
    Fact.ZONE: "nullif(split_part(n.time_zone, '/', 1), '')",
}
_NAMED = ", ".join(
    f"coalesce({expression}, '{NOT_KNOWN}') AS {fact}" for fact, expression in _FACTS.items()
)
_SETS = "(metric, region), " + ", ".join(f"(metric, region, {fact})" for fact in Fact)
_BINS = ", ".join(f"count(*) FILTER (WHERE bin = {number})::int" for number in range(20))

ROLL_UP = f"""
    WITH checks AS MATERIALIZED (
        SELECT c.id, c.user_id, c.status, {_NAMED}
        FROM ({CHECKS}) c JOIN users u ON u.user_id = c.user_id
        LEFT JOIN notification_settings n ON n.user_id = c.user_id
    ), values AS (
        SELECT checks.*, s.metric, s.region, s.value, false AS is_rejected,
            least(19, floor(s.value / 5))::int AS bin
        FROM checks JOIN metric_scores s ON s.analysis_id = checks.id
        WHERE checks.status = 'scored'
        UNION ALL
        SELECT checks.*, '', 'face', NULL, checks.status = 'rejected', NULL FROM checks
    )
    SELECT %(since)s::date AS day, metric, region,
        CASE {" ".join(f"WHEN grouping({f}) = 0 THEN '{f}'" for f in Fact)} ELSE '' END AS fact,
        coalesce({", ".join(Fact)}, '') AS value,
        count(DISTINCT user_id) FILTER (WHERE metric = '' OR value IS NOT NULL) AS people,
        count(*) FILTER (WHERE value IS NOT NULL OR (metric = '' AND NOT is_rejected)) AS analyses,
        coalesce(sum(value), 0) AS total, coalesce(sum(value * value), 0) AS squares,
        ARRAY[{_BINS}] AS bins,
        count(*) FILTER (WHERE metric <> '' AND value IS NULL) AS abstained,
        count(*) FILTER (WHERE is_rejected) AS rejected
    FROM values GROUP BY GROUPING SETS ({_SETS})
"""  # noqa: S608


def roll_up(session: Session, day: date, *, simulated: bool) -> int:
    """Count a day (UTC) anew; how many rows it has. The same again gives the same."""
    session.execute(text("SELECT make_partition('daily_metrics', :day)"), {"day": day})
    connection = raw(session)
    connection.execute("DELETE FROM daily_metrics WHERE day = %s", [day])
    return connection.execute(
        f"INSERT INTO daily_metrics {ROLL_UP}",
        of_day(day, simulated=simulated),
    ).rowcount


def days(session: Session) -> list[date]:
    """The days (UTC) that have checks, or figures of checks that are gone; in order."""
    found = raw(session).execute(
        "SELECT day FROM daily_metrics"
        " UNION SELECT (created_at AT TIME ZONE 'UTC')::date FROM analysis_results ORDER BY 1"
    )
    return [day for (day,) in found.fetchall()]


def differences(session: Session, day: date, *, simulated: bool) -> int:
    """In how many rows what is kept of a day differs from what its checks say.

    0 of a day that is marked to be counted anew. One statement, so one moment: a check that is
    recorded meanwhile is seen with its mark or not at all.
    """
    kept = "SELECT * FROM daily_metrics WHERE day = %(since)s::date"
    counted = f"SELECT * FROM ({ROLL_UP}) counted"  # noqa: S608
    columns = (
        "day, metric, region, fact, value, people, analyses, round(total::numeric, 6),"
        " round(squares::numeric, 4), bins, abstained, rejected"
    )
    found = raw(session).execute(
        f"WITH k AS MATERIALIZED (SELECT {columns} FROM ({kept}) k),"  # noqa: S608
        f" c AS MATERIALIZED (SELECT {columns} FROM ({counted}) c)"
        " SELECT count(*) FROM ("
        "(SELECT * FROM k EXCEPT SELECT * FROM c)"
        " UNION ALL (SELECT * FROM c EXCEPT SELECT * FROM k)) d"
        " WHERE NOT EXISTS (SELECT FROM dirty_days WHERE day = %(since)s::date)",
        of_day(day, simulated=simulated),
    )
    row = found.fetchone()
    return 0 if row is None else int(str(row[0]))


def of_day(day: date, *, simulated: bool) -> dict[str, object]:
    since = datetime.combine(day, time(), UTC)
    return {"since": since, "until": since + timedelta(days=1), "simulated": simulated}
