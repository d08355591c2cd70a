"""Hands a file to the decoding sandbox and takes back its answer. Safe from any thread.

The sandbox's process is started at the first file and again if it dies. It is a program of its
own rather than a fork of the caller: the web process has threads, and forking those may deadlock.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import Unavailable

WALL_SECONDS = 12.0  # the sandbox kills its child at 10; this is for the sandbox itself
_MOST_ANSWER = 160 << 20  # bytes; 40 megapixels of RGB are 120 MB
_ROOT = Path(__file__).resolve().parents[1]
# Each child may take a gigabyte: not more of them at once than there are processors.
_SLOTS = threading.BoundedSemaphore(max(2, os.cpu_count() or 2))


class ChildDied(Exception):
    """The child ended without an answer: it hit a limit, or the codec crashed."""


@dataclass(frozen=True)
class Answer:
    header: dict[str, Any]
    body: bytearray


class _Sandbox:
    """The process of `pipeline.sandbox_child` and our end of its control socket."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0  # after a fork of the caller the copy starts a sandbox of its own

    def connect(self) -> socket.socket:
        """A fresh connection to a fresh child."""
        ours, theirs = socket.socketpair()
        with theirs:
            for attempt in (1, 2):
                try:
                    with self._lock:
                        socket.send_fds(self._running(), [b"f"], [theirs.fileno()])
                    return ours
                except OSError as error:
                    self.stop()
                    if attempt == 2:
                        ours.close()
                        raise Unavailable(
                            "Photos cannot be read at the moment. Try again in a minute."
                        ) from error
        raise AssertionError("unreachable")

    def _running(self) -> socket.socket:
        if self._control is None or self._owner != os.getpid():
            control, theirs = socket.socketpair()
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "pipeline.sandbox_child", str(theirs.fileno())],
                    cwd=_ROOT,
                    env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},  # no secrets of ours
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                )
            self._control, self._owner = control, os.getpid()
        return self._control

    def stop(self) -> None:
        with self._lock:
            if self._control is not None:
                self._control.close()
            if self._process is not None and self._owner == os.getpid():
                self._process.kill()
                self._process.wait()
            self._control = self._process = None


_sandbox = _Sandbox()
stop = _sandbox.stop


def ask(content: bytes, wanted: str) -> Answer:
    """The sandbox's answer for `content`; `wanted` is "jpeg" or "pixels"."""
    if not _SLOTS.acquire(timeout=30):
        raise Unavailable("Many photos are being read right now. Try again in a minute.")
    try:
        with _sandbox.connect() as connection:
            return _converse(connection, f"{wanted}\n".encode(), content)
    except (OSError, ValueError, TypeError) as error:
        raise ChildDied from error
    finally:
        _SLOTS.release()


def _converse(connection: socket.socket, *request: bytes) -> Answer:
    deadline = time.monotonic() + WALL_SECONDS

    def timed() -> socket.socket:
        connection.settimeout(max(0.01, deadline - time.monotonic()))
        return connection

    for part in request:
        timed().sendall(part)
    timed().shutdown(socket.SHUT_WR)
    head = bytearray()
    while b"\n" not in head:
        piece = timed().recv(4096)
        if not piece or len(head) > 8192:
            raise ChildDied
        head += piece
    line, _, start = bytes(head).partition(b"\n")
    header = json.loads(line)
    if not isinstance(header, dict):
        raise ChildDied
    size = int(header.get("bytes", 0))
    if not len(start) <= size <= _MOST_ANSWER:
        raise ChildDied
    body = bytearray(size)
    body[: len(start)] = start
    view, filled = memoryview(body), len(start)
    while filled < size:
        count = timed().recv_into(view[filled:])
        if not count:
            raise ChildDied
        filled += count
    return Answer(header, body)
