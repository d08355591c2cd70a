"""The explorer's views straight from checks and scores: one text for PostgreSQL and for DuckDB.

Either has the relations `checks`, `scores` and `starts` of `VIEWS`: in PostgreSQL as views over the
product's tables, in DuckDB as Parquet files, partitioned by block of four weeks, with people as
numbers. A person is one value in each figure, as in what is released; there is no floor here, no
rounding and no noise, so these do less than the product has to.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
from sqlalchemy import Connection, text

from core.analytics import FIRST_MONDAY
from data import daily_metrics

_BINS = ", ".join(
    f"count(*) FILTER (WHERE floor(v / 5) = {number}) AS bin_{number}" for number in range(20)
)
_FIGURES = f"count(*) AS people, avg(v) AS mean, stddev_samp(v) AS sd, {_BINS}"


def _of_groups(period: str, *facts: str, metric: str = "redness") -> str:
    named = ", ".join((period, *facts))
    return f"""
        WITH people AS (
            SELECT {named}, person, avg(value) AS v FROM scores
            WHERE metric = '{metric}' AND value IS NOT NULL GROUP BY {named}, person
        ) SELECT {named}, {_FIGURES} FROM people GROUP BY {named}
    """  # noqa: S608


STRAIGHT: dict[str, str] = {
    "distribution by tone": _of_groups("block", "tone_band"),
    "trend": _of_groups("week"),
    "trend by model": _of_groups("week", "model_version"),
    "age and tone": _of_groups("block", "age_band", "tone_band"),
    "correlations": """
        WITH people AS (
            SELECT block, person, metric, avg(value) AS v FROM scores
            WHERE value IS NOT NULL GROUP BY block, person, metric
        ) SELECT a.block, a.metric, b.metric AS other, count(*) AS people, corr(a.v, b.v) AS r
        FROM people a JOIN people b ON a.block = b.block AND a.person = b.person
            AND a.metric < b.metric
        GROUP BY a.block, a.metric, b.metric
    """,
    "ingredients": """
        WITH sides AS (
            SELECT s.ingredient, s.person, m.metric, m.model_version, m.day < s.day AS is_before,
                avg(m.value) AS mean
            FROM starts s JOIN scores m ON m.person = s.person
                AND m.day >= s.day - 28 AND m.day < s.day + 84
                AND (m.day < s.day OR m.day >= s.day + 28)
            WHERE m.value IS NOT NULL
            GROUP BY s.ingredient, s.person, m.metric, m.model_version, m.day < s.day
        ) SELECT b.ingredient, b.metric, count(*) AS people, avg(a.mean - b.mean) AS change,
            stddev_samp(a.mean - b.mean) AS sd
        FROM sides b JOIN sides a ON a.ingredient = b.ingredient AND a.person = b.person
            AND a.metric = b.metric AND a.model_version = b.model_version
        WHERE b.is_before AND NOT a.is_before GROUP BY b.ingredient, b.metric
    """,
    "coming back": """
        WITH visits AS (
            SELECT person, block, count(*) AS checks FROM checks GROUP BY person, block
        ), firsts AS (SELECT person, min(block) AS first FROM visits GROUP BY person)
        SELECT f.first, v.block - f.first AS later, count(*) AS returned, avg(v.checks) AS checks
        FROM firsts f JOIN visits v ON v.person = f.person GROUP BY f.first, v.block - f.first
    """,
    "rejections by device": """
        WITH people AS (
            SELECT block, device, person, avg(CASE WHEN is_rejected THEN 100.0 ELSE 0 END) AS v
            FROM checks GROUP BY block, device, person
        ) SELECT block, device, count(*) AS people, avg(v) AS mean, stddev_samp(v) AS sd
        FROM people GROUP BY block, device
    """,
}

VIEWS = (
    f"""
    CREATE VIEW checks AS
    SELECT c.id, hashtextextended(c.user_id::text, 0) AS person, c.created_at::date AS day,
        (c.created_at::date - DATE '{FIRST_MONDAY}') / 7 AS week,
        (c.created_at::date - DATE '{FIRST_MONDAY}') / 28 AS block,
        c.status = 'rejected' AS is_rejected, {daily_metrics._NAMED}
    FROM analysis_results c JOIN users u ON u.user_id = c.user_id
    LEFT JOIN notification_settings n ON n.user_id = c.user_id
    WHERE c.status IN ('scored', 'rejected') AND c.is_current AND u.role = 'user' AND u.is_active
        AND EXISTS (SELECT FROM consents a WHERE a.user_id = c.user_id
            AND a.purpose = 'statistics' AND a.withdrawn_at IS NULL)
    """,  # noqa: S608
    """
    CREATE VIEW scores AS
    SELECT c.*, m.metric, m.value FROM checks c JOIN metric_scores m ON m.analysis_id = c.id
    WHERE m.region = 'face'
    """,
    """
    CREATE VIEW starts AS
    SELECT hashtextextended(user_id::text, 0) AS person, ingredient, min(created_at)::date AS day
    FROM routine_steps WHERE ingredient IS NOT NULL GROUP BY user_id, ingredient
    """,
)


def as_parquet(connection: Connection, folder: Path) -> tuple[duckdb.DuckDBPyConnection, int]:
    """DuckDB over the same relations as files; and how many bytes these are."""
    files = duckdb.connect(config={"threads": 2})
    driver = connection.connection.driver_connection
    assert driver is not None
    for name in ("checks", "scores", "starts"):
        without_id = "*" if name == "starts" else "person, day, week, block"
        if name != "starts":
            without_id += ", is_rejected, " + ", ".join(daily_metrics._FACTS)
            without_id += ", metric, value" if name == "scores" else ""
        table = folder / f"{name}.csv"
        with table.open("wb") as out, driver.cursor().copy(
            f"COPY (SELECT {without_id} FROM {name}) TO STDOUT (FORMAT csv, HEADER)"  # noqa: S608
        ) as rows:  # fmt: skip
            for part in rows:
                out.write(part)
        parted = "" if name == "starts" else ", PARTITION_BY (block)"
        to = folder / name if parted else folder / f"{name}.parquet"
        files.execute(
            f"COPY (SELECT * FROM read_csv('{table}', sample_size = -1)) "  # noqa: S608
            f"TO '{to}' (FORMAT parquet, COMPRESSION zstd{parted})"
        )
        table.unlink()
        found = f"'{to}/*/*.parquet', hive_partitioning = true" if parted else f"'{to}'"
        files.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet({found})")  # noqa: S608
    return files, sum(file.stat().st_size for file in folder.rglob("*.parquet"))


_EXPORTED = """
    SELECT {groups}, count(*) AS people, avg(value) AS mean, stddev_samp(value) AS sd
    FROM read_parquet('{folder}/*/people.parquet', hive_partitioning = true)
    WHERE metric = 'redness' AND region = 'face' GROUP BY {groups}
"""
ON_THE_EXPORT = {"trend": "week", "distribution by tone": "week, tone_band"}


def on_the_export(folder: Path, view: str) -> int:
    """How many figures DuckDB finds in what `run.py export-analytics` wrote."""
    with duckdb.connect(config={"threads": 2}) as files:
        query = _EXPORTED.format(groups=ON_THE_EXPORT[view], folder=folder)
        return len(files.execute(query).fetchall())


def straight(connection: Connection, view: str) -> int:
    """How many figures PostgreSQL finds."""
    return len(connection.execute(text(STRAIGHT[view])).all())


def by_duckdb(files: duckdb.DuckDBPyConnection, view: str) -> int:
    """How many figures DuckDB finds."""
    return len(files.execute(STRAIGHT[view]).fetchall())
