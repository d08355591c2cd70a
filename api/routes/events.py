"""`/events/unread`: an open tab is told how many notifications are unread, whenever it changes.

Server-sent events: the browser opens them again by itself, and any proxy lets them through. One
look a second at the database serves all tabs of this process, whoever wrote the news and in
whichever process, and it sees as well whose session has ended.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection, Mapping
from uuid import UUID

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from core.errors import Unavailable

log = structlog.get_logger(__name__)

LOOKS_EVERY = 1.0  # seconds
# Seconds after which the number is told again: silence is what proxies cut off, what is told
# heals whatever got lost, and only a write finds out that a browser is gone.
TOLD_AGAIN_AFTER = 15.0

Look = Callable[[Collection[UUID]], Mapping[UUID, int]]


class _Tab:
    """One open stream, and the last that it is to be told: what came before that is out of date."""

    def __init__(self, session_id: UUID) -> None:
        self.session_id = session_id
        self.unread: int | None = None  # not known yet
        self.over = False
        self.has_changed = asyncio.Event()

    def hear(self, unread: int | None) -> None:
        """None: the session has ended."""
        if unread is None:
            self.end()
        elif unread != self.unread:
            self.unread = unread
            self.has_changed.set()

    def end(self) -> None:
        self.over = True
        self.has_changed.set()


class UnreadStreams:
    """The streams of this process. How many there may be is the session gate's to say.

    `look` gives the number of unread notifications by session; sessions that have ended are
    missing. It may raise Unavailable: then everybody keeps their number.
    """

    def __init__(self, look: Look) -> None:
        self._look = look
        self._tabs: set[_Tab] = set()
        self._watch: asyncio.Task[None] | None = None

    def routes(self) -> list[BaseRoute]:
        return [Route("/events/unread", self.unread, methods=["GET"])]

    async def unread(self, request: Request) -> Response:
        """The stream of the session that the gate has found."""
        events = self._events(UUID(request.headers["x-auth-session"]))
        headers = {"x-accel-buffering": "no"}  # a proxy must not keep them until there are more
        return StreamingResponse(events, media_type="text/event-stream", headers=headers)

    def close(self) -> None:
        """End all streams, so that a server that stops need not wait for them."""
        for tab in self._tabs:
            tab.end()

    async def _events(self, session_id: UUID) -> AsyncGenerator[str, None]:
        tab = _Tab(session_id)
        self._tabs.add(tab)
        if self._watch is None:
            self._watch = asyncio.create_task(self._look_while_somebody_listens())
        try:
            while True:
                try:
                    async with asyncio.timeout(TOLD_AGAIN_AFTER):
                        await tab.has_changed.wait()
                except TimeoutError:
                    pass
                tab.has_changed.clear()
                if tab.over:
                    return
                yield ": not known\n\n" if tab.unread is None else f"data: {tab.unread}\n\n"
        finally:
            self._tabs.discard(tab)

    async def _look_while_somebody_listens(self) -> None:
        while self._tabs:
            asked = list(self._tabs)
            try:
                unread = await run_in_threadpool(self._look, {tab.session_id for tab in asked})
            except Unavailable:
                pass  # pages say so themselves
            except Exception:
                log.exception("unread_look_failed")
            else:
                for tab in asked:
                    tab.hear(unread.get(tab.session_id))
            await asyncio.sleep(LOOKS_EVERY)
        self._watch = None
