"""Processes are started again when they die, and none outlives the supervisor."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from core.settings import ROOT
from core.supervise import Supervisor

pytestmark = [pytest.mark.slow, pytest.mark.alone]

_SLEEP = "import time; print('up', flush=True); time.sleep(60)"
_DEAF = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {_SLEEP}"
_WITH_CHILD = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {_SLEEP!r}]); "


class Watched:
    """A supervisor of one process, and what it told."""

    def __init__(self, program: str, logs: Path) -> None:
        self.told: list[str] = []
        self.logs = logs
        command = [sys.executable, "-c", program]
        self.supervisor = Supervisor({"work": command}, logs, self.told.append)

    def tend_until(self, condition: Callable[[], bool], seconds: float = 15) -> None:
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            self.supervisor.tend()
            if condition():
                return
            time.sleep(0.02)
        pytest.fail(f"did not happen within {seconds} s; told: {self.told}")

    def log(self) -> str:
        return self.supervisor.last_lines("work")


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Callable[[str], Watched]]:
    made: list[Watched] = []

    def start(program: str) -> Watched:
        made.append(Watched(program, tmp_path / "logs"))
        made[-1].tend_until(lambda: "up" in made[-1].log())
        return made[-1]

    yield start
    for watched in made:
        watched.supervisor.stop()


def test_a_killed_process_is_started_again_and_it_is_told(watch: Callable[[str], Watched]) -> None:
    watched = watch(_SLEEP)
    first = watched.supervisor.pids()["work"]
    os.kill(first, signal.SIGKILL)
    watched.tend_until(lambda: watched.supervisor.pids().get("work", first) != first)
    assert "SIGKILL" in watched.told[0]


def test_a_process_that_keeps_dying_is_tried_ever_more_slowly(tmp_path: Path) -> None:
    watched = Watched("raise SystemExit(3)", tmp_path)
    watched.tend_until(lambda: len(watched.told) == 3)
    assert [line.split(" in ")[1].split(" s.")[0] for line in watched.told] == ["0.5", "1", "2"]
    assert "exit status 3" in watched.told[0]
    assert watched.supervisor.deaths() == {"work": 3}
    watched.supervisor.stop()


def test_what_a_dead_process_had_started_is_ended_with_it(watch: Callable[[str], Watched]) -> None:
    watched = watch(_WITH_CHILD + _SLEEP)
    main = psutil.Process(watched.supervisor.pids()["work"])
    watched.tend_until(lambda: bool(main.children()))
    (child,) = main.children()
    main.kill()
    watched.tend_until(lambda: bool(watched.told))
    assert _gone(child)


def test_stopping_kills_a_process_that_does_not_listen(
    watch: Callable[[str], Watched], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.supervise._STOP_SECONDS", 0.5)
    watched = watch(_DEAF)
    process = psutil.Process(watched.supervisor.pids()["work"])
    watched.supervisor.stop()
    assert _gone(process)
    assert watched.supervisor.pids() == {}


def test_logs_do_not_grow_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.supervise._LOG_BYTES", 10_000)
    watched = Watched("for i in range(5000): print('x' * 50)\nprint('up'); input()", tmp_path)
    watched.tend_until(lambda: watched.supervisor.deaths()["work"] > 0)
    watched.supervisor.stop()
    assert 10_000 < sum(file.stat().st_size for file in tmp_path.iterdir()) < 45_000


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of a parent's death")
def test_a_killed_supervisor_leaves_nothing_behind(tmp_path: Path) -> None:
    program = (
        "import sys, time, pathlib\n"
        f"sys.path.insert(0, {str(ROOT)!r})\n"
        "from core.supervise import Supervisor\n"
        f"command = [sys.executable, '-c', {_SLEEP!r}]\n"
        f"s = Supervisor({{'work': command}}, pathlib.Path({str(tmp_path)!r}), print)\n"
        "s.tend(); print(s.pids()['work'], flush=True); time.sleep(60)\n"
    )
    supervisor = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
    )
    assert supervisor.stdout is not None
    child = psutil.Process(int(supervisor.stdout.readline()))
    while not (tmp_path / "work.log").exists() or "up" not in (tmp_path / "work.log").read_text():
        time.sleep(0.02)
    supervisor.kill()
    supervisor.communicate()
    assert _gone(child)


def _gone(process: psutil.Process, seconds: float = 5) -> bool:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.02)
    return False
