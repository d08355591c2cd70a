"""The real product, started as a person starts it, in a folder of the test's own."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from core.settings import ROOT

START_SECONDS = 180.0
_DATABASES = frozenset({"DATABASE_URL", "DATABASE_OWNER_URL", "ANALYST_DATABASE_URL"})


class Product:
    """A running `run.py`; `said` is what it printed so far."""

    def __init__(self, var: Path, *arguments: str, **environment: str) -> None:
        self.var = var
        self.said = ""
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "run.py"), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            env={**without_settings(), "SKINCARE_VAR": str(var), "SKINCARE_PORT": "0"}
            | environment,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line

    @property
    def address(self) -> str:
        found = re.search(r"runs at (http\S+)", self.said)
        assert found, self.said
        return found[1]

    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = json.loads((self.var / "run" / "state.json").read_text())
        return state

    def wait_for_address(self) -> str:
        wait_until(lambda: "runs at" in self.said or self.process.poll() is not None, START_SECONDS)
        return self.address

    def answers(self, path: str = "/health/ready") -> bool:
        try:
            with urllib.request.urlopen(self.address + path, timeout=5) as answer:
                return bool(answer.status == 200)
        except (OSError, http.client.HTTPException):  # as in core/launch.py
            return False

    def pid_of(self, name: str) -> int:
        """Process id of `web` or `worker`, as the state says now; 0 while it is away."""
        return int(self.state()["processes"].get(name, 0))

    def family(self) -> list[psutil.Process]:
        """All processes that the product has started and that still run, itself included."""
        try:
            main = psutil.Process(self.process.pid)
            return [main, *main.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def stop(self, by: signal.Signals = signal.SIGINT) -> int:
        """As Ctrl-C; the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(by)
        status = self.process.wait(30)
        self._reader.join(5)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return status


@contextmanager
def running(var: Path, *arguments: str, **environment: str) -> Iterator[Product]:
    """The product, answering; stopped at the end, whatever happened."""
    product = Product(var, *arguments, **environment)
    try:
        product.wait_for_address()
        yield product
    finally:
        if product.process.poll() is None:
            product.stop()


def still_running(pids: Iterable[int], seconds: float) -> list[int]:
    """Those of the processes that have not ended within this time.

    An ended one whose parent has died stays a zombie until whoever adopted it looks: it counts as
    ended, for it holds nothing any more.
    """
    ends = time.monotonic() + seconds
    alive = list(pids)
    while (alive := [pid for pid in alive if _runs(pid)]) and time.monotonic() < ends:
        time.sleep(0.05)
    return alive


def _runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
    except psutil.NoSuchProcess:
        return False


def wait_until(condition: Callable[[], bool], seconds: float) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > ends:
            raise AssertionError(f"did not happen within {seconds} s")
        time.sleep(0.05)


def without_settings() -> dict[str, str]:
    """The environment of this process, without what configures a product."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SKINCARE_", "SMTP_", "AWS_")) and name not in _DATABASES
    } | {"SKINCARE_ENV_FILE": os.devnull}
