"""The explorer's pages at 10,000, 100,000 and a million checks, and what keeping figures costs.

    .venv/bin/python -m bench.analytics [--checks 10000 100000 1000000] [--only released]

A PostgreSQL of its own, with the product's settings. A database for each size, filled with the
simulated population of two years (scores of the whole face), rolled up and released. Measured is
everything that a page does for a question, from the role and the day's budget to the answer ready
to draw: each question a transaction that is noted, all sizes in turn. Beside it, in the same run,
the same figures straight from the scores in PostgreSQL, and by DuckDB from Parquet files.
Of ten million checks there are the released figures alone, without rows of checks and scores.
Of recording a result the share of the day's mark. Writes analytics.json.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock
from uuid import UUID, uuid4

import duckdb
import structlog
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session

from bench import analytics_released, analytics_straight
from bench.own_server import migrated, own_server, vacuum_analyze
from core.analytics import Device, Fact
from core.metrics import Metric
from core.people import Identity, Purpose, Role
from core.postgres import EmbeddedPostgres
from data import analytics, daily_metrics, database, dirty_days
from data.progress import Seen
from pipeline import consents, intake, record
from pipeline.analytics import asking, drift, export, populate, rollup, saved_views
from pipeline.analytics.questions import Question, View
from tests import people
from tests.stand_in import examination, photo_that

SIZES = (10_000, 100_000, 1_000_000)
RELEASED = 10_000_000
ROUNDS, WARM_UP = 40, 5
RECORDED = 100
GOALS = {"queries_p95_ms": 150, "largest_to_smallest": 1.3, "kept_in_recording": 0.1}
_REDNESS = Metric.REDNESS
QUESTIONS = {
    "distribution by tone": Question(metric=_REDNESS, by=Fact.TONE_BAND),
    "tones, adjusted": Question(metric=_REDNESS, by=Fact.TONE_BAND, is_adjusted=True),
    "two cohorts": Question(
        metric=_REDNESS,
        where={Fact.DEVICE: (Device.PHONE,)},
        against={Fact.DEVICE: (Device.COMPUTER,)},
    ),
    "trend": Question(view=View.TREND, metric=_REDNESS),
    "trend by model": Question(view=View.TREND, metric=_REDNESS, by=Fact.MODEL_VERSION),
    "age and tone": Question(view=View.AGE_AND_TONE, metric=_REDNESS),
    "correlations": Question(view=View.TOGETHER),
    "ingredients": Question(view=View.INGREDIENTS),
    "coming back": Question(view=View.RETURNING),
    "rejections by device": Question(view=View.PHOTOS, by=Fact.DEVICE),
}
DRIFT = "drift board"


@dataclass(frozen=True)
class Filled:
    """A database with so many checks."""

    checks: int
    engine: Engine
    analysts: tuple[Identity, ...]
    files: duckdb.DuckDBPyConnection | None  # the same as Parquet; None: figures alone
    exported: Path | None  # by `run.py export-analytics`
    said: dict[str, Any]  # how it was made


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checks", type=int, nargs="+", default=SIZES)
    parser.add_argument("--released", type=int, default=RELEASED)
    parser.add_argument("--only", choices=("recording", "released"), help="measure a part again")
    given = parser.parse_args(arguments)
    sizes = SIZES[:1] if given.only else given.checks
    file = Path(__file__).with_suffix(".json")
    result: dict[str, Any] = json.loads(file.read_text()) if given.only else {}
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    os.environ["SKINCARE_ANALYST_QUESTIONS_PER_DAY"] = "10000"
    with own_server("analytics") as (server, folder):
        filled = [_filled(server, folder, checks) for checks in sizes]
        if not given.only:
            result = _with_rows(filled)
        if given.only != "released":
            recording = _recording(filled[0])
            result["recording"] = recording | _counting(result["checks"], recording)
        if given.only != "recording":
            alone = _released(server, given.released)
            result["released_alone"] = _where_and_when() | {
                "checks": [filled[0].said, alone.said],
                "pages": _pages([filled[0], alone]),
            }
            alone.engine.dispose()
        for one in filled:
            one.engine.dispose()
    result |= {"goals": GOALS, "goals_met": _met(result)}
    file.write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result, indent=1))


def _where_and_when() -> dict[str, Any]:
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, DuckDB {duckdb.__version__}",
        "load": [round(load, 1) for load in os.getloadavg()[:2]],
    }


def _with_rows(filled: Sequence[Filled]) -> dict[str, Any]:
    return _where_and_when() | {
        "simulated": True,
        "checks": [one.said for one in filled],
        "rounds": ROUNDS,
        "pages": _pages(filled),
        "straight": {str(one.checks): _others(one) for one in filled},
    }


def _met(result: dict[str, Any]) -> dict[str, bool]:
    pages = [*result["pages"].values(), *result["released_alone"]["pages"].values()]
    found = {
        "queries_p95_ms": max(page["queries_p95_ms"][-1] for page in pages),
        "largest_to_smallest": max(page["queries_ratio_of_p95"] for page in pages),
        "kept_in_recording": result["recording"]["kept_share"],
    }
    return {name: found[name] <= goal for name, goal in GOALS.items()}


def _released(server: EmbeddedPostgres, checks: int) -> Filled:
    """The figures of so many checks, which stand in no table."""
    engine = migrated(server, f"released_{checks}")
    with database.use(engine):
        with database.transaction() as session:
            last = database.now(session).date()
        began = time.perf_counter()
        written = analytics_released.fill(checks, last=last)
        taken = time.perf_counter() - began
    vacuum_analyze()
    with engine.begin() as connection:
        rows = connection.execute(text("SELECT count(*) FROM released_metrics")).scalar_one()
    said = {
        "checks": written, "figures_alone": True, "released_cells": rows,
        "simulate_and_release_s": round(taken, 1),
    }  # fmt: skip
    print(json.dumps(said), file=sys.stderr, flush=True)
    return Filled(checks, engine, _analysts(engine), None, None, said)


def _filled(server: EmbeddedPostgres, folder: Path, checks: int) -> Filled:
    engine = migrated(server, f"checks_{checks}")
    with database.use(engine):
        began = time.perf_counter()
        with database.transaction() as session:
            database.take_time(session)
            last = database.now(session).date()
            written = populate.fill(session, checks, last=last, regions=False)
        copied = time.perf_counter() - began
        vacuum_analyze()
        began = time.perf_counter()
        rollup.run(simulated=True)
        released = time.perf_counter() - began
        day = last - timedelta(days=100)
        began = time.perf_counter()
        with database.transaction() as session:
            daily_metrics.roll_up(session, day, simulated=True)
        one_day = time.perf_counter() - began
        began = time.perf_counter()
        exported = folder / f"exported-{checks}"
        export.run(exported, simulated=True)
        exporting = time.perf_counter() - began
    vacuum_analyze()
    with engine.begin() as connection:
        for view in analytics_straight.VIEWS:
            connection.execute(text(view))
        rows = connection.execute(text("SELECT count(*) FROM released_metrics")).scalar_one()
        scores = connection.execute(text("SELECT count(*) FROM metric_scores")).scalar_one()
        that_day = connection.execute(
            text("SELECT count(*) FROM checks WHERE day = :day"), {"day": day}
        ).scalar_one()
        parquet = folder / f"parquet-{checks}"
        parquet.mkdir()
        files, size = analytics_straight.as_parquet(connection, parquet)
    said = {
        "checks": written, "scores": scores, "released_cells": rows,
        "copy_s": round(copied, 1), "roll_up_and_release_s": round(released, 1),
        "roll_up_and_release_ms_per_check": round(1000 * released / written, 3),
        "one_day": {"checks": that_day, "roll_up_ms": round(1000 * one_day, 1)},
        "parquet_mb": round(size / 1e6, 1),
        "export_s": round(exporting, 1),
        "export_mb": round(sum(f.stat().st_size for f in exported.rglob("*.parquet")) / 1e6, 1),
    }  # fmt: skip
    print(json.dumps(said), file=sys.stderr, flush=True)
    return Filled(checks, engine, _analysts(engine), files, exported, said)


def _analysts(engine: Engine) -> tuple[Identity, ...]:
    """One for each page, so that nobody's budget is counted over more than their own questions."""
    found = []
    with database.use(engine), database.transaction() as session:
        for _ in (*QUESTIONS, DRIFT):
            who = people.register(session)
            session.execute(
                text("UPDATE users SET role = 'analyst' WHERE user_id = :who"), {"who": who}
            )
            found.append(Identity(who, uuid4(), "analyst@example.org", "Ann", Role.ANALYST))
    return tuple(found)


