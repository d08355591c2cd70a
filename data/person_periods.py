"""What is known of each person in a span of days, for the statistics of groups.

Only of people who agreed to statistics, take part, and are no staff. Large: it comes as arrays, by
PostgreSQL's binary COPY.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

import numpy as np
import numpy.typing as npt
from psycopg import Connection, sql
from sqlalchemy.orm import Session

from core.analytics import Device
from core.metrics import Metric, Region
from data.database import raw
from data.tables import FACE

REGIONS = (FACE, *Region)
METRICS = tuple(Metric)

# Whose checks count, and which. `is_demonstration` marks simulated ones: they count only in a
# database where nothing else is.
CHECKS = """
    SELECT a.* FROM analysis_results a JOIN users u ON u.user_id = a.user_id
    WHERE a.created_at >= %(since)s AND a.created_at < %(until)s
        AND a.status IN ('scored', 'rejected') AND a.is_current
        AND (NOT a.is_demonstration OR %(simulated)s)
        AND u.role = 'user' AND u.is_active
        AND EXISTS (SELECT FROM consents c WHERE c.user_id = a.user_id
            AND c.purpose = 'statistics' AND c.withdrawn_at IS NULL)
"""

_CHECK_ROWS = f"""
    SELECT user_id, extract(epoch FROM created_at)::float8, (status = 'scored')::int,
        coalesce(array_position(%(devices)s::text[], device), 0)::int,
        coalesce(array_position(%(versions)s::text[], model_version), 0)::int,
        coalesce(ita, 'NaN')::float8,
        coalesce((quality->>'face_width')::float8, 'NaN'),
        coalesce((quality->>'sharpness')::float8, 'NaN'),
        coalesce((quality->>'exposure')::float8, 'NaN'),
        coalesce((quality->>'evenness')::float8, 'NaN'),
        coalesce(abs((quality->>'yaw')::float8), 'NaN'),
        coalesce((quality->>'skin_cover')::float8, 'NaN'),
        coalesce((SELECT sum(value::float8) / 1000 FROM jsonb_each_text(ms)), 'NaN')::float8,
        CASE WHEN rescored_from IS NULL
            THEN extract(epoch FROM updated_at - created_at)::float8 ELSE 'NaN' END
    FROM ({CHECKS}) checks ORDER BY user_id, created_at, id
"""  # noqa: S608
CHECK = np.dtype(
    [
        ("who", "S16"),
        ("at", ">f8"),  # seconds since 1970
        ("is_scored", ">i4"),
        ("device", ">i4"),  # from 1, into Device; 0: not known
        ("version", ">i4"),  # from 1, into the versions; 0: none
        *(
            (name, ">f8")
            for name in (
                *("ita", "face_width", "sharpness", "exposure", "evenness", "turned_by"),
                *("skin_cover", "scoring_seconds", "waited_seconds"),
            )
        ),
    ]
)

_SCORE_ROWS = f"""
    SELECT user_id, array_position(%(metrics)s::text[], metric)::int,
        array_position(%(regions)s::text[], region)::int, mean, measured, asked
    FROM (
        SELECT checks.user_id, s.metric, s.region, coalesce(avg(s.value), 'NaN') AS mean,
            count(s.value)::int AS measured, count(*)::int AS asked
        FROM ({CHECKS}) checks JOIN metric_scores s ON s.analysis_id = checks.id
        GROUP BY 1, 2, 3
    ) of_people
"""  # noqa: S608
SCORE = np.dtype(
    [
        ("who", "S16"),
        ("metric", ">i4"),  # from 1
        ("region", ">i4"),  # from 1
        ("mean", ">f8"),
        ("measured", ">i4"),
        ("asked", ">i4"),
    ]
)

_SPREAD_ROWS = f"""
    SELECT user_id, array_position(%(metrics)s::text[], metric)::int, avg(sd)
    FROM (
        SELECT checks.user_id, checks.id, one.key AS metric,
            stddev_samp(one.value::float8) AS sd
        FROM ({CHECKS}) checks JOIN shots ON shots.analysis_id = checks.id AND shots.is_scored,
            jsonb_each_text(shots.face_values) one
        GROUP BY 1, 2, 3 HAVING count(*) > 1
    ) repeated WHERE metric = ANY(%(metrics)s) GROUP BY 1, 2
