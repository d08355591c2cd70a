from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import psutil
import pytest
from sqlalchemy import text

from core.people import Identity
from core.settings import ROOT, settings
from data import analyses
from data.analyses import Analysis
from data.database import read, transaction
from pipeline import intake
from tests import people
from tests.stand_in import photo_that

AT_ONCE = timedelta(seconds=-5)  # for a sweep: whatever there is, is old enough

Start = Callable[..., "Worker"]


class Worker:
    """A worker process; `log` is what it said."""

    def __init__(self, log: Path, examiner: str) -> None:
        self.log = log
        with log.open("ab") as out:
            self.process = psutil.Popen(
                [sys.executable, "-m", "tests.faults.worker", examiner],
                cwd=ROOT,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=os.environ,
            )

    @property
    def children(self) -> list[psutil.Process]:
        return list(self.process.children(recursive=True))

    def examiner(self) -> psutil.Process:
        """The child that examines photos."""
        (found,) = [p for p in self.children if "spawn_main" in " ".join(p.cmdline())]
        return found

    def kill(self) -> None:
        with contextlib.suppress(psutil.NoSuchProcess):
            self.process.kill()
        self.process.wait(10)

    def stop(self) -> int:
        self.process.terminate()
        return int(self.process.wait(40))

    def said(self, event: str) -> bool:
        return f'"event": "{event}"' in self.log.read_text()


@pytest.fixture
def ada(var: Path, fresh_database: str, monkeypatch: pytest.MonkeyPatch) -> Identity:
    monkeypatch.setenv("SKINCARE_PHOTOS_WAITING_PER_USER", "50")
    settings.cache_clear()
    with transaction() as session:
        return people.signed_in(session)


@pytest.fixture
def start(ada: Identity, tmp_path: Path) -> Iterator[Start]:
    """Starts workers, which end with the test whatever state they are in."""
    workers: list[Worker] = []

    def start_one(examiner: str = "tests.stand_in:Examiner") -> Worker:
        worker = Worker(tmp_path / f"worker{len(workers)}.log", examiner)
        workers.append(worker)
        wait_until(lambda: worker.said("worker_started"), 90)
        return worker

    yield start_one
    for worker in workers:
        children = worker.children if lives(worker.process) else []
        worker.kill()
        wait_until(lambda left=children: not any(map(lives, left)), 20)  # type: ignore[misc]


def lives(process: psutil.Process) -> bool:
    """Whether it runs; one that has ended and was not yet collected does not."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def send(who: Identity, does: str, seed: int = 0) -> UUID:
    with transaction() as session:
        return intake.submit(session, who, [photo_that(does, seed=seed)])


def check(who: Identity, analysis_id: UUID) -> Analysis:
    with read() as session:
        return analyses.get(session, who.user_id, analysis_id)


def count(query: str) -> int:
    with read() as session:
        return int(session.scalar(text(f"SELECT count(*) FROM {query}")) or 0)  # noqa: S608


def attempts(analysis_id: UUID) -> int:
    with read() as session:
        query = text("SELECT attempts FROM analysis_results WHERE id = :id")
        return int(session.scalar(query, {"id": analysis_id}) or 0)


def objects(store: Path | None = None) -> int:
    folder = store or settings().var / "photos"
    return sum(1 for file in folder.rglob("*") if file.is_file())


def wait_until(is_so: Callable[[], bool], seconds: float) -> float:
    """Wait for it; how many seconds it took."""
    began = time.monotonic()
    while not is_so():
        assert time.monotonic() - began < seconds, f"not within {seconds} s"
        time.sleep(0.05)
    return time.monotonic() - began