def _pages(filled: Sequence[Filled]) -> dict[str, Any]:
    """Page → milliseconds at each size, the largest beside the smallest.

    `queries` is the time until the database has answered, without what Python makes of it.
    """
    found: dict[str, Any] = {}
    for number, name in enumerate((*QUESTIONS, DRIFT)):
        taken: list[list[tuple[float, float]]] = [[] for _ in filled]
        for turn in range(WARM_UP + ROUNDS):
            for times, one in zip(taken, filled, strict=True):
                with database.use(one.engine), _asked(one.engine) as queries:
                    whole = _ms(lambda who=one.analysts[number], name=name: _page(who, name))  # type: ignore[misc]
                if turn >= WARM_UP:
                    times.append((whole, sum(queries)))
        found[name] = {}
        for which, what in enumerate(("page", "queries")):
            of = [[both[which] for both in times] for times in taken]
            p95 = [statistics.quantiles(times, n=20)[-1] for times in of]
            found[name] |= {
                f"{what}_median_ms": [round(statistics.median(times), 1) for times in of],
                f"{what}_p95_ms": [round(ms, 1) for ms in p95],
                f"{what}_ratio_of_p95": round(p95[-1] / p95[0], 2),
            }
        print(name, found[name], file=sys.stderr, flush=True)
    return found


