"""What one scored check takes: bytes of rows, indexes, write-ahead log and objects.

    .venv/bin/python -m bench.storage [--people 10] [--checks 10] [--photo FACE.jpg]

A PostgreSQL and a photo folder of its own. The photo is a 12-megapixel one of the portrait, as
in photo_to_scores; it is decoded and scored once, and what came of it is kept and recorded for each
check by the product's own intake and worker code, with maps and advice. What tables and
indexes grew by, after a VACUUM, is divided by the checks; a page that is not full counts whole,
so that few checks make it a little too much. Writes storage.json beside this file.
"""

from __future__ import annotations

import argparse
import json
import secrets
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

from sqlalchemy import Engine, text

from bench.own_server import migrated, own_server, vacuum_analyze
from bench.photo_to_scores import PORTRAIT, phone_photo
from core.examination import Examination
from core.people import Identity
from core.settings import settings
from data import database
from data.database import read, transaction
from pipeline import intake, jobs
from pipeline.examine import Examiner
from pipeline.photo import accept
from tests import people

_SIZES = """
SELECT relname, pg_total_relation_size(oid) FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
    AND relname NOT LIKE 'procrastinate%'  -- jobs go when they are done
"""
LEAST = 1.0  # bytes a check: what is less is left out of the list


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=10)
    parser.add_argument("--checks", type=int, default=10, help="of each person")
    parser.add_argument("--photo", type=Path, default=PORTRAIT)
    options = parser.parse_args(arguments)
    with own_server("storage") as (server, _):
        engine = migrated(server, "storage")
        photo = phone_photo(options.photo)
        found = measured(engine, photo, options.people, options.checks)
        engine.dispose()
    figures = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "photo_bytes": len(photo),
        "people": options.people,
        "checks_each": options.checks,
        **found,
    }
    Path(__file__).with_suffix(".json").write_text(json.dumps(figures, indent=1) + "\n")
    print(json.dumps(figures, indent=1))


def measured(engine: Engine, photo: bytes, many: int, checks: int) -> dict[str, Any]:
    """Bytes of a check, by table and by kind of object."""
    with database.use(engine):
        with transaction() as session:
            everybody = [people.signed_in(session) for _ in range(many)]
        before = sizes(engine)
        examination: Examination | None = None
        logged = log_position(engine)
        with mock.patch.object(intake, "_accept", return_value=accept(photo)):
            for who in everybody:
                for _ in range(checks):
                    examination = one_check(who, photo, examination)
        logged = log_position(engine) - logged
        after = sizes(engine)
        objects = of_objects(everybody[0])
    total = many * checks
    tables = {name: (size - before[name]) / total for name, size in after.items()}
    return {
        "check_rows_bytes": round(sum(tables.values())),
        "check_rows_bytes_by_table": {
            name: round(size)
            for name, size in sorted(tables.items(), key=lambda item: -item[1])
            if size > LEAST
        },
        "check_write_ahead_log_bytes": round(logged / total),
        "check_object_bytes": objects,
    }


def one_check(who: Identity, photo: bytes, known: Examination | None) -> Examination:
    """One check from upload to result; scored by the model only where no examination is known."""
    with transaction() as session:
        check = intake.submit(session, who, [photo + secrets.token_bytes(16)])
    found: list[Examination] = [known] if known else []

    def examine(jpeg: bytes, _on_stage: object) -> Examination:
        if not found:
            found.append(Examiner().examine_kept(jpeg))
        return found[0]

    jobs.examine(check, examine)
    with transaction() as session:  # the worker does so at the end of a job
        session.execute(text("DELETE FROM procrastinate_jobs"))
    return found[0]


def of_objects(who: Identity) -> dict[str, int]:
    """Bytes of the objects of this person's checks, a check."""
    with read() as session:
        rows = session.execute(
            text(
                "SELECT p.object_key, a.maps_object_key FROM analysis_results a "
                "JOIN photos p USING (photo_id) WHERE a.user_id = :who"
            ),
            {"who": who.user_id},
        ).all()
    folder = settings().var / "photos"
    names = ("photo", "maps")
    return {
        name: round(sum((folder / row[n]).stat().st_size for row in rows) / len(rows))
        for n, name in enumerate(names)
    }


def sizes(engine: Engine) -> dict[str, int]:
    """Table → its bytes with indexes and long values, without what is dead."""
    vacuum_analyze()
    with engine.connect() as connection:
        return {name: int(size) for name, size in connection.execute(text(_SIZES))}


def log_position(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(
            connection.scalar(text("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn")) or 0
        )


if __name__ == "__main__":
    main(sys.argv[1:])
