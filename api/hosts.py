"""Which addresses this server answers to, and from which pages it may be called.

Against DNS rebinding: a page under a hostile name that resolves to us sends that name as Host.
Against cross-site requests: a websocket or a write must come from a page of our own.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from api.v1.problems import NOT_ALLOWED, WRONG_PLACE, problem

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
# A token in the request says what may be done, and no cookie is read: there is nothing to forge.
# Mail programs send no Origin, and our own form says "null" because it sends no Referer.
_FROM_ANYWHERE = frozenset({"/mail/verify", "/mail/unsubscribe"})


class HostGuard:
    """ASGI middleware. `hosts` are names, `*.` in front for every subdomain; `*` is any."""

    def __init__(self, app: ASGIApp, *, hosts: tuple[str, ...], public_url: str | None) -> None:
        self._app = app
        self._public = urlsplit(public_url).netloc.lower() if public_url else None
        public_name = (_name(self._public) or "",) if self._public else ()
        named = ("localhost", *public_name, *hosts)
        self._hosts = tuple(host.strip().lower().rstrip(".") for host in named if host.strip())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self.answers_to(hosts[0]):
            refusal = "This address is not served here."
            await _refuse(scope, receive, send, 421, refusal)
        elif not self._may_call(scope, headers, hosts[0]):
            await _refuse(scope, receive, send, 403, "This page may not call the server.")
        else:
            await self._app(scope, receive, send)

    def answers_to(self, host: str) -> bool:
        """Whether a Host header names us. An IP literal does: no name, no rebinding."""
        name = _name(host)
        if name is None:
            return False
        return (
            "*" in self._hosts
            or name in self._hosts
            or _is_ip_literal(name)
            or any(h.startswith("*.") and name.endswith(h[1:]) for h in self._hosts)
        )

    def _may_call(self, scope: Scope, headers: Headers, host: str) -> bool:
        origins = headers.getlist("origin")
        if scope["type"] == "websocket":
            # Browsers always send it; without one there is nothing to judge by.
            return len(origins) == 1 and self._is_ours(origins[0], host)
        if scope["method"] in _READING or scope["path"] in _FROM_ANYWHERE:
            return True
        return all(self._is_ours(origin, host) for origin in origins)

    def _is_ours(self, origin: str, host: str) -> bool:
        try:
            parts = urlsplit(origin)
        except ValueError:
            return False
        netloc = parts.netloc.lower()
        return parts.scheme in ("http", "https") and netloc in (host.lower(), self._public)


def _name(host: str) -> str | None:
    """The name in a Host header, without port; None if it is no plain `name[:port]`."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port
    except ValueError:
        return None
    if parts.netloc != host or parts.username is not None or parts.hostname is None:
        return None
    return parts.hostname.rstrip(".")


def _is_ip_literal(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, words: str) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
    elif scope["path"].startswith("/api/"):
        kind = WRONG_PLACE if status == WRONG_PLACE.status else NOT_ALLOWED
        await problem(kind, words)(scope, receive, send)
    else:
        await PlainTextResponse(words, status)(scope, receive, send)
