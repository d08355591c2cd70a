"""Around every request of the API: its line in the log, its figures, and the last resort."""

from __future__ import annotations

import time

import structlog
from starlette.routing import Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.figures import answered
from api.v1.problems import unexpected

log = structlog.get_logger(__name__)

NO_ROUTE = "(none)"  # whatever address was asked for, it is not a label


class Answering:
    """ASGI middleware. What nobody expected becomes a 500 with a request id, and one traceback.

    HEAD is answered as GET without the body.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        method: str = scope["method"]
        if method == "HEAD":
            scope = {**scope, "method": "GET"}
        status, began = 0, time.perf_counter()

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            elif message["type"] == "http.response.body" and method == "HEAD":
                message = {**message, "body": b""}
            await send(message)

        try:
            await self._app(scope, receive, send_on)
        except Exception:
            log.exception("request_failed", method=_known(method), route=_template(scope))
            if status:
                raise  # half an answer is out; the connection has to break
            await unexpected()(scope, receive, send_on)
        finally:
            seconds = time.perf_counter() - began
            answered(_known(method), _template(scope), status, seconds)
            log.info(
                "request",
                method=_known(method),
                route=_template(scope),
                status=status,
                ms=round(seconds * 1000, 1),
            )


def _template(scope: Scope) -> str:
    """/analysis/{analysis_id}, never the id; and no address that a client made up."""
    route = scope.get("route")
    if isinstance(route, Mount):  # ours in the server; nothing below it fitted
        return NO_ROUTE
    path = getattr(route, "path_format", None) or getattr(route, "path", None)
    return str(path) if path else NO_ROUTE


def _known(method: str) -> str:
    return method if method in _METHODS else "(other)"


_METHODS = frozenset("GET HEAD POST PUT PATCH DELETE OPTIONS TRACE CONNECT".split())
