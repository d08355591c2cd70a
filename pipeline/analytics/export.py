"""`run.py export-analytics FOLDER`: what people agreed to as statistics, for DuckDB or Spark.

One row for a person, a week, a metric and a part of the face; a folder a week, as Hive names them.
De-identified: bands in place of values, weeks in place of moments, and a pseudonym that holds for
one week of one export. Whoever shares their facts with fewer than nine others of that week has
facts taken away until they do not, or is left out.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import secrets
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from core.analytics import FLOOR, NOT_KNOWN, Fact, Period
from core.errors import Conflict
from core.launch import say
from core.settings import settings
from data import audit, database, person_periods, releases
from data.database import transaction
from pipeline.analytics import reading
from pipeline.analytics.people import SLOTS, People
from pipeline.analytics.rollup import SETTLED_AFTER

# Facts that somebody else could know of a person; taken away from the left when a group is small.
TAKEN_AWAY = (Fact.ZONE, Fact.DEVICE, Fact.SKIN_TYPE, Fact.AGE_BAND, Fact.TONE_BAND)
README = """\
Skin metrics by person and week
===============================

Made by Skincare AI. Only people who agreed to statistics when this was made; delete it when you
make the next one, which leaves out whoever has taken that back.{simulated}

week=YYYY-MM-DD/people.parquet    the ISO week that begins on this Monday, UTC

person          pseudonym of this week in this export: it cannot be followed to another week
age_band, device, light, model_version, skin_type, tone_band, zone
                what the person is grouped by; not_known also where fewer than {floor} people would
                have shared all of it
metric, region  region "face" is the whole face
value           mean over the person's checks of the week, 0-100 on the metric's own scale
checks          how many checks with scores

    duckdb -c "SELECT tone_band, avg(value) FROM '*/people.parquet' WHERE metric = 'redness'
               AND region = 'face' GROUP BY 1"
"""

_Strings = npt.NDArray[np.str_]


@dataclass(frozen=True)
class Exported:
    """What one export holds."""

    weeks: int
    rows: int
    left_out: int  # people of a week who shared their facts with too few


def options(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line; ends the program when it is not understood."""
    parser = argparse.ArgumentParser(
        prog="run.py export-analytics",
        description="Write de-identified rows of people who agreed to statistics as Parquet, a "
        "folder a week.",
    )
    parser.add_argument("folder", type=Path, help="a folder that does not exist yet")
    return parser.parse_args(arguments)


def run(folder: Path, *, simulated: bool | None = None) -> int:
    """Write it whole or not at all; the exit status. Conflict when the folder exists."""
    if folder.exists():
        raise Conflict(f"{folder} exists already. Name a folder that does not.")
    if simulated is None:
        simulated = settings().demonstration
    unfinished = folder.with_name(folder.name + ".part")
    shutil.rmtree(unfinished, ignore_errors=True)  # of a run that was killed
    try:
        unfinished.mkdir(parents=True, mode=0o700)
    except OSError as error:
        raise Conflict(f"{folder} cannot be made: {error.strerror}.") from error
    try:
        made = write(unfinished, simulated=simulated)
        unfinished.rename(folder)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    say(f"{made.rows:,} rows of {made.weeks} weeks are in {folder}.")
    if made.left_out:
        say(f"{made.left_out:,} times somebody was left out: too few others were like them.")
    return 0


def write(folder: Path, *, simulated: bool) -> Exported:
    """Every week that is over, each read in a transaction of its own."""
    with transaction() as session:
        first, now = releases.first_day(session), database.now(session)
        audit.add(session, "statistics_exported", actor=None)
    rows = weeks = left_out = 0
    start = None if first is None else Period.WEEK.containing(first)
    while start is not None and start + Period.WEEK.length <= (now - SETTLED_AFTER).date():
        table, hidden = week(start, simulated=simulated)
        left_out += hidden
        if table.num_rows:
            part = folder / f"week={start.isoformat()}"
            part.mkdir()
            pq.write_table(table, part / "people.parquet", compression="zstd")
            rows, weeks = rows + table.num_rows, weeks + 1
        start += timedelta(days=7)
    note = " Its people are simulated: nobody was measured." if simulated else ""
    (folder / "README.txt").write_text(README.format(simulated=note, floor=FLOOR))
    return Exported(weeks, rows, left_out)


def week(start: date, *, simulated: bool) -> tuple[pa.Table, int]:
    """The rows of one week, and how many people were left out."""
    with transaction() as session:
        database.take_time(session)
        span = person_periods.read(session, start, start + Period.WEEK.length, simulated=simulated)
    people = reading.people(span)
    facts = {fact: np.array(of.values)[of.codes] for fact, of in people.facts.items()}
    stays = generalise(facts)
    return _table(people, facts, stays), int((~stays).sum())


def generalise(facts: dict[Fact, _Strings]) -> npt.NDArray[np.bool_]:
    """Take facts away until FLOOR people share what is left; who may stay, (n,).

    `facts` are changed: (n,) of each.
    """
    wanted = [fact for fact in TAKEN_AWAY if fact in facts]
    for fact in wanted:
        few = _shared_by(facts, wanted) < FLOOR
        facts[fact] = np.where(few, NOT_KNOWN, facts[fact])
    return _shared_by(facts, wanted) >= FLOOR


def _shared_by(facts: Mapping[Fact, _Strings], wanted: Sequence[Fact]) -> npt.NDArray[np.intp]:
    """With how many people, themselves included, each shares all of these facts."""
    n = len(facts[wanted[0]])
    if n == 0:
        return np.zeros(0, np.intp)
    codes = np.column_stack([np.unique(facts[fact], return_inverse=True)[1] for fact in wanted])
    _, group, size = np.unique(codes, axis=0, return_inverse=True, return_counts=True)
    return np.asarray(size[group.reshape(-1)])


def _table(
    people: People, facts: Mapping[Fact, _Strings], stays: npt.NDArray[np.bool_]
) -> pa.Table:
    """Long: what was measured of whom; pseudonyms are in no order that says who they are."""
    key = secrets.token_bytes(32)
    names = np.array([hmac.new(key, one, hashlib.sha256).hexdigest()[:16] for one in people.ids])
    values = np.where(stays[:, None], people.values, np.nan)
    person, slot = np.nonzero(np.isfinite(values))
    order = np.lexsort((slot, names[person])) if len(person) else person
    person, slot = person[order], slot[order]
    metrics = np.array([metric.value for metric, _ in SLOTS])
    regions = np.array([str(region) for _, region in SLOTS])

    def text(column: npt.NDArray[Any]) -> pa.Array:
        return pa.array(column.tolist(), pa.string()).dictionary_encode()

    columns = {
        "person": pa.array(names[person].tolist(), pa.string()),
        **{fact.value: text(facts[fact][person]) for fact in sorted(facts)},
        "metric": text(metrics[slot]),
        "region": text(regions[slot]),
        "value": pa.array(values[person, slot].astype(np.float32), pa.float32()),
        "checks": pa.array(people.scored[person].astype(np.int32), pa.int32()),
    }
    return pa.table(columns)