@contextmanager
def _asked(engine: Engine) -> Iterator[list[float]]:
    """The milliseconds of each query inside the block."""
    taken: list[float] = []
    began = 0.0

    def before(*_: object) -> None:
        nonlocal began
        began = time.perf_counter()

    def after(*_: object) -> None:
        taken.append(1000 * (time.perf_counter() - began))

    events = (("before_cursor_execute", before), ("after_cursor_execute", after))
    for name, act in events:
        event.listen(engine, name, act)
    try:
        yield taken
    finally:
        for name, act in events:
            event.remove(engine, name, act)


def _page(who: Identity, name: str) -> None:
    """What the explorer, or the board, does when it is opened."""
    with analytics.reading() as session:
        if name == DRIFT:
            if not drift.of_everything(session):
                raise RuntimeError("There is no drift board to measure.")
            return
        analytics.versions(session)
    with database.read() as session:
        saved_views.all_of(session, who)
    if not asking.ask(who, QUESTIONS[name]).lines:
        raise RuntimeError(f"“{name}” has no answer: there is nothing to measure.")


def _others(one: Filled) -> dict[str, dict[str, float]]:
    """View → milliseconds straight from the scores, and by DuckDB; the faster of two."""
    found = {}
    files, exported = one.files, one.exported
    assert files is not None
    assert exported is not None
    for view in analytics_straight.STRAIGHT:
        with one.engine.connect() as connection:
            straight = min(
                _ms(lambda: analytics_straight.straight(connection, view))  # noqa: B023
                for _ in range(2)
            )
        by_duckdb = min(_ms(lambda: analytics_straight.by_duckdb(files, view)) for _ in "12")  # noqa: B023
        found[view] = {"postgresql_ms": round(straight, 1), "duckdb_ms": round(by_duckdb, 1)}
        if view in analytics_straight.ON_THE_EXPORT:
            on_it = min(_ms(lambda: analytics_straight.on_the_export(exported, view)) for _ in "12")  # noqa: B023
            found[view]["duckdb_on_the_export_ms"] = round(on_it, 1)
        print(one.checks, view, found[view], file=sys.stderr, flush=True)
    return found


def _recording(one: Filled) -> dict[str, Any]:
    """Milliseconds of the transaction that records a result, and of the mark within it."""
    whole: list[float] = []
    marks: list[float] = []
    mark = dirty_days.mark_check

    def timed(session: Session, check: UUID, *, at_once: bool) -> None:
        marks.append(_ms(lambda: mark(session, check, at_once=at_once)))

    with database.use(one.engine), mock.patch.object(dirty_days, "mark_check", timed):
        for number in range(WARM_UP + RECORDED):
            begun = _waiting(number)
            whole.append(_ms(lambda begun=begun: _record(begun)))  # type: ignore[misc]
    recording, marking = statistics.median(whole[WARM_UP:]), statistics.median(marks[WARM_UP:])
    return {
        "load": [round(load, 1) for load in os.getloadavg()[:2]],
        "recording_ms": round(recording, 2),
        "mark_ms": round(marking, 3),
        "mark_share": round(marking / (recording - marking), 4),
    }


def _counting(sizes: Sequence[dict[str, Any]], recording: dict[str, Any]) -> dict[str, float]:
    """What the worker's counting adds for each check, of the largest database with checks.

    Each is counted and released once, and its day is counted anew for as long as it lasts.
    """
    largest = sizes[-1]
    day = largest["one_day"]
    times = timedelta(days=1) / rollup.COUNTED_AFTER
    anew = times * day["roll_up_ms"] / day["checks"]
    kept = recording["mark_ms"] + largest["roll_up_and_release_ms_per_check"] + anew
    share = kept / (recording["recording_ms"] - recording["mark_ms"])
    return {"counted_anew_ms": round(anew, 3), "kept_share": round(share, 4)}


def _waiting(number: int) -> Any:
    with database.transaction() as session:
        who = people.signed_in(session)
        consents.give(session, who.user_id, Purpose.STATISTICS)
        check: UUID = intake.submit(session, who, [photo_that("is scored", seed=number)])
    with database.transaction() as session:
        return record.start(session, check)


def _record(begun: Any) -> None:
    with database.transaction() as session:
        if not record.record(session, begun, [Seen(examination())]):
            raise RuntimeError("The check was not recorded.")


def _ms(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return 1000 * (time.perf_counter() - began)


if __name__ == "__main__":
    main(sys.argv[1:])
