"""The process that decodes strangers' files: `python -m pipeline.sandbox_child FD`.

It is started once by `pipeline.sandbox`, loads the codecs, and for each file forks a child that
has no environment, no files, little memory and little time. A child decodes one file and is gone.
Only this process forks, and it has one thread, so the web process may have as many as it likes.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import select
import signal
import socket
import sys
import time
from typing import Any

from pipeline import decoding

MEMORY = 1 << 30  # bytes of address space
CPU_SECONDS = 8
WALL_SECONDS = 10.0
_NOBODY = 65534


def serve(control: socket.socket) -> None:
    """Fork a child for every connection that arrives on `control`, until its other end closes."""
    deadlines: dict[int, float] = {}
    while True:
        ready, _, _ = select.select([control], [], [], 0.2 if deadlines else None)
        for child, deadline in list(deadlines.items()):
            if time.monotonic() > deadline:
                os.kill(child, signal.SIGKILL)
            if os.waitpid(child, os.WNOHANG)[0]:
                del deadlines[child]
        if not ready:
            continue
        message, received, _, _ = socket.recv_fds(control, 1, 1)
        if not message:
            for child in deadlines:
                os.kill(child, signal.SIGKILL)
            return
        child = os.fork()
        if child == 0:
            try:
                control.close()
                _answer(socket.socket(fileno=received[0]))
            finally:
                os._exit(0)
        deadlines[child] = time.monotonic() + WALL_SECONDS
        os.close(received[0])


def _answer(connection: socket.socket) -> None:
    """Read one request to its end, decode it under limits, write one answer."""
    with connection, connection.makefile("rb") as request:
        wanted = request.readline(16).strip()
        content = request.read()
        # The HEIC codec cannot work without one thread of its own.
        _give_up_rights(threads=content[4:8] == b"ftyp")
        try:
            header, body = _decode(content, wanted == b"jpeg")
        except decoding.Refused as refusal:
            header, body = {"problem": refusal.problem, "facts": refusal.facts}, b""
        except MemoryError:
            header, body = {"problem": "too_heavy", "facts": {}}, b""
        connection.sendall(json.dumps(header).encode() + b"\n")
        connection.sendall(body)


def _decode(content: bytes, as_jpeg: bool) -> tuple[dict[str, Any], bytes]:
    image, original_format = decoding.upright(content)
    if as_jpeg:
        image, body = decoding.stored_jpeg(image)
    else:
        body = image.tobytes()
    width, height = image.size
    return {"width": width, "height": height, "format": original_format, "bytes": len(body)}, body


def _give_up_rights(*, threads: bool) -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    os.close(null)
    limits = [
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 0),  # what is open stays open; nothing more can be opened
        (resource.RLIMIT_AS, MEMORY),
    ]
    if not threads:
        limits.append((resource.RLIMIT_NPROC, 0))
    if os.geteuid() == 0:
        # Impossible where the container maps one user only; the other limits still hold.
        with contextlib.suppress(OSError):
            os.setgroups([])
            os.setgid(_NOBODY)
            os.setuid(_NOBODY)
    for limit, value in limits:
        try:
            resource.setrlimit(limit, (value, value))
        except (ValueError, OSError):
            if sys.platform == "linux":  # macOS refuses some of them
                raise


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which closes us
    decoding.prepare()
    os.chdir("/")
    with socket.socket(fileno=int(sys.argv[1])) as control:
        serve(control)


if __name__ == "__main__":
    main()
