"""Keep a few processes running: restart what dies, stop all in order."""

from __future__ import annotations

import contextlib
import logging.handlers
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from core.settings import ROOT

_FIRST_WAIT = 0.5  # seconds before the first restart; doubles
_LONGEST_WAIT = 30.0
_STEADY = 60.0  # ran so long: the next death is a new story
_STOP_SECONDS = 25.0  # a worker finishes the photo that it has
_PUMP_SECONDS = 2.0  # until the last lines of a dead process are in its log
_LOG_BYTES, _LOGS_KEPT = 5_000_000, 3


@dataclass
class _Plan:
    """What shall run, and when it may start again."""

    command: Sequence[str]
    start_at: float = 0.0  # monotonic seconds
    wait: float = _FIRST_WAIT
    deaths: int = 0


@dataclass(frozen=True)
class _Running:
    process: subprocess.Popen[bytes]
    began: float  # monotonic seconds
    pump: threading.Thread


class Supervisor:
    """Runs commands by name. What they print goes to `logs/NAME.log`, a few megabytes at most.

    `tell` is called with a sentence when a process dies.
    """

    def __init__(
        self,
        commands: Mapping[str, Sequence[str]],
        logs: Path,
        tell: Callable[[str], None],
        *,
        echo: bool = False,
    ) -> None:
        self._plans = {name: _Plan(command) for name, command in commands.items()}
        self._running: dict[str, _Running] = {}
        self._logs = logs
        self._tell = tell
        self._echo = echo
        logs.mkdir(parents=True, exist_ok=True)

    def tend(self) -> None:
        """Start what does not run, when its time has come. To be called a few times a second."""
        now = time.monotonic()
        for name, plan in self._plans.items():
            running = self._running.get(name)
            if running is not None and running.process.poll() is not None:
                self._bury(name, plan, running, now)
                running = None
            if running is None and now >= plan.start_at:
                self._running[name] = self._start(name, plan)

    def pids(self) -> dict[str, int]:
        return {name: running.process.pid for name, running in self._running.items()}

    def deaths(self) -> dict[str, int]:
        """How often each process ended by itself."""
        return {name: plan.deaths for name, plan in self._plans.items()}

    def last_lines(self, name: str, count: int = 12) -> str:
        """The end of a process's log, to show when it does not come up."""
        try:
            text = (self._logs / f"{name}.log").read_text(errors="replace")
        except FileNotFoundError:
            return ""
        return "\n".join(text.splitlines()[-count:])

    def stop(self) -> None:
        """Ask all to end, wait, then kill what is left, children's children included."""
        for running in self._running.values():
            with contextlib.suppress(ProcessLookupError):
                running.process.terminate()
        ends = time.monotonic() + _STOP_SECONDS
        for running in self._running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                running.process.wait(max(0.0, ends - time.monotonic()))
        for running in self._running.values():
            _kill_group(running.process)
            running.process.wait()
            running.pump.join(_PUMP_SECONDS)
        self._running.clear()

    def _start(self, name: str, plan: _Plan) -> _Running:
        command = list(plan.command)
        if sys.platform == "linux":
            shim = str(ROOT / "core" / "child.py")
            command = [sys.executable, "-I", "-S", shim, str(os.getpid()), *command]
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches only us: we stop them in order
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        pump = threading.Thread(target=self._write_log, args=(name, process.stdout), daemon=True)
        pump.start()
        return _Running(process, time.monotonic(), pump)

    def _bury(self, name: str, plan: _Plan, dead: _Running, now: float) -> None:
        _kill_group(dead.process)  # what it started may not outlive it
        dead.pump.join(_PUMP_SECONDS)  # two at once would turn one log over twice
        del self._running[name]
        plan.deaths += 1
        if now - dead.began > _STEADY:
            plan.wait = _FIRST_WAIT
        self._tell(
            f"The {name} process ended ({_cause(dead.process.returncode)}); starting it again "
            f"in {plan.wait:g} s. Its log: {self._logs / name}.log"
        )
        plan.start_at = now + plan.wait
        plan.wait = min(plan.wait * 2, _LONGEST_WAIT)

    def _write_log(self, name: str, output: IO[bytes]) -> None:
        log = logging.handlers.RotatingFileHandler(
            self._logs / f"{name}.log", maxBytes=_LOG_BYTES, backupCount=_LOGS_KEPT
        )
        with contextlib.closing(log), output:
            for line in output:
                text = line.decode(errors="replace").rstrip("\n")
                log.emit(logging.LogRecord(name, logging.INFO, "", 0, text, None, None))
                if self._echo:
                    self._tell(f"{name}: {text}")


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":  # pragma: no cover
        process.kill()
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)  # its session began with it: group = pid


def _cause(returncode: int) -> str:
    if returncode >= 0:
        return f"exit status {returncode}"
    with contextlib.suppress(ValueError):
        return f"signal {signal.Signals(-returncode).name}"
    return f"signal {-returncode}"
