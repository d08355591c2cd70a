"""Who comes too late: a process that is full says so at once, and finishes what it has begun.

Without a bound every request that comes on top makes all others slower, until none is answered in
time. Full is a process whose event loop is behind, since scripts and threads hold the interpreter,
or before whose threads a whole round of requests waits. Then new pages, new websockets and requests
to the API are answered 503; people who are inside go on, and figures and health are always told.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque

import anyio.to_thread
import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api import figures
from api.v1.problems import UNAVAILABLE, problem
from api.waiting_page import waiting_page

log = structlog.get_logger(__name__)

BEAT_SECONDS = 0.25
BEATS = 4  # one long pause is no queue: the shortest delay of so many beats counts
LATE_SECONDS = 0.5
_SAID_EVERY_SECONDS = 10.0
# Not all at once again.
_COME_BACK_SECONDS = (5, 15)

_API = "/api/v1/"
_ALWAYS = ("/health/", "/api/v1/health", "/metrics", "/session/")  # signing in ends in the last

WORDS = "Very many people are here at this moment. Nothing was lost. Try again in a few seconds."


class Strain:
    """How far behind this process is."""

    def __init__(self) -> None:
        self._delays: deque[float] = deque(maxlen=BEATS)

    async def watch(self) -> None:
        """Feel the pulse of the running event loop, until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + BEAT_SECONDS
            await asyncio.sleep(BEAT_SECONDS)
            self.felt(loop.time() - due)

    def felt(self, delay: float) -> None:
        """A beat came so many seconds late."""
        self._delays.append(delay)
        figures.event_loop_is_late(self.delay)

    @property
    def delay(self) -> float:
        """Seconds by which the loop is behind, of the last beats the least."""
        return min(self._delays) if len(self._delays) == BEATS else 0.0

    def is_full(self) -> bool:
        """Whether whoever comes now would wait too long. In the event loop only."""
        threads = anyio.to_thread.current_default_thread_limiter().statistics()
        return self.delay >= LATE_SECONDS or threads.tasks_waiting >= threads.total_tokens


class Admission:
    """ASGI middleware; see the module."""

    def __init__(self, app: ASGIApp, *, strain: Strain | None = None) -> None:
        self._app = app
        self._strain = strain or Strain()
        self._watching: asyncio.Task[None] | None = None
        self._said_at = float("-inf")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._watching is None:
            self._watching = asyncio.create_task(self._strain.watch())
        kind = _kind(scope)
        if kind is None or not self._strain.is_full():
            await self._app(scope, receive, send)
            return
        self._note(kind)
        if kind == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1013})  # try again later
            return
        seconds = random.randint(*_COME_BACK_SECONDS)  # noqa: S311 # no secret
        answer = (
            problem(UNAVAILABLE, WORDS, headers={"retry-after": str(seconds)})
            if kind == "api"
            else waiting_page(
                WORDS, title="one moment", heading="One moment, please", seconds=seconds
            )
        )
        await answer(scope, receive, send)

    def _note(self, kind: str) -> None:
        figures.refused(kind)
        now = asyncio.get_running_loop().time()
        if now - self._said_at > _SAID_EVERY_SECONDS:  # a line for each would be more of the load
            self._said_at = now
            log.warning("full", kind=kind, loop_late_by=round(self._strain.delay, 2))


def _kind(scope: Scope) -> str | None:
    """What costs much: an API request, a page as a browser asks for it, a websocket."""
    if scope["type"] == "websocket":
        return "websocket"
    if scope["type"] != "http" or scope["path"].startswith(_ALWAYS):
        return None
    if scope["path"].startswith(_API):
        return "api"
    return "page" if "text/html" in Headers(scope=scope).get("accept", "") else None
