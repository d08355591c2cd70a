"""What so many users need, computed from the measured figures: the tables of docs/capacity.md.

    .venv/bin/python -m bench.capacity

Nothing is measured here. Reads photo_to_scores.json, load.json and storage.json and writes the
tables between the marks in docs/capacity.md; a test says when the page is behind the figures.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "capacity.md"
USERS = (10**4, 10**6, 10**8)

# Assumed, not measured: how people use it.
CHECKS_A_YEAR = 52  # of each user: one a week
BUSIEST_HOUR = 0.1  # share of a day's visits and checks that fall into its busiest hour
VISITS_A_DAY = 0.2  # of each user
VISIT_MINUTES = 5


@dataclass(frozen=True)
class Costs:
    """Measured; seconds are those of one processor core."""

    scoring_s: float  # a photo, in the worker
    accepting_s: float  # a photo, in the web process' sandbox
    people_at_once: int  # of one web process, the largest number tried
    slowest_page_s: float  # the 95th percentile with so many
    web_core: float  # a person who is there
    database_core: float  # the same
    web_mb: float  # a web process with so many
    row_bytes: int  # a check, with indexes
    log_bytes: int  # a check, write-ahead log
    object_bytes: int  # a check: photo and maps


def costs() -> Costs:
    photo, load, storage = (_read(name) for name in ("photo_to_scores", "load", "storage"))
    most = max(load["levels"], key=lambda level: level["people"])
    many, used = most["people"], most["processors_used"]
    return Costs(
        scoring_s=2 / photo["photos_a_second"]["2 processes"],  # on two cores
        accepting_s=photo["ms"]["(web) accepting: decode, clean, encode"]["p50"] / 1000,
        people_at_once=many,
        slowest_page_s=most["pages_s"]["p95"],
        web_core=used["web"] / many,
        database_core=used["others"] / many,
        web_mb=most["memory_mb_after"]["web"],
        row_bytes=storage["check_rows_bytes"],
        log_bytes=storage["check_write_ahead_log_bytes"],
        object_bytes=sum(storage["check_object_bytes"].values()),
    )


def measured_table() -> str:
    found = costs()
    rows = (
        (
            "a photo, scored by a worker",
            f"{found.scoring_s:.2f} core-seconds",
            "2 cores ÷ photos a second with 2 processes",
        ),
        (
            "a photo, accepted by a web process",
            f"{found.accepting_s:.2f} core-seconds",
            "`photo_to_scores.json`, accepting",
        ),
        (
            "a person who is there, in the web process",
            f"{found.web_core * 1000:.1f} thousandths of a core",
            f"`load.json`, {found.people_at_once} people",
        ),
        (
            "a person who is there, in the database",
            f"{found.database_core * 1000:.1f} thousandths of a core",
            "the same (the supervisor's share is in it)",
        ),
        (
            "one web process with so many",
            f"{found.web_mb:.0f} MB; pages p95 {found.slowest_page_s:.2f} s",
            "the same",
        ),
        ("a check, rows and indexes", f"{found.row_bytes / 1000:.1f} kB", "`storage.json`"),
        ("a check, write-ahead log", f"{found.log_bytes / 1000:.1f} kB", "`storage.json`"),
        (
            "a check, encrypted objects",
            f"{found.object_bytes / 1e6:.2f} MB",
            "`storage.json`: photo and maps",
        ),
    )
    return _table(("what", "costs", "from"), rows)


def needed_table() -> str:
    found = costs()
    columns = [_needs(users, found) for users in USERS]
    rows = [(name, *(column[name] for column in columns)) for name in columns[0]]
    return _table(("users", *(f"{users:,}" for users in USERS)), rows)


def written(page: str) -> str:
    """The page with the tables that the figures make today."""
    for name, table in (("measured", measured_table()), ("needed", needed_table())):
        head, mark, rest = page.partition(f"<!-- {name} -->\n")
        _old, end, tail = rest.partition("<!-- end -->")
        assert mark, f"the mark of {name} is gone"
        assert end, f"the end of {name} is gone"
        page = f"{head}{mark}{table}\n{end}{tail}"
    return page


def _needs(users: int, found: Costs) -> dict[str, str]:
    checks = users * CHECKS_A_YEAR
    a_second = checks / 365 * BUSIEST_HOUR / 3600
    there = users * VISITS_A_DAY * BUSIEST_HOUR * VISIT_MINUTES / 60
    webs = math.ceil(there / found.people_at_once)
    return {
        "checks a second, busiest hour": f"{a_second:,.2f}",
        "people there at once": f"{math.ceil(there):,}",
        "cores that score": _cores(a_second * found.scoring_s),
        "cores that accept photos": _cores(a_second * found.accepting_s),
        "web processes": f"{webs:,}",
        "memory of the web processes": _bytes(webs * found.web_mb * 1e6),
        "database cores for people there": _cores(there * found.database_core),
        "write-ahead log a second": _bytes(a_second * found.log_bytes),
        "rows of checks after a year": _bytes(checks * found.row_bytes),
        "objects after a year": _bytes(checks * found.object_bytes),
    }


def _cores(value: float) -> str:
    return "less than 0.1" if value < 0.1 else f"{value:,.1f}"


def _bytes(value: float) -> str:
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if value < 1000:
            return f"{value:,.1f} {unit}"
        value /= 1000
    return f"{value:,.1f} PB"


def _table(head: tuple[str, ...], rows: Any) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((HERE / f"{name}.json").read_text())
    return found


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text()))
