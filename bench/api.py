"""What the REST API costs: lists against a bare route, uploads until the limits, memory.

    .venv/bin/python -m bench.api [--requests 400] [--people 30] [--minutes 10] [--only PART …]

Starts the real product and a bare FastAPI route with the same SQL (bench.bare_api), and asks them
in turns, so that both meet the same noise. Writes api.json beside this file; with --only the other
parts stay as an earlier run measured them, each with its own time and load.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import numpy as np
import psutil
from sqlalchemy import event

import data.database
from api.v1.caller import reading
from core.people import Identity, Purpose, Role
from core.settings import ROOT, database_url, settings
from data import analyses
from data.database import transaction
from data.demonstration import add_simulated_check
from pipeline import accounts, consents, passwords, tokens
from pipeline.demo import simulate
from pipeline.safety.answers import answer as answer_safety
from tests.journeys.ports import free_port
from tests.running import Product, running, wait_until

HERE = Path(__file__).parent
PORTRAIT = ROOT / "data" / "demonstration" / "astronaut.jpg"
CHECKS = 60  # of the person whose lists are asked for
NO_LIMIT = {
    "SKINCARE_API_REQUESTS_PER_MINUTE": "1000000",
    "SKINCARE_API_REQUESTS_PER_MINUTE_PER_ADDRESS": "1000000",
}
SAMPLE_SECONDS = 5.0
PARTS = ["lists", "uploads", "memory"]


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=400, help="lists asked of each")
    parser.add_argument("--people", type=int, default=30, help="who upload until they are refused")
    parser.add_argument("--minutes", type=float, default=10, help="of load while memory is watched")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="parts to measure")
    options = parser.parse_args(arguments)
    passwords.ROUNDS = 4  # whoever is made here signs in by token
    with tempfile.TemporaryDirectory() as folder:
        var = Path(folder) / "var"
        os.environ["SKINCARE_VAR"] = str(var)
        settings.cache_clear()
        with running(var, **NO_LIMIT) as product:
            ada = token_of(make("ada", checks=CHECKS))
            measure: dict[str, Callable[[], dict[str, Any]]] = {
                "lists": lambda: lists(product, ada, options.requests),
                "uploads": lambda: uploads(product, options.people),
                "memory": lambda: memory(product, ada, options.minutes),
            }
            for part in options.only:
                keep(part, measure[part])


def keep(part: str, measure: Callable[[], dict[str, Any]]) -> None:
    """Measure one part, and put it in the place of what api.json says of it."""
    before = {
        "began": datetime.now(UTC).isoformat(timespec="seconds"),
        "load_before": [round(load, 1) for load in os.getloadavg()],
    }
    found = {**before, **measure(), "load_after": [round(load, 1) for load in os.getloadavg()]}
    file = HERE / "api.json"
    figures = json.loads(file.read_text()) if file.is_file() else {}
    figures["machine"] = f"{psutil.cpu_count()} processors, {platform.platform()}"
    figures[part] = found
    file.write_text(json.dumps(figures, indent=2) + "\n")
    print(json.dumps({part: found}, indent=2), flush=True)


# ------------------------------------------------------------------ lists


def lists(product: Product, token: str, requests: int) -> dict[str, Any]:
    """GET /analysis of 20 checks, in turns with the bare route; milliseconds."""
    result: dict[str, Any] = {}
    with bare_route(token) as bare:
        ours = caller(product.address, "/api/v1/analysis", token)
        theirs = caller(bare, "/analysis", None)
        for at_once in (1, 4):
            took: dict[str, list[float]] = {"ours": [], "bare": []}
            with ThreadPoolExecutor(at_once) as pool:
                for _ in range(requests // at_once):
                    for name, ask in (("ours", ours), ("bare", theirs)):
                        took[name] += pool.map(lambda _, ask=ask: timed(ask), range(at_once))
            p95 = {name: float(np.percentile(ms, 95)) for name, ms in took.items()}
            result[f"at_once_{at_once}"] = {
                **{name: summary(ms) for name, ms in took.items()},
                "p95_to_bare": round(p95["ours"] / p95["bare"], 2),
                "p50_to_bare": round(
                    statistics.median(took["ours"]) / statistics.median(took["bare"]), 2
                ),
            }
    return result


@contextmanager
def bare_route(token: str) -> Iterator[str]:
    """The address of the bare route, with the statements that our own route executes."""
    with tempfile.NamedTemporaryFile(suffix=".pickle") as file:
        pickle.dump(statements_of(token), file)
        file.flush()
        port = free_port()
        process = subprocess.Popen(
            [sys.executable, "-m", "bench.bare_api"],
            cwd=ROOT,
            env={
                **os.environ,
                "BARE_DATABASE_URL": database_url(),
                "BARE_STATEMENTS": file.name,
                "BARE_PORT": str(port),
            },
        )
        address = f"http://127.0.0.1:{port}"
        try:
            wait_until(lambda: answers(f"{address}/analysis"), 30)
            yield address
        finally:
            process.terminate()
            process.wait(10)


def statements_of(token: str) -> list[list[Any]]:
    """What GET /analysis asks the database, transaction by transaction, with its parameters."""
    engine = data.database.engine()
    heard: list[Any] = []

    def hear(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        heard.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", hear)
    with reading(token) as (session, who):
        analyses.listed(session, who.user_id, limit=20, details=False)
    event.remove(engine, "before_cursor_execute", hear)
    return [heard]


# ------------------------------------------------------------------ uploads


def uploads(product: Product, people: int) -> dict[str, Any]:
    """Everybody uploads as fast as they are answered until they are refused."""
    photo = PORTRAIT.read_bytes()
    everybody = [token_of(make(f"person{number}")) for number in range(people)]
    statuses: Counter[int] = Counter()
    took: list[float] = []
    without_retry_after = 0
    began = time.perf_counter()

    def upload(token: str) -> None:
        nonlocal without_retry_after
        with httpx.Client(headers=bearer(token), timeout=60) as client:
            for _ in range(100):
                started = time.perf_counter()
                answer = client.post(
                    f"{product.address.rstrip('/')}/api/v1/analysis",
                    files=[("photos", ("face.jpg", photo, "image/jpeg"))],
                )
                statuses[answer.status_code] += 1
                if answer.status_code != 202:
                    without_retry_after += "retry-after" not in answer.headers
                    return
                took.append((time.perf_counter() - started) * 1000)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(upload, everybody))
    seconds = time.perf_counter() - began
    return {
        "people": people,
        "photo_bytes": len(photo),
        "accepted": statuses[202],
        "accepted_a_second": round(statuses[202] / seconds, 1),
        "ms_until_accepted": summary(took),
        "answers": {str(status): number for status, number in sorted(statuses.items())},
        "refused_without_retry_after": without_retry_after,
    }


# ------------------------------------------------------------------ memory


def memory(product: Product, token: str, minutes: float) -> dict[str, Any]:
    """Own memory (USS) of the web process in MB, while reading and uploading go on."""
    web = psutil.Process(product.pid_of("web"))
    ends = time.monotonic() + minutes * 60
    statuses: Counter[int] = Counter()
    photo = PORTRAIT.read_bytes()

    def load(number: int) -> None:
        with httpx.Client(
            base_url=f"{product.address.rstrip('/')}/api/v1/", headers=bearer(token), timeout=60
        ) as client:
            turn = 0
            while time.monotonic() < ends:
                turn += 1
                for address in ("analysis?limit=100", "analysis/trends", "users/me"):
                    statuses[client.get(address).status_code] += 1
                if number == 0 and turn % 20 == 0:
                    sent = [("photos", ("face.jpg", photo, "image/jpeg"))]
                    answer = client.post("analysis?wait=20", files=sent)
                    statuses[answer.status_code] += 1
                    if answer.status_code in (200, 202):
                        check = answer.json()["id"]
                        maps = [
                            f"{product.address.rstrip('/')}{of}"
                            for of in answer.json()["maps"].values()
                        ][:1]  # none while it waits
                        for rest in (f"analysis/{check}", f"analysis/{check}/photo", *maps):
                            statuses[client.get(rest).status_code] += 1
                        statuses[client.delete(f"analysis/{check}").status_code] += 1

    threads = [threading.Thread(target=load, args=(number,)) for number in range(3)]
    samples = []
    for thread in threads:
        thread.start()
    while time.monotonic() < ends:
        samples.append(web.memory_full_info().uss / 1e6)
        time.sleep(min(SAMPLE_SECONDS, max(0.1, ends - time.monotonic())))
    for thread in threads:
        thread.join()
    half = samples[len(samples) // 2 :]
    slope = np.polyfit(np.arange(len(half)) * SAMPLE_SECONDS / 60, half, 1)[0] if half[1:] else 0.0
    return {
        "minutes": minutes,
        "answers": {str(status): number for status, number in sorted(statuses.items())},
        "mb_first": round(samples[0], 1),
        "mb_halfway": round(half[0], 1),
        "mb_last": round(samples[-1], 1),
        "mb_most": round(max(samples), 1),
        "mb_a_minute_in_the_second_half": round(float(slope), 2),
    }


# ------------------------------------------------------------------ people and figures


def make(name: str, *, checks: int = 0) -> UUID:
    """A person with so many simulated checks, one a week."""
    rng = np.random.default_rng(1)
    with transaction() as session:
        user_id = accounts.register(
            session,
            email=f"{name}@example.org",
            password="violet otter lamp",
            first_name="Ada",
            last_name="Byron",
            consent_to_analysis=True,
        )
        who = Identity(user_id, user_id, f"{name}@example.org", "Ada", Role.USER)
        consents.give(session, user_id, Purpose.SAFETY_ANSWERS)
        answer_safety(session, who, ())  # they come before the first photo
        for week in range(checks):
            day = simulate(week / checks, rng)
            at = datetime.now(UTC) - timedelta(weeks=checks - week)
            add_simulated_check(session, user_id, at, day.scores, day.regions)
    return user_id


def token_of(user_id: UUID) -> str:
    with transaction() as session:
        return tokens.issue(session, user_id, address="127.0.0.1", user_agent="bench").access


def bearer(token: str | None) -> dict[str, str]:
    return {} if token is None else {"authorization": f"Bearer {token}"}


def caller(address: str, path: str, token: str | None) -> Callable[[], httpx.Response]:
    # Plain answers from both: only ours would compress, which is a matter of the network.
    headers = {**bearer(token), "accept-encoding": "identity"}
    client = httpx.Client(base_url=address.rstrip("/"), headers=headers, timeout=60)

    def ask() -> httpx.Response:
        return client.get(path)

    ask()  # connected, and everything loaded
    return ask


def answers(address: str) -> bool:
    try:
        return httpx.get(address).status_code == 200
    except httpx.TransportError:
        return False


def timed(ask: Callable[[], httpx.Response]) -> float:
    """Milliseconds until the whole answer is here; reading its JSON is the client's own time."""
    began = time.perf_counter()
    answer = ask()
    took = (time.perf_counter() - began) * 1000
    assert answer.status_code == 200, answer.text
    assert len(answer.json()["analyses"]) == 20
    return took


def summary(ms: list[float]) -> dict[str, float]:
    return {
        "p50": round(statistics.median(ms), 1),
        "p95": round(float(np.percentile(ms, 95)), 1),
        "n": len(ms),
    }


if __name__ == "__main__":
    main(sys.argv[1:])
