"""An id for every request: in the answer, in every line of the log, in every problem."""

from __future__ import annotations

import re
import uuid
from contextvars import ContextVar

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = "x-request-id"
# What a proxy in front may have given already: no spaces, no markup, not long.
_WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")

_KNOWN = "skincare.request_id"  # in the scope of a request that has one

_current: ContextVar[str] = ContextVar("request_id", default="none")


def current() -> str:
    """The id of the request that is being answered; "none" outside of one."""
    return _current.get()


class RequestIds:
    """ASGI middleware. A well-formed X-Request-ID is kept, otherwise one is made."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _KNOWN in scope:
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).getlist(HEADER)
        known = len(given) == 1 and _WELL_FORMED.fullmatch(given[0]) is not None
        request_id = scope[_KNOWN] = given[0] if known else uuid.uuid4().hex

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                message.setdefault("headers", [])
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        token = _current.set(request_id)
        try:
            with structlog.contextvars.bound_contextvars(request_id=request_id):
                await self._app(scope, receive, send_with_id)
        finally:
            _current.reset(token)
