"""Reminders of 100,000 people: the due ones of a minute found and queued, the busiest included.

    .venv/bin/python -m bench.reminders [--people 100000]

A PostgreSQL of its own, with the product's settings (nothing is made faster at the cost of
safety). Everybody has three reminders in one of a dozen time zones, at times that people choose:
half hours more often than quarters. Told means: the notification is written and the next time is
reckoned, committed. Each minute of two hours is run as the worker would, after that the busiest
with a tenth of its people wanting e-mail. Writes reminders.json beside this file.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import platform
import random
import sys
import tempfile
import time as clock
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import psycopg
import structlog
from sqlalchemy import text

from core import clocks
from core.ids import new_id
from core.notifications import REMINDERS
from core.postgres import EmbeddedPostgres
from core.settings import settings
from data import migrate
from data.database import read, transaction
from data.reminders import _TAKE
from pipeline import reminders

# Rough shares of people by zone.
ZONES = {
    "Asia/Kolkata": 20,
    "Asia/Shanghai": 20,
    "Europe/Berlin": 12,
    "America/New_York": 10,
    "America/Sao_Paulo": 7,
    "Africa/Lagos": 7,
    "Asia/Tokyo": 6,
    "America/Los_Angeles": 5,
    "Europe/London": 5,
    "Asia/Kathmandu": 3,
    "Australia/Sydney": 3,
    "Pacific/Auckland": 2,
}
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
MINUTES = 120
EVERY_TENTH = 10


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    people = parser.parse_args(arguments).people
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tempfile.TemporaryDirectory(prefix="bench-reminders-") as folder:
        os.environ["SKINCARE_VAR"] = folder
        server = EmbeddedPostgres(Path(folder) / "postgres")
        server.start()
        try:
            server.create_database("bench")
            os.environ["DATABASE_URL"] = server.url("bench")
            settings.cache_clear()
            migrate.upgrade()
            figures = measure(people, fill(people))
        finally:
            server.stop()
    file = Path(__file__).with_suffix(".json")
    file.write_text(json.dumps(figures, indent=1) + "\n")
    print(file.read_text())


def fill(people: int) -> Counter[datetime]:
    """Make the people; how many reminders are due at which minute."""
    chance = random.Random(1)
    due_at: Counter[datetime] = Counter()
    users = [new_id() for _ in range(people)]
    zones = chance.choices(list(ZONES), list(ZONES.values()), k=people)
    rows = list(_reminders(users, zones, chance))
    due_at.update(row[5] for row in rows)
    address = os.environ["DATABASE_URL"].replace("+psycopg", "")
    with psycopg.connect(address) as connection, connection.cursor() as cursor:
        for table, columns, lines in (
            (
                "users",
                "user_id, email, password_hash, first_name, last_name",
                ((u, f"{n}@example.org", "", "A", "B") for n, u in enumerate(users)),
            ),
            ("notification_settings", "user_id, time_zone", zip(users, zones, strict=True)),
            ("reminders", "user_id, kind, is_on, at, every_days, next_due_at, due_day", rows),
        ):
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for line in lines:
                    copy.write_row(line)
        connection.commit()
        connection.autocommit = True
        cursor.execute("VACUUM ANALYZE")  # as autovacuum would have by then
    return due_at


Line = tuple[UUID, str, bool, time, int, datetime, date]


def _reminders(users: list[UUID], zones: list[str], chance: random.Random) -> Iterator[Line]:
    morning, evening, check = REMINDERS
    for user, name in zip(users, zones, strict=True):
        there = ZoneInfo(name)
        for kind, first_hour, hours in ((morning, 6, 4), (evening, 19, 4), (check, 8, 12)):
            minute = chance.choices((0, 15, 30, 45, chance.randrange(60)), (6, 1, 6, 1, 4))[0]
            at = time(first_hour + chance.randrange(hours), minute)
            later = NOW.date() + timedelta(days=chance.randrange(7)) if kind is check else None
            day, due = clocks.first_after(NOW, at, there, not_before=later)
            yield user, kind.value, True, at, 7 if kind is check else 1, due, day


def measure(people: int, due_at: Counter[datetime]) -> dict[str, Any]:
    busiest, at_once = due_at.most_common(1)[0]
    start = busiest - (MINUTES // 2) * MINUTE
    reminders.tell_due(now=start)  # what came before; also opens the connections
    load_before = os.getloadavg()[0]
    plan: list[str] = []
    ms, told = [], []
    for n in range(1, MINUTES):
        if start + n * MINUTE == busiest:
            plan = explain(busiest)
        before = clock.perf_counter()
        told.append(reminders.tell_due(now=start + n * MINUTE))
        ms.append((clock.perf_counter() - before) * 1000)
    most = int(np.argmax(told))
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}",
        "load_before": round(load_before, 1),
        "people": people,
        "reminders": sum(due_at.values()),
        "minutes_run": len(ms),
        "busiest_minute": {"due": at_once, "told": told[most], "ms": round(ms[most], 1)},
        "busiest_minute_of_the_next_days": [again(busiest + n * DAY) for n in range(1, 4)],
        "told_a_minute": _spread(told),
        "ms_a_minute": _spread(ms),
        "ms_of_a_minute_in_which_nobody_is_due": _idle(start + MINUTES * MINUTE),
        "busiest_minute_with_mail_for_every_tenth": with_mail(busiest + 4 * DAY),
        "plan_of_finding_them": plan,
    }


def again(moment: datetime) -> dict[str, float]:
    reminders.tell_due(now=moment - MINUTE)
    load = os.getloadavg()[0]
    before = clock.perf_counter()
    told = reminders.tell_due(now=moment)
    ms = (clock.perf_counter() - before) * 1000
    return {"told": told, "ms": round(ms, 1), "load": round(load, 1)}


def explain(moment: datetime) -> list[str]:
    with read() as session:
        found = session.execute(
            text(f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) {_without_lock(_TAKE.text)}"),
            {"now": moment, "at_most": reminders.BATCH},
        )
        return [line for (line,) in found]


def _without_lock(query: str) -> str:
    return query.replace("FOR UPDATE OF r SKIP LOCKED", "")  # EXPLAIN in a reading transaction


def with_mail(moment: datetime) -> dict[str, float]:
    """The same minute of the next day, with mails for some of those whose address is proven."""
    os.environ |= {
        "SMTP_SERVER": "127.0.0.1",
        "SMTP_SENDER": "bench@example.org",
        "SKINCARE_PUBLIC_URL": "http://127.0.0.1",
    }
    settings.cache_clear()
    reminders.tell_due(now=moment - MINUTE)
    with transaction() as session:
        session.execute(
            text("""
                INSERT INTO verified_addresses (user_id, email)
                SELECT user_id, email FROM users
            """)
        )
        session.execute(
            text("""
                INSERT INTO notification_choices (user_id, kind, channel, is_wanted)
                SELECT user_id, kind, 'email', true FROM reminders
                WHERE next_due_at BETWEEN :after AND :moment
                    AND hashtext(user_id::text) % :tenth = 0
            """),
            {"after": moment - MINUTE, "moment": moment, "tenth": EVERY_TENTH},
        )
    before = clock.perf_counter()
    told = reminders.tell_due(now=moment)
    ms = (clock.perf_counter() - before) * 1000
    with read() as session:
        mails = session.scalar(text("SELECT count(*) FROM email_outbox")) or 0
    return {"told": told, "mails": mails, "ms": round(ms, 1)}


def _idle(moment: datetime) -> float:
    reminders.tell_due(now=moment)
    before = clock.perf_counter()
    assert reminders.tell_due(now=moment) == 0
    return round((clock.perf_counter() - before) * 1000, 1)


def _spread(values: list[Any]) -> dict[str, float]:
    p50, p95 = np.percentile(values, [50, 95])
    return {"p50": round(p50, 1), "p95": round(p95, 1), "most": round(max(values), 1)}


if __name__ == "__main__":
    main(sys.argv[1:])
