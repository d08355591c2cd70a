"""Run the product on one machine: its database, then the web and worker processes."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from core.errors import Unavailable
from core.locks import file_lock
from core.postgres import ANALYST, APP, OWNER, EmbeddedPostgres, write_private
from core.settings import (
    embedded_analyst_url_file,
    embedded_database_url_file,
    embedded_owner_url_file,
    settings,
)
from core.supervise import Supervisor

_LOOK_EVERY = 0.2  # seconds
_DATABASE_LOOK_EVERY = 2.0
_READY_SECONDS = 180.0
_DEATHS_AT_START = 3  # of one process, before the product was ready once


def say(line: str = "") -> None:
    with contextlib.suppress(OSError):  # the terminal may be gone; the product goes on
        print(line, flush=True)


@contextlib.contextmanager
def database(folder: Path, name: str = OWNER) -> Iterator[EmbeddedPostgres | None]:
    """The database `name`, running: our own server in `folder`, or None where DATABASE_URL is set.

    While it is open `core.settings.database_url()` knows the address, here and in children.
    """
    if settings().database_url is not None:
        yield None
        return
    server = EmbeddedPostgres(folder)
    _start(server, name)
    try:
        yield server
    finally:
        if server.stop():
            embedded_database_url_file(settings().var).unlink(missing_ok=True)
            embedded_owner_url_file(settings().var).unlink(missing_ok=True)
            embedded_analyst_url_file(settings().var).unlink(missing_ok=True)


def _start(server: EmbeddedPostgres, name: str) -> None:
    server.start()
    server.create_database(name)
    var = settings().var
    (var / "run").mkdir(parents=True, exist_ok=True)
    write_private(embedded_owner_url_file(var), server.url(name))
    write_private(embedded_analyst_url_file(var), server.url(name, role=ANALYST))
    write_private(embedded_database_url_file(var), server.url(name, role=APP))


def run_product(prepare: Callable[[], None], *, server_folder: Path, name: str = OWNER) -> int:
    """Run until Ctrl-C or SIGTERM; returns the exit status.

    `prepare` runs once the database answers: migrations, and what a demonstration needs. A second
    start with the same SKINCARE_VAR says where the first one is, and ends.
    """
    var = settings().var
    stop = _on_signals()
    try:
        with file_lock(var / "run" / "lock", timeout=0):
            _write_state(address=None, processes={})
            try:
                return _run(prepare, server_folder, name, stop)
            finally:
                _state_file().unlink(missing_ok=True)
    except TimeoutError:
        say(_what_runs())
        return 0


def _run(prepare: Callable[[], None], server_folder: Path, name: str, stop: threading.Event) -> int:
    var = settings().var
    first = "" if (server_folder / "data").exists() else " for the first time"
    say(f"Starting{first} …")
    with database(server_folder, name) as server:
        prepare()
        port = free_port(settings().host, settings().port)
        supervisor = Supervisor(
            {
                "web": [sys.executable, "server.py", "--port", str(port)],
                "worker": [sys.executable, "-m", "pipeline.worker"],
            },
            var / "logs",
            say,
            echo=settings().log_level == "debug",
        )
        try:
            if not _until_ready(supervisor, port, stop):
                return 1
            if not stop.is_set():
                _greet(port)
            _tend(supervisor, server, name, port, stop)
            say("Stopping …")
        finally:
            supervisor.stop()
    say("Stopped.")
    return 0


def _until_ready(supervisor: Supervisor, port: int, stop: threading.Event) -> bool:
    """Whether the web process came to say that it is ready (or we were asked to stop)."""
    ends = time.monotonic() + _READY_SECONDS
    while not stop.is_set():
        supervisor.tend()
        if _is_ready(port):
            return True
        failing = [name for name, deaths in supervisor.deaths().items() if deaths]
        given_up = any(supervisor.deaths()[name] >= _DEATHS_AT_START for name in failing)
        if given_up or time.monotonic() > ends:
            for name in failing or ["web"]:
                say(f"\nThe {name} process does not come up. The end of its log:")
                say(supervisor.last_lines(name))
            return False
        stop.wait(_LOOK_EVERY)
    return True


def _tend(
    supervisor: Supervisor,
    server: EmbeddedPostgres | None,
    name: str,
    port: int,
    stop: threading.Event,
) -> None:
    look_at_database = 0.0
    written: dict[str, int] = {}
    while not stop.is_set():
        supervisor.tend()
        if (processes := supervisor.pids()) != written:
            _write_state(_address(port), processes)
            written = processes
        if server is not None and time.monotonic() >= look_at_database:
            look_at_database = time.monotonic() + _DATABASE_LOOK_EVERY
            if not server.is_running():
                say("The database ended; starting it again.")
                try:
                    _start(server, name)
                except Unavailable as error:
                    say(str(error))
        stop.wait(_LOOK_EVERY)


def free_port(host: str, first: int) -> int:
    """`first`, or the next port that nobody listens on; 0 means any."""
    for port in range(first, min(first + 100, 65536)) if first else (0,):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            if sys.platform != "win32":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind((host, port))
                return int(probe.getsockname()[1])
    raise Unavailable(
        f"No free port on {host} from {first} on. Set SKINCARE_PORT (0: any), and check that "
        "SKINCARE_HOST is an address of this machine."
    )


def _address(port: int) -> str:
    host = settings().host
    if host in ("0.0.0.0", "::"):  # noqa: S104 # compared, not bound
        host = "localhost"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _is_ready(port: int) -> bool:
    local = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # no proxy in between
    try:
        with local.open(f"{_address(port)}/health/ready", timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, http.client.HTTPException):
        # The latter: while nobody listens yet, a connection to a port of this machine can come to
        # be connected with itself, and hear its own question.
        return False


def _greet(port: int) -> None:
    shown = settings().public_url or _address(port)
    if settings().port not in (0, port):
        say(f"Port {settings().port} is taken; this is on {port}.")
    title = "The demonstration" if settings().demonstration else "Skincare AI"
    say(f"\n{title} runs at {shown}")
    say(f"Everything it keeps is in {settings().var}. Ctrl-C stops it.")


# ---------------------------------------------------------------------- what runs


def _state_file() -> Path:
    return settings().var / "run" / "state.json"


def _write_state(address: str | None, processes: dict[str, int]) -> None:
    state = {"pid": os.getpid(), "address": address, "processes": processes}
    write_private(_state_file(), json.dumps(state))


def _what_runs() -> str:
    state: dict[str, Any] = {}
    with contextlib.suppress(OSError, ValueError):
        state = json.loads(_state_file().read_text())
    by = f"process {state['pid']}" if "pid" in state else "another process"
    if state.get("address"):
        return (
            f"Skincare AI runs already at {state['address']} ({by}, folder {settings().var}).\n"
            f"Stop it with Ctrl-C there, or set SKINCARE_VAR to another folder for a second one."
        )
    return f"Skincare AI is being started already by {by}, in the folder {settings().var}."


def _on_signals() -> threading.Event:
    stop = threading.Event()
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: stop.set())
    return stop
