"""Child processes that examine photos, so that the worker survives whatever a photo does.

Each child loads its examiner once and then takes one photo at a time. It talks through a pipe in
small messages: ("stage", …), then ("examined" | "rejected" | …, …). A child that dies or takes too
long costs its photo one attempt, and is replaced for the next.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import queue
import signal
import threading
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

import structlog

from core import log as logs
from core.analyses import Stage
from core.errors import PhotoRejected, SkincareError, Unavailable, UnreadablePhoto
from core.examination import Examination

log = structlog.get_logger(__name__)

START_SECONDS = 60.0
PHOTO_SECONDS = 60.0

_SPAWN = multiprocessing.get_context("spawn")  # a fork would share the worker's connections


class ExaminationBroke(Exception):
    """The child died, took too long, or failed in a way that nobody foresaw."""


class Examiners:
    """A fixed number of child processes, each used by one thread at a time.

    `factory` names what makes an examiner in the child, as "module:name"; it is called with the
    number of processor threads it may use.
    """

    def __init__(self, factory: str, *, processes: int, threads: int) -> None:
        self._all = [_Child(factory, threads) for _ in range(processes)]
        self._free: queue.LifoQueue[_Child] = queue.LifoQueue()  # the warmest first
        for child in self._all:
            self._free.put(child)

    @contextlib.contextmanager
    def one(self) -> Iterator[_Child]:
        """An examiner of one's own for the block; waits for a free one."""
        child = self._free.get()
        try:
            yield child
        finally:
            self._free.put(child)

    def warm_up(self) -> None:
        """Start all of them, so that the first photo does not wait for the model to load."""
        with contextlib.ExitStack() as held:
            for child in [held.enter_context(self.one()) for _ in self._all]:
                try:
                    child.get_ready()
                except Unavailable as error:
                    log.error("examiner_not_ready", reason=str(error))

    def stop(self) -> None:
        for child in self._all:
            child.stop()


class _Child:
    """One child process, started when it is needed and started again when it has died."""

    def __init__(self, factory: str, threads: int) -> None:
        self._factory, self._threads = factory, threads
        self._process: BaseProcess | None = None
        self._pipe: Connection[Any, Any] | None = None

    def get_ready(self) -> None:
        """Return when the child can take a photo. Unavailable when it cannot load its model."""
        if self._process is not None and self._process.is_alive():
            return
        self.stop()
        self._pipe, theirs = _SPAWN.Pipe()
        self._process = _SPAWN.Process(
            target=_serve, args=(theirs, self._factory, self._threads), daemon=True
        )
        self._process.start()
        theirs.close()
        try:
            kind, said = self._receive(START_SECONDS)
        except ExaminationBroke as error:
            raise Unavailable(f"The scoring process could not start: {error}") from error
        if kind != "ready":
            self.stop()
            raise Unavailable(said)
        log.info("examiner_ready", pid=self._process.pid)

    def examine(self, jpeg: bytes, on_stage: Callable[[Stage], None]) -> Examination:
        """What the examiner says of a stored photo.

        Raises PhotoRejected, UnreadablePhoto, Unavailable, or ExaminationBroke.
        """
        self.get_ready()
        ends = time.monotonic() + PHOTO_SECONDS
        try:
            self._connected().send_bytes(jpeg)
        except OSError as error:
            self.stop()
            raise ExaminationBroke("the child was gone") from error
        while True:
            kind, said = self._receive(ends - time.monotonic())
            match kind:
                case "stage":
                    on_stage(said)
                case "examined":
                    examination: Examination = said
                    return examination
                case "rejected":
                    raise PhotoRejected(said)
                case "unreadable":
                    raise UnreadablePhoto(said)
                case "unavailable":
                    self.stop()
                    raise Unavailable(said)
                case _:
                    raise ExaminationBroke(said)

    def stop(self) -> None:
        if self._pipe is not None:
            self._pipe.close()  # a child that waits for work ends by itself
            self._pipe = None
        if self._process is not None:
            self._process.join(0.5)
            if self._process.is_alive():
                self._process.kill()
                self._process.join()
            self._process.close()
            self._process = None

    def _connected(self) -> Connection[Any, Any]:
        if self._pipe is None:
            raise ExaminationBroke("the child was stopped")
        return self._pipe

    def _receive(self, seconds: float) -> tuple[str, Any]:
        pipe = self._connected()
        try:
            if pipe.poll(max(0.0, seconds)):
                kind, said = pipe.recv()
                return str(kind), said
            reason = "the child took too long"
        except (EOFError, OSError):
            reason = "the child died"
        self.stop()
        raise ExaminationBroke(reason)


# ---------------------------------------------------------------------- in the child


def _serve(pipe: Connection[Any, Any], factory: str, threads: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the worker, which stops us
    _end_with_parent()
    logs.configure("examiner")
    try:
        module, _, name = factory.partition(":")
        examiner = getattr(import_module(module), name)(threads=threads)
    except SkincareError as error:
        pipe.send(("unavailable", str(error)))
        return
    except Exception:
        log.exception("examiner_did_not_load")
        pipe.send(("unavailable", "The scoring model could not be loaded."))
        return
    pipe.send(("ready", None))
    with contextlib.suppress(EOFError, OSError):  # the worker has closed the pipe, or is gone
        while True:
            pipe.send(_examined(examiner, pipe.recv_bytes(), pipe))


def _examined(examiner: Any, jpeg: bytes, pipe: Connection[Any, Any]) -> tuple[str, Any]:
    try:
        return "examined", examiner.examine_kept(
            jpeg, on_stage=lambda stage: pipe.send(("stage", stage))
        )
    except PhotoRejected as rejected:
        return "rejected", rejected.reasons
    except UnreadablePhoto as error:
        return "unreadable", str(error)
    except Unavailable as error:
        return "unavailable", str(error)
    except Exception as error:
        log.exception("examination_broke")
        return "broken", f"{type(error).__name__} in the child"


def _end_with_parent() -> None:
    """Do not outlive the worker, also when that is killed while we compute."""

    def watch() -> None:
        parent = multiprocessing.parent_process()
        if parent is not None:
            parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
