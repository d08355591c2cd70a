"""What many people at once get: pages, sign-ins, uploads, against the least Streamlit app.

    .venv/bin/python -m bench.load [--people 25 50 100 200] [--seconds 300] [--photo FACE.jpg]

Starts the real product and an empty Streamlit app. For each number of people, first the empty app
is used by so many, then the product: over real websockets, with pauses of 3 to 12 s between two
clicks, and with what an open tab repeats by itself. The people are threads of this process, so
that they take their part of the same processors. Writes load.json beside this file.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import psutil

from bench.load_visitor import Log, Person, Reader
from bench.web_pages import empty_app, memory
from core.people import Identity, Purpose, Role
from core.settings import ROOT, settings
from data.database import transaction
from data.demonstration import add_simulated_check
from pipeline import accounts, consents, passwords
from pipeline.demo import simulate
from pipeline.safety.answers import answer as answer_safety
from tests.running import Product, running

HERE = Path(__file__).parent
PORTRAIT = ROOT / "data" / "demonstration" / "astronaut.jpg"
PASSWORD = "violet otter lamp"
CHECKS = 5  # of each person, before
SAMPLE_SECONDS = 2.0
NO_LIMIT = {"SKINCARE_PHOTOS_PER_DAY": "1000000"}


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, nargs="+", default=[25, 50, 100, 200])
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--photo", type=Path, default=PORTRAIT)
    options = parser.parse_args(arguments)
    photo = options.photo.read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        var = Path(folder) / "var"
        os.environ["SKINCARE_VAR"] = str(var)
        settings.cache_clear()
        with running(var, **NO_LIMIT) as product, empty_app() as empty:
            emails = make_people(max(options.people))
            figures: dict[str, Any] = {
                "machine": f"{psutil.cpu_count()} processors, {platform.platform()}",
                "began": datetime.now(UTC).isoformat(timespec="seconds"),
                "load_before": round(os.getloadavg()[0], 1),
                "photo": f"{options.photo.name}, {len(photo)} bytes",
                "seconds_each": options.seconds,
                "levels": [],
            }
            for many in options.people:
                level = one_level(product, empty, emails[:many], photo, options.seconds)
                figures["levels"].append(level)
                print(json.dumps(level, indent=2), flush=True)
                (HERE / "load.json").write_text(json.dumps(figures, indent=2) + "\n")


def one_level(
    product: Product, empty: str, emails: Sequence[str], photo: bytes, seconds: float
) -> dict[str, Any]:
    """So many people, first with the empty app, then with the product."""
    theirs, ours = Log(), Log()
    until = time.monotonic() + seconds
    live([Reader(number, empty, theirs, until) for number in range(len(emails))])
    before = memory(product)
    until = time.monotonic() + seconds
    people = [
        Person(number, email, PASSWORD, product.address, photo, ours, until)
        for number, email in enumerate(emails)
    ]
    with Busy(product) as busy:
        live(people)
    runs = [one for name, all_ in ours.seconds.items() if name in LOOKS for one in all_]
    empty_runs = summary(theirs.seconds.get("run", []))
    looks = summary(runs)
    return {
        "people": len(emails),
        "empty_app_run_s": empty_runs,
        "pages_s": looks,
        "pages_to_empty_app_p50": ratio(looks, empty_runs, "p50"),
        "pages_to_empty_app_p95": ratio(looks, empty_runs, "p95"),
        **{f"{name}_s": summary(all_) for name, all_ in sorted(ours.seconds.items())},
        "errors": len(ours.errors),
        "errors_said": Counter(ours.errors).most_common(5),
        "empty_app_errors": len(theirs.errors),
        "processors_used": busy.mean(),
        "memory_mb_before": before,
        "memory_mb_after": memory(product),
    }


LOOKS = ("today", "trends", "result", "new check")


def live(people: Sequence[Person | Reader]) -> None:
    threads = [threading.Thread(target=one.live, daemon=True) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class Busy:
    """How many processors web, worker, database and the people themselves use."""

    def __init__(self, product: Product) -> None:
        self._product = product
        self._samples: list[dict[str, float]] = []
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Busy:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    def mean(self) -> dict[str, float]:
        names = self._samples[0] if self._samples else {}
        return {n: round(statistics.mean(one[n] for one in self._samples), 2) for n in names}

    def _watch(self) -> None:
        before = self._used()
        began = time.monotonic()
        while not self._stopped.wait(SAMPLE_SECONDS):
            now, ends = self._used(), time.monotonic()
            self._samples.append(
                {name: max(0.0, now[name] - before[name]) / (ends - began) for name in now}
            )
            before, began = now, ends

    def _used(self) -> dict[str, float]:
        """Seconds of processor time so far."""
        used = {"people": sum(psutil.Process().cpu_times()[:2]), "web": 0.0, "worker": 0.0}
        mine = {self._product.pid_of(name): name for name in ("web", "worker")}
        used["others"] = 0.0  # the database above all
        for process in self._product.family():
            try:
                name = next(
                    (mine[p.pid] for p in (process, *process.parents()) if p.pid in mine), "others"
                )
                used[name] += sum(process.cpu_times()[:2])
            except psutil.NoSuchProcess:
                continue
        return used


def make_people(many: int) -> list[str]:
    """Accounts with some simulated checks; their addresses. One hash serves all of them."""
    hashed = passwords.kept(PASSWORD)
    emails = [f"person{number}@example.org" for number in range(many)]
    with mock.patch.object(passwords, "kept", return_value=hashed):
        for number, email in enumerate(emails):
            rng = np.random.default_rng(number)
            with transaction() as session:
                user_id = accounts.register(
                    session,
                    email=email,
                    password=PASSWORD,
                    first_name="Ada",
                    last_name="Byron",
                    consent_to_analysis=True,
                )
                who = Identity(user_id, user_id, email, "Ada", Role.USER)
                consents.give(session, user_id, Purpose.SAFETY_ANSWERS)
                answer_safety(session, who, ())
                for week in range(CHECKS):
                    day = simulate(week / CHECKS, rng)
                    at = datetime.now(UTC) - timedelta(weeks=CHECKS - week)
                    add_simulated_check(session, user_id, at, day.scores, day.regions)
    return emails


def summary(seconds: Sequence[float]) -> dict[str, float]:
    if not seconds:
        return {"n": 0}
    ordered = sorted(seconds)
    return {
        "p50": round(statistics.median(ordered), 3),
        "p95": round(ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))], 3),
        "n": len(ordered),
    }


def ratio(ours: dict[str, float], theirs: dict[str, float], name: str) -> float | None:
    return round(ours[name] / theirs[name], 2) if theirs.get(name) and name in ours else None


if __name__ == "__main__":
    main(sys.argv[1:])
