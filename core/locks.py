"""A lock between processes on one machine that ends with its holder, however that dies."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def file_lock(path: Path, *, timeout: float | None = None) -> Iterator[None]:
    """Hold the lock named by `path`, a file that stays behind empty.

    Raises TimeoutError when another process holds it for longer than `timeout` seconds
    (None: wait for ever; 0: do not wait).
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        ends = None if timeout is None else time.monotonic() + timeout
        while not _taken(handle):
            if ends is not None and time.monotonic() >= ends:
                raise TimeoutError(f"{path} is held by another process")
            time.sleep(0.02)
        yield
    finally:
        os.close(handle)  # also gives the lock back


if sys.platform == "win32":  # pragma: no cover
    import msvcrt

    def _taken(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _taken(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
