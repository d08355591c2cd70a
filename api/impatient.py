"""HTTP/1.1 as uvicorn speaks it, for clients that say what they want within a while.

uvicorn waits for ever for the end of the headers; a few thousand connections that send a byte now
and then would use up all that it accepts.
"""

from __future__ import annotations

import asyncio

import structlog
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

log = structlog.get_logger(__name__)

HEADER_SECONDS = 20.0


class Impatient(H11Protocol):
    """Closes a connection whose request headers are not complete after HEADER_SECONDS."""

    _headers_due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_headers()

    def data_received(self, data: bytes) -> None:
        if self._headers_due is None and not self._has_request():
            self._await_headers()  # the next request of this connection
        super().data_received(data)
        if self._has_request():
            self._stop_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def _has_request(self) -> bool:
        # A websocket has taken the connection over, or a request is being answered.
        if self.transport.get_protocol() is not self:
            return True
        cycle: RequestResponseCycle | None = self.cycle  # None before the first request
        return cycle is not None and not cycle.response_complete

    def _await_headers(self) -> None:
        self._headers_due = self.loop.call_later(HEADER_SECONDS, self._close)

    def _stop_waiting(self) -> None:
        if self._headers_due is not None:
            self._headers_due.cancel()
            self._headers_due = None

    def _close(self) -> None:
        self._headers_due = None
        if not self._has_request() and not self.transport.is_closing():
            log.warning("headers_too_slow")
            self.transport.close()