"""  # noqa: S608
SPREAD = np.dtype([("who", "S16"), ("metric", ">i4"), ("sd", ">f8")])

_PEOPLE = f"""
    SELECT u.user_id, u.age, u.skin_type, split_part(n.time_zone, '/', 1),
        (SELECT ita FROM analysis_results b WHERE b.user_id = u.user_id AND b.ita IS NOT NULL
            AND b.is_current AND b.created_at < %(until)s ORDER BY b.created_at DESC LIMIT 1)
    FROM users u LEFT JOIN notification_settings n ON n.user_id = u.user_id
    WHERE u.user_id IN (SELECT user_id FROM ({CHECKS}) checks) ORDER BY u.user_id
"""  # noqa: S608


@dataclass(frozen=True)
class Told:
    """What a person said of themselves, and what was last seen."""

    who: bytes
    age: int | None
    skin_type: str | None
    zone: str | None
    ita: float | None  # degrees, of the newest check that has one


@dataclass(frozen=True)
class Span:
    """Everything of one span of days, sorted by person."""

    people: list[Told]
    checks: npt.NDArray[np.void]  # CHECK
    versions: tuple[str, ...]
    scores: npt.NDArray[np.void]  # SCORE, one row a person, metric and region
    spreads: npt.NDArray[np.void]  # SPREAD, one row a person and metric
    rejected: list[tuple[bytes, list[str]]]  # of each check: whose, and the sentences


def read(session: Session, since: date, until: date, *, simulated: bool) -> Span:
    """From the beginning of `since` to the beginning of `until`, UTC."""
    days = {"since": _midnight(since), "until": _midnight(until), "simulated": simulated}
    connection = raw(session)
    versions = tuple(
        row[0]
        for row in connection.execute(
            f"SELECT DISTINCT model_version FROM ({CHECKS}) checks"  # noqa: S608
            " WHERE model_version IS NOT NULL ORDER BY 1",
            days,
        )
    )
    listed = {
        "devices": [device.value for device in Device],
        "versions": list(versions),
        "metrics": [metric.value for metric in METRICS],
        "regions": list(REGIONS),
    }
    return Span(
        people=[
            Told(who.bytes, age, skin_type, zone or None, ita)
            for who, age, skin_type, zone, ita in connection.execute(_PEOPLE, days)
        ],
        checks=_copied(connection, _CHECK_ROWS, CHECK, days | listed),
        versions=versions,
        scores=_copied(connection, _SCORE_ROWS, SCORE, days | listed),
        spreads=_copied(connection, _SPREAD_ROWS, SPREAD, days | listed),
        rejected=[
            (who.bytes, reasons)
            for who, reasons in connection.execute(
                f"SELECT user_id, reasons FROM ({CHECKS}) checks"  # noqa: S608
                " WHERE status = 'rejected' ORDER BY user_id",
                days,
            )
        ],
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


_HEAD = len(b"PGCOPY\n\xff\r\n\0") + 4 + 4


def _copied(
    connection: Connection[Any],
    query: str,
    of: np.dtype[np.void],
    values: dict[str, Any],
) -> npt.NDArray[np.void]:
    """Rows without NULLs as an array: each has the same length, as long as its fields have.

    Of the format: a row is its number of fields (2 bytes), each with its length (4) before it.
    """
    names: Sequence[str] = of.names or ()
    framed = np.dtype(
        [("fields", ">i2")]
        + [part for name in names for part in ((f"_{name}", ">i4"), (name, of[name]))]
    )
    content = bytearray()
    with (
        connection.cursor() as cursor,
        cursor.copy(
            sql.SQL("COPY ({}) TO STDOUT (FORMAT binary)").format(sql.SQL(query)),
            values,
        ) as copy,
    ):
        for piece in copy:
            content += piece
    rows = np.frombuffer(bytes(content[_HEAD:-2]), dtype=framed)
    plain = np.empty(len(rows), of)
    for name in names:
        plain[name] = rows[name]
    return plain
