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

from bench.own_server import migrated, own_server
from core import clocks
from core.ids import new_id
from core.notifications import REMINDERS
from core.settings import settings
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
MINUTES = 60
PEAKS = 5
EVERY_TENTH = 10


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    people = parser.parse_args(arguments).people
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with own_server("reminders") as (server, _):
        migrated(server, "bench").dispose()
        figures = measure(people, fill(people))
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
    start = busiest - MINUTES * MINUTE
    reminders.tell_due(now=start)  # what came before; also opens the connections
    load_before = os.getloadavg()[0]
    ms, told = [], []
    for n in range(1, MINUTES):
        took, number = timed(start + n * MINUTE)
        ms.append(took)
        told.append(number)
    plan = explain(busiest)
    peaks = [again(busiest) for _ in range(PEAKS)]
    assert {number for _, number in peaks} == {at_once}
    mails, with_mail = mailed(busiest)
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}",
        "load": [round(load_before, 1), round(os.getloadavg()[0], 1)],  # before and after
        "people": people,
        "reminders": sum(due_at.values()),
        "usual_minutes": {"run": len(ms), "told": _spread(told), "ms": _spread(ms)},
        "busiest_minute": {"told": at_once, "ms": [round(took) for took, _ in peaks]},
        "busiest_minute_with_mail_for_every_tenth": {"mails": mails, "ms": round(with_mail)},
        "ms_of_a_minute_in_which_nobody_is_due": round(timed(busiest)[0], 1),
        "plan_of_finding_them": plan,
    }


def timed(moment: datetime) -> tuple[float, int]:
    """Milliseconds until all that is due is told, and how many that is."""
    before = clock.perf_counter()
    told = reminders.tell_due(now=moment)
    return (clock.perf_counter() - before) * 1000, told


def again(moment: datetime) -> tuple[float, int]:
    """The same minute once more: what it told is taken back first."""
    with transaction() as session:
        session.execute(
            text(
                "CREATE TABLE IF NOT EXISTS due AS SELECT * FROM reminders WHERE next_due_at <= :m"
            ),
            {"m": moment},
        )
        session.execute(
            text("""
                UPDATE reminders r SET next_due_at = d.next_due_at, due_day = d.due_day,
                    told_day = d.told_day, unanswered = d.unanswered
                FROM due d WHERE (r.user_id, r.kind) = (d.user_id, d.kind)
            """)
        )
        session.execute(text("DELETE FROM notifications n USING due d WHERE n.user_id = d.user_id"))
    return timed(moment)


def explain(moment: datetime) -> list[str]:
    with read() as session:
        found = session.execute(
            text(f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) {_without_lock(_TAKE.text)}"),
            {"now": moment, "at_most": reminders.BATCH},
        )
        return [line for (line,) in found]


def _without_lock(query: str) -> str:
    return query.replace("FOR UPDATE OF r SKIP LOCKED", "")  # EXPLAIN in a reading transaction


def mailed(moment: datetime) -> tuple[int, float]:
    """The same minute, with a tenth of its people wanting a mail as well: how many, and the ms."""
    os.environ |= {
        "SMTP_SERVER": "127.0.0.1",
        "SMTP_SENDER": "bench@example.org",
        "SKINCARE_PUBLIC_URL": "http://127.0.0.1",
    }
    settings.cache_clear()
    with transaction() as session:
        session.execute(
            text("INSERT INTO verified_addresses (user_id, email) SELECT user_id, email FROM users")
        )
        session.execute(
            text("""
                INSERT INTO notification_choices (user_id, kind, channel, is_wanted)
                SELECT user_id, kind, 'email', true FROM due
                WHERE hashtext(user_id::text) % :tenth = 0
            """),
            {"tenth": EVERY_TENTH},
        )
    ms, _ = again(moment)
    with read() as session:
        return session.scalar(text("SELECT count(*) FROM email_outbox")) or 0, ms


def _spread(values: list[Any]) -> dict[str, float]:
    p50, p95 = np.percentile(values, [50, 95])
    return {"p50": round(p50, 1), "p95": round(p95, 1), "most": round(max(values), 1)}


if __name__ == "__main__":
    main(sys.argv[1:])
