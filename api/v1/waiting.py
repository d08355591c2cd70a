"""Waiting for checks to finish: any number of requests, one question to the database at a time.

Somebody who waits costs neither a thread nor a connection. As long as anybody does, one query a
moment asks about all of them together; then it stops.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from uuid import UUID

import structlog
from starlette.concurrency import run_in_threadpool

from core.errors import Unavailable
from data import waiting
from data.database import read
from data.waiting import Whose

log = structlog.get_logger(__name__)

LONGEST = 30  # seconds
_EVERY = 0.15  # seconds between two questions
_MOST = 1000  # who comes when so many wait already is answered at once


class Waiters:
    """Those who wait, in one process."""

    def __init__(self) -> None:
        self._waiting: defaultdict[Whose, set[asyncio.Event]] = defaultdict(set)
        self._asking: asyncio.Task[None] | None = None

    async def wait(self, user_id: UUID, analysis_id: UUID, seconds: float) -> None:
        """Until the check is finished or gone, or the time is over."""
        if seconds <= 0 or sum(map(len, self._waiting.values())) >= _MOST:
            return
        whose, woken = (user_id, analysis_id), asyncio.Event()
        self._waiting[whose].add(woken)
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask())
        try:
            async with asyncio.timeout(seconds):
                await woken.wait()
        except TimeoutError:
            pass
        finally:
            self._waiting[whose].discard(woken)
            if not self._waiting[whose]:
                del self._waiting[whose]

    async def _ask(self) -> None:
        while self._waiting:
            asked = set(self._waiting)
            try:
                unfinished = await run_in_threadpool(_unfinished, asked)
            except Unavailable as error:  # who waits is told where the check stood before
                log.warning("waiting_in_vain", reason=str(error))
                unfinished = set()
            for whose in asked - unfinished:
                for woken in self._waiting.get(whose, ()):
                    woken.set()
            await asyncio.sleep(_EVERY)


def _unfinished(asked: set[Whose]) -> set[Whose]:
    with read() as session:
        return waiting.unfinished(session, asked)
