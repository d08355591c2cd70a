"""What is released of a simulated population that no table holds: ten million checks in memory.

The same crowd as `pipeline.analytics.populate` writes, and the same way from the people of a period
to figures as the worker goes; only the rows of checks and scores between the two are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import numpy.typing as npt

from core.analytics import FIRST_MONDAY, Device, Period
from core.metrics import Metric
from data import bulk, releases
from data.database import take_time, transaction
from data.person_courses import AFTER, BEFORE, SETTLED, Change, Visits, block_number
from data.person_periods import CHECK, METRICS, REGIONS, SCORE, SPREAD, Span, Told
from data.tables import FACE
from pipeline.analytics import courses, noise, populate, reading, reasons, rollup, simulate

Index = npt.NDArray[np.int64]
Small = npt.NDArray[np.float32]

_QUALITY = ("face_width", "sharpness", "exposure", "evenness", "yaw", "skin_cover", "smile")
_DAY = 86_400.0
_FACE = REGIONS.index(FACE) + 1
_SENTENCES = tuple(reasons.SENTENCES.values())


@dataclass(frozen=True)
class Crowd:
    """Everybody, sorted by id, (n,); and all of their checks, sorted by time, (m,)."""

    ids: npt.NDArray[np.bytes_]
    age: Index
    skin_type: npt.NDArray[np.object_]
    zone: npt.NDArray[np.object_]
    device: Index  # from 1, into Device; 0: not known
    ingredient: npt.NDArray[np.object_]
    begun: npt.NDArray[np.float64]  # seconds since 1970

    whose: Index
    at: npt.NDArray[np.float64]  # seconds since 1970
    is_scored: npt.NDArray[np.bool_]
    reason: Index  # into the sentences
    version: Index  # into simulate.VERSIONS
    ita: Small
    quality: dict[str, Small]
    face: dict[Metric, Small]

    def between(self, since: datetime, until: datetime) -> Index:
        """The numbers of the checks of a span, by person and then by time."""
        ends = np.searchsorted(self.at, [since.timestamp(), until.timestamp()])
        numbers = np.arange(*ends)
        return numbers[np.argsort(self.whose[numbers], kind="stable")]


def fill(checks: int, *, last: date, days: int = populate.TWO_YEARS) -> int:
    """Release everything of about so many checks up to the day before `last`; how many they are."""
    crowd = _crowd(checks, _midnight(last - timedelta(days=days)).timestamp(), days)
    today = last - rollup.SETTLED_AFTER
    first = last - timedelta(days=days)
    for period in Period:
        start = period.containing(first)
        while start < period.containing(today):
            _release(crowd, period, start)
            start += period.length
    _retention(crowd, Period.BLOCK.containing(today))
    start = FIRST_MONDAY + (first - FIRST_MONDAY) // courses.QUARTER * courses.QUARTER
    while start + courses.QUARTER + AFTER <= today:
        rows = courses.ingredients(list(_changes(crowd, start)), start, noise.key())
        with transaction() as session:
            take_time(session)
            releases.replace(
                session, "released_ingredients", courses.INGREDIENT_COLUMNS, rows, start=start
            )
        start += courses.QUARTER
    return len(crowd.at)


def _release(crowd: Crowd, period: Period, start: date) -> None:
    span = _span(crowd, crowd.between(_midnight(start), _midnight(start + period.length)))
    made = rollup.make(reading.people(span), period, start)
    with transaction() as session:
        take_time(session)
        for table, columns, rows in made:
            only = {} if table == "released_pairs" else {"period": period.value}
            releases.replace(session, table, columns, rows, start=start, **only)
        releases.is_out(session, period, start)


def _crowd(checks: int, began: float, days: int) -> Crowd:
    parts = []
    for number, part in enumerate(
        simulate.crowds(checks, days=days, seed=populate.SEED, regions=False)
    ):
        rng = np.random.default_rng([populate.SEED, number, 1])
        chance = rng.integers(0, 256, (len(part.age), 10), np.uint8)
        parts.append((part, bulk.ids(began + np.zeros(len(part.age)), chance)))
    ids = np.concatenate([of for _, of in parts])
    people = np.argsort(ids)
    place = np.empty(len(ids), np.int64)
    place[people] = np.arange(len(ids))
    at = np.concatenate([part.at for part, _ in parts])
    order = np.argsort(at, kind="stable")
    firsts = np.cumsum([0, *(len(of) for _, of in parts)])
    whose = np.concatenate(
        [part.whose + first for (part, _), first in zip(parts, firsts, strict=False)]
    )
    words = list(reasons.SENTENCES)
    devices = {None: 0} | {device: number for number, device in enumerate(Device, 1)}

    def of_people(name: str) -> npt.NDArray[np.object_]:
        return np.concatenate([getattr(part, name) for part, _ in parts])[people]

    def of_checks(name: str) -> npt.NDArray[np.generic]:
        return np.concatenate([getattr(part, name) for part, _ in parts])[order]

    def small(of: str, name: str) -> Small:
        every = [getattr(part, of)[name].astype(np.float32) for part, _ in parts]
        return np.concatenate(every)[order]

    reason = np.concatenate(
        [np.array([words.index(one) for one in part.reason], np.int64) for part, _ in parts]
    )
    return Crowd(
        ids=ids[people],
        age=of_people("age").astype(np.int64),
        skin_type=of_people("skin_type"),
        zone=of_people("zone"),
        device=np.array([devices[one] for one in of_people("device")], np.int64),
        ingredient=of_people("ingredient"),
        begun=began + _DAY * of_people("begun").astype(np.float64),
        whose=place[whose][order],
        at=began + _DAY * at[order],
        is_scored=of_checks("is_scored").astype(np.bool_),
        reason=reason[order],
        version=of_checks("version").astype(np.int64),
        ita=of_checks("ita").astype(np.float32),
        quality={name: small("quality", name) for name in _QUALITY},
        face={metric: small("face", metric) for metric in parts[0][0].face},
    )


# ------------------------------------------------------------------ what the database would answer


def _span(crowd: Crowd, numbers: Index) -> Span:
    """As data.person_periods reads it."""
    whose, is_scored = crowd.whose[numbers], crowd.is_scored[numbers]
    present = np.unique(whose)
    versions = np.unique(crowd.version[numbers[is_scored]])
    checks = np.zeros(len(numbers), CHECK)
    checks["who"], checks["at"] = crowd.ids[whose], crowd.at[numbers]
    checks["is_scored"], checks["device"] = is_scored, crowd.device[whose]
    version = np.searchsorted(versions, crowd.version[numbers]) + 1
    checks["version"] = np.where(is_scored, version, 0)

    def seen(values: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
        return np.where(is_scored, values, np.nan)

    quality = {name: values[numbers] for name, values in crowd.quality.items()}
    checks["ita"] = seen(crowd.ita[numbers])
    for name in ("face_width", "sharpness", "exposure", "evenness", "skin_cover"):
        checks[name] = seen(quality[name])
    checks["turned_by"] = seen(np.abs(quality["yaw"]))
    checks["scoring_seconds"] = 0.3 + quality["smile"]
    checks["waited_seconds"] = 2 + 0.5 * np.abs(quality["yaw"])
    rejected = numbers[~is_scored]
    return Span(
        people=[
            Told(who, age, skin_type, zone, None)
            for who, age, skin_type, zone in zip(
                (bytes(one).ljust(16, b"\0") for one in crowd.ids[present]),
                crowd.age[present].tolist(),
                crowd.skin_type[present],
                crowd.zone[present],
                strict=True,
            )
        ],
        checks=checks,
        versions=tuple(simulate.VERSIONS[version] for version in versions),
        scores=_scores(crowd, numbers[is_scored], present),
        spreads=np.zeros(0, SPREAD),
        rejected=[
            (bytes(who).ljust(16, b"\0"), [_SENTENCES[reason]])
            for who, reason in zip(
                crowd.ids[crowd.whose[rejected]], crowd.reason[rejected], strict=True
            )
        ],
    )


def _scores(crowd: Crowd, scored: Index, present: Index) -> npt.NDArray[np.void]:
    """Of each person and metric of the face, the mean of their checks."""
    person = np.searchsorted(present, crowd.whose[scored])
    asked = np.bincount(person, minlength=len(present))
    there = np.flatnonzero(asked)
    parts = []
    for metric, values in crowd.face.items():
        total, measured = _sums(person, values[scored], len(present))
        rows = np.zeros(len(there), SCORE)
        rows["who"] = crowd.ids[present[there]]
        rows["metric"], rows["region"] = METRICS.index(metric) + 1, _FACE
        rows["mean"] = _mean(total, measured)[there]
        rows["measured"], rows["asked"] = measured[there], asked[there]
        parts.append(rows)
    return np.concatenate(parts)


def _retention(crowd: Crowd, ended: date) -> None:
    last = block_number(ended) - 1
    n = int(np.searchsorted(crowd.at, _midnight(ended).timestamp()))
    block = ((crowd.at[:n] - _midnight(FIRST_MONDAY).timestamp()) // (28 * _DAY)).astype(np.int64)
    cells, counts = np.unique(crowd.whose[:n] * (last + 1) + block, return_counts=True)
    of: dict[int, dict[int, int]] = {}
    for cell, count in zip(cells.tolist(), counts.tolist(), strict=True):
        of.setdefault(cell // (last + 1), {})[cell % (last + 1)] = count
    visits = (
        Visits(
            bytes(crowd.ids[who]).ljust(16, b"\0"),
            int(crowd.age[who]),
            crowd.skin_type[who],
            crowd.zone[who],
            blocks,
        )
        for who, blocks in of.items()
    )
    made = courses.retention(visits, last, noise.key())
    for start, rows in made:
        with transaction() as session:
            take_time(session)
            releases.replace(
                session, "released_retention", courses.RETENTION_COLUMNS, rows, start=start
            )


def _changes(crowd: Crowd, start: date) -> Iterator[Change]:
    """Around each start of an ingredient in a quarter, and around its middle for the others.

    Within the version of the model with which the person has more checks on the two sides.
    """
    since = _midnight(start).timestamp()
    until = since + courses.QUARTER.total_seconds()
    middle = (since + until) / 2
    uses = np.array([one is not None for one in crowd.ingredient])
    begins = uses & (crowd.begun >= since) & (crowd.begun < until)
    near = uses & (np.abs(crowd.begun - middle) <= AFTER.total_seconds())
    compared = begins | ~near
    around = np.where(begins, crowd.begun, middle)
    numbers = crowd.between(_midnight(start) - BEFORE, _midnight(start) + courses.QUARTER + AFTER)
    numbers = numbers[crowd.is_scored[numbers] & compared[crowd.whose[numbers]]]
    later = crowd.at[numbers] - around[crowd.whose[numbers]]
    is_before = (later < 0) & (later >= -BEFORE.total_seconds())
    is_after = (later >= SETTLED.total_seconds()) & (later < AFTER.total_seconds())
    n, versions = len(crowd.ids), len(simulate.VERSIONS)
    cell = crowd.whose[numbers] * versions + crowd.version[numbers]
    for metric, every in crowd.face.items():
        values = every[numbers]
        before, of_before = _sums(cell[is_before], values[is_before], n * versions)
        after, of_after = _sums(cell[is_after], values[is_after], n * versions)
        both = (of_before > 0) & (of_after > 0)
        weight = np.where(both, of_before + of_after, 0).reshape(n, versions)
        best = weight.argmax(1)
        change = (_mean(after, of_after) - _mean(before, of_before)).reshape(n, versions)
        for who in np.flatnonzero(weight.max(1)).tolist():
            ingredient = crowd.ingredient[who] if begins[who] else ""
            whole = bytes(crowd.ids[who]).ljust(16, b"\0")
            yield Change(ingredient, metric.value, whole, float(change[who, best[who]]))


def _sums(cell: Index, values: Small, n: int) -> tuple[npt.NDArray[np.float64], Index]:
    there = ~np.isnan(values)
    total = np.bincount(cell[there], weights=values[there], minlength=n)
    return total.astype(np.float64), np.bincount(cell[there], minlength=n).astype(np.int64)


def _mean(total: npt.NDArray[np.float64], count: Index) -> npt.NDArray[np.float64]:
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
