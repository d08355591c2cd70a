"""Put a simulated population into the database, by COPY.

`python -m pipeline.analytics.populate 100000` into the database that the settings name, which has
to be empty or the demonstration's: simulated people among real ones would help nobody.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy.orm import Session

from core.analytics import Device
from core.errors import NotAllowed
from core.settings import settings
from data import bulk, database, dirty_days, users
from data.bulk import Field
from data.tables import FACE
from pipeline.analytics import reasons, simulate
from pipeline.analytics.simulate import VERSIONS, Crowd, Floats

TWO_YEARS = 728  # days
SEED = 20261123
_ZONE_NAMES = {
    "Africa": "Africa/Lagos",
    "America": "America/Bogota",
    "Asia": "Asia/Tokyo",
    "Australia": "Australia/Sydney",
    "Europe": "Europe/Berlin",
    "Pacific": "Pacific/Auckland",
}
_CHECK_COLUMNS = (
    *("id", "user_id", "status", "stage", "reasons", "attempts", "quality", "ita"),
    *("model_version", "ms", "is_demonstration", "created_at", "updated_at", "device"),
)
_SCORE_COLUMNS = ("analysis_id", "region", "metric", "value", "low", "high", "abstained_because")


def fill(
    session: Session,
    checks: int,
    *,
    last: date,
    days: int = TWO_YEARS,
    seed: int = SEED,
    regions: bool = True,
) -> int:
    """About so many checks up to the day before `last`; how many. Marks every day of them."""
    began = datetime.combine(last - timedelta(days=days), clock(), UTC).timestamp()
    written = 0
    for number, crowd in enumerate(simulate.crowds(checks, days=days, seed=seed, regions=regions)):
        rng = np.random.default_rng([seed, number, 1])
        people = _ids(rng, began + np.zeros(len(crowd.age)))
        seconds = began + crowd.at * 86_400
        ids = _ids(rng, seconds)
        _add_people(session, crowd, people, began)
        bulk.copy(
            session, "analysis_results", _CHECK_COLUMNS, _check_rows(crowd, people, ids, seconds)
        )
        bulk.copy(session, "metric_scores", _SCORE_COLUMNS, _score_rows(crowd, ids))
        written += len(ids)
    dirty_days.mark_everything(session)
    return written


def _ids(rng: np.random.Generator, seconds: Floats) -> npt.NDArray[np.bytes_]:
    return bulk.ids(seconds, rng.integers(0, 256, (len(seconds), 10), np.uint8))


# ------------------------------------------------------------------ people


def _add_people(session: Session, crowd: Crowd, ids: npt.NDArray[np.bytes_], began: float) -> None:
    people = bulk.as_uuids(ids)
    at = datetime.fromtimestamp(began, UTC)
    _insert(
        session,
        "users",
        "user_id email password_hash first_name last_name age skin_type created_at",
        (
            (who, f"{number}@simulated.example", "", "Simulated", f"Person {number}", age, skin, at)
            for who, number, age, skin in zip(
                people, crowd.number.tolist(), crowd.age.tolist(), crowd.skin_type, strict=True
            )
        ),
    )
    _insert(
        session,
        "consents",
        "consent_id user_id purpose wording given_at",
        ((who, who, "statistics", "1", at) for who in people),
    )
    _insert(
        session,
        "notification_settings",
        "user_id time_zone",
        ((who, _ZONE_NAMES[zone]) for who, zone in zip(people, crowd.zone, strict=True)),
    )
    begun = [
        (who, ingredient, at + timedelta(days=float(day)))
        for who, ingredient, day in zip(people, crowd.ingredient, crowd.begun, strict=True)
        if ingredient is not None
    ]
    _insert(
        session,
        "routines",
        "routine_id user_id source started_on created_at",
        ((who, who, "own", day.date(), day) for who, _, day in begun),
    )
    _insert(
        session,
        "routine_steps",
        "step_id user_id routine_id half position kind ingredient name amount phases created_at",
        (
            (who, who, who, "evening", 1, "active", what, what, "", "[]", day)
            for who, what, day in begun
        ),
    )


def _insert(session: Session, table: str, columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
    bulk.copy_rows(session, table, columns.split(), rows)


# ------------------------------------------------------------------ checks


def _check_rows(
    crowd: Crowd,
    people: npt.NDArray[np.bytes_],
    ids: npt.NDArray[np.bytes_],
    seconds: Floats,
) -> Iterator[bytes]:
    sent_by = crowd.device[crowd.whose]
    quality = _padded(crowd.quality)
    ms = _padded({"scoring": 300 + 1000 * crowd.quality["smile"]})
    created = bulk.moments(seconds)
    updated = bulk.moments(seconds + 2 + 0.5 * np.abs(crowd.quality["yaw"]))

    def rows(
        alike: npt.NDArray[np.bool_], device: str | None, version: str | None, *said: str
    ) -> bytes:
        scored = version is not None
        fields: list[Field] = [
            ids[alike],
            people[crowd.whose[alike]],
            b"scored" if scored else b"rejected",
            b"done",
            bulk.texts(said),
            np.ones(alike.sum(), ">i4"),
            quality[alike] if scored else None,
            crowd.ita[alike].astype(">f8") if scored else None,
            version.encode() if version is not None else None,
            ms[alike],
            b"\1",
            created[alike],
            updated[alike],
            None if device is None else device.encode(),
        ]
        return bulk.rows(int(alike.sum()), fields)

    for device in (*Device, None):
        of_device = np.array([one == device for one in sent_by], np.bool_)
        for version, name in enumerate(VERSIONS):
            yield rows(of_device & crowd.is_scored & (crowd.version == version), device, name)
        for word, sentence in reasons.SENTENCES.items():
            alike = of_device & ~crowd.is_scored & (crowd.reason == word)
            yield rows(alike, device, None, sentence)


def _padded(numbers: Mapping[str, Floats]) -> npt.NDArray[np.bytes_]:
    """JSON objects of one length each: spaces before a number say nothing in JSON."""
    n = len(next(iter(numbers.values())))
    found = np.full(n, b"\1{", "S2")  # `jsonb` begins with the version of its form
    for number, (name, values) in enumerate(numbers.items()):
        head = f'{"," if number else ""}"{name}":'.encode()
        found = np.char.add(np.char.add(found, head), np.char.mod(b"%9.3f", values))
    return np.char.add(found, b"}")


def _score_rows(crowd: Crowd, ids: npt.NDArray[np.bytes_]) -> Iterator[bytes]:
    for metric, values in crowd.face.items():
        yield from _scores(metric, FACE, values, crowd.is_scored, ids)
    for (metric, region), values in crowd.regions.items():
        yield from _scores(metric, region, values, crowd.is_scored, ids)


def _scores(
    metric: str,
    region: str,
    values: Floats,
    is_scored: npt.NDArray[np.bool_],
    ids: npt.NDArray[np.bytes_],
) -> Iterator[bytes]:
    measured, not_measured = is_scored & ~np.isnan(values), is_scored & np.isnan(values)
    value = values[measured]
    ends = (value, np.maximum(0, value - 6), np.minimum(100, value + 6))
    named: tuple[Field, ...] = (region.encode(), metric.encode())
    fields = (*named, *(end.astype(">f8") for end in ends), None)
    yield bulk.rows(len(value), (ids[measured], *fields))
    because: Field = b"Simulated: it could not be seen."
    yield bulk.rows(int(not_measured.sum()), (ids[not_measured], *named, None, None, None, because))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m pipeline.analytics.populate")
    parser.add_argument("checks", type=int)
    parser.add_argument("--days", type=int, default=TWO_YEARS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--face-only", action="store_true", help="no scores of regions")
    given = parser.parse_args()
    began = time.monotonic()
    with database.transaction() as session:
        if not settings().demonstration and users.anybody(session):
            raise NotAllowed("There are people in this database. Simulated ones stay out of it.")
        database.take_time(session)
        today = database.now(session).date()
        written = fill(
            session,
            given.checks,
            last=today,
            days=given.days,
            seed=given.seed,
            regions=not given.face_only,
        )
    print(f"{written} simulated checks in {time.monotonic() - began:.0f} s")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
