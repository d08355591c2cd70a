"""The session gate: ASGI middleware before every route of Streamlit, its websocket included.

Cookie → row in the database → headers that Streamlit trusts. Whatever the client sends under
those names is dropped. What no rule here lets through never reaches Streamlit.

The gate sees a websocket only while it opens. What is done over it later is checked by
`dashboard.identity`, which asks the database again in every run, callback and fragment.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Protocol

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.cookies import Cookies
from api.waiting_page import waiting_page
from core.errors import NotFound, TooMany, Unavailable
from core.people import Identity

log = structlog.get_logger(__name__)

_OURS = b"x-auth-"
# The same for everybody, and without anything personal; besides them Streamlit's own assets.
# The API knows no cookie: it asks for a bearer token by itself.
_OPEN = ("/app/static/", "/session/", "/health/", "/api/v1/")
# Links in mails carry their own authority.
_OPEN_EXACT = frozenset(
    {
        "/_stcore/health",
        "/_stcore/host-config",
        "/metrics",
        "/mail/verify",
        "/mail/unsubscribe",
    }
)
_MEDIA = "/media/"
_UPLOAD = "/_stcore/upload_file/"
_EVENTS = "/events/unread"
_COMPONENTS = ("/component/", "/_stcore/bidi-components/")
_STREAM = "/_stcore/stream"
_AWAY_SECONDS = 5  # until who waits for the database tries again
# Whatever else has such a part is closed to everybody: metrics, the agent API, Streamlit's OAuth.
_CLOSED = frozenset(
    "_stcore media component auth oauth2callback app static session health api mail events".split()
)


Ask = Callable[[str | None], Identity | None]


class Holdings(Protocol):
    """What Streamlit keeps in memory, and for which session of ours (`x-auth-session`)."""

    def owner_of_session(self, streamlit_session: str) -> str | None: ...

    def owner_of_media(self, file_name: str) -> str | None: ...

    def admit_upload(
        self, owner: str, streamlit_session: str, length: int | None
    ) -> AbstractContextManager[None]:
        """Room for one upload of `length` bytes (None: not said), or TooMany."""
        ...


@dataclass(frozen=True)
class SocketLimits:
    """Open websockets; each costs a Streamlit session, about 1 MB. Open streams of events."""

    per_session: int = 20
    anonymous_per_address: int = 60  # an address may be a whole office
    total: int = 2000
    streams_per_session: int = 20
    streams_total: int = 2000


@dataclass(frozen=True)
class _Caller:
    session: str  # session id, or "visitor:<id>"
    user: str | None  # user id, None for a visitor
    address: str


class SessionGate:
    """See the module. `identify`, `watch` and `holdings` reach downwards; all are handed in.

    `identify` notes that the session is in use, `watch` does not. `document` is the shell of
    every page, `assets` the paths of the files that it loads.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        cookies: Cookies,
        identify: Ask,
        watch: Ask,
        holdings: Holdings,
        document: bytes,
        assets: frozenset[str],
        limits: SocketLimits | None = None,
    ) -> None:
        self._app = app
        self._cookies = cookies
        self._identify = identify
        self._watch = watch
        self._holdings = holdings
        self._document = document
        self._assets = assets
        self._limits = limits or SocketLimits()
        self._open: Counter[str] = Counter()  # websockets and streams, by what limits them

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    # ---------------------------------------------------------------- http
    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        app: ASGIApp
        try:
            if path.startswith(_OPEN) or path in _OPEN_EXACT or path in self._assets:
                app, scope = self._app, _as_nobody(scope)
            elif path.startswith((_MEDIA, _UPLOAD, *_COMPONENTS)):
                app, scope = await self._for_the_signed_in(scope)
            elif path == _EVENTS and scope["method"] == "GET":
                app, scope = await self._events(scope)
            elif _is_closed(path):
                app = PlainTextResponse("There is nothing here.", 404)
            elif scope["method"] not in ("GET", "HEAD"):
                app = PlainTextResponse("Only reading is possible here.", 405)
            else:
                app = await self._page(scope)
        except Unavailable:
            app = away(wants_html=not _is_closed(path))
        await app(scope, receive, send)

    async def _page(self, scope: Scope) -> Response:
        """The shell of every page: the same bytes for all; the pages come over the websocket."""
        cookie = _cookie_header(scope)
        # Asked although the shell is the same for everybody: without a database there is no page.
        await self._who(self._cookies.session_token(cookie))
        response = Response(self._document, media_type="text/html")
        if self._cookies.visitor(cookie) is None:
            response.headers.append("set-cookie", self._cookies.new_visitor())
        return response

    async def _for_the_signed_in(self, scope: Scope) -> tuple[ASGIApp, Scope]:
        caller = await self._caller(scope)
        if caller is None or caller.user is None:
            return PlainTextResponse("Sign in first.", 401), scope
        path: str = scope["path"]
        nothing = PlainTextResponse("There is nothing here.", 404)
        if path.startswith(_MEDIA):
            owner = self._holdings.owner_of_media(path.removeprefix(_MEDIA))
            return (self._app if owner == caller.session else nothing), _as(caller, scope)
        if path.startswith(_UPLOAD):
            streamlit_session = path.removeprefix(_UPLOAD).partition("/")[0]
            if self._holdings.owner_of_session(streamlit_session) != caller.session:
                return nothing, scope
            if scope["method"] == "PUT":
                return self._upload(caller.session, streamlit_session), _as(caller, scope)
        return self._app, _as(caller, scope)

    async def _events(self, scope: Scope) -> tuple[ASGIApp, Scope]:
        """A stream that stays open. Listening is not using the session."""
        caller = await self._caller(scope, self._watch)
        if caller is None or caller.user is None:
            return PlainTextResponse("Sign in first.", 401), scope
        keys = {
            "streams": self._limits.streams_total,
            f"streams:{caller.session}": self._limits.streams_per_session,
        }

        async def stream(scope: Scope, receive: Receive, send: Send) -> None:
            with self._place(keys) as there_is_one:
                full = PlainTextResponse("Too many tabs are open.", 429)
                await (self._app if there_is_one else full)(scope, receive, send)

        return stream, _as(caller, scope)

    def _upload(self, owner: str, streamlit_session: str) -> ASGIApp:
        async def upload(scope: Scope, receive: Receive, send: Send) -> None:
            length = Headers(scope=scope).get("content-length")
            said = int(length) if length and length.isascii() and length.isdigit() else None
            try:
                with self._holdings.admit_upload(owner, streamlit_session, said):
                    await self._app(scope, receive, send)
            except TooMany as error:
                log.warning("upload_refused", session=owner)
                refusal = PlainTextResponse(str(error), 429)
                refusal.headers["retry-after"] = str(max(1, round(error.retry_after)))
                await refusal(scope, receive, send)

        return upload

    # ---------------------------------------------------------------- websocket
    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            caller = await self._caller(scope) if scope["path"] == _STREAM else None
        except Unavailable:
            caller = None
        with self._place(self._socket_keys(caller) if caller else {}) as there_is_one:
            if caller is None or not there_is_one:
                await receive()
                await send({"type": "websocket.close", "code": 1008})
                return
            await self._app(_as(caller, scope), receive, send)

    @contextmanager
    def _place(self, keys: Mapping[str, int]) -> Iterator[bool]:
        """Count what is open under each key, as long as it is; False when one of them is full."""
        if any(self._open[key] >= most for key, most in keys.items()):
            yield False
            return
        self._open.update(keys.keys())
        try:
            yield True
        finally:
            for key in keys:
                self._open[key] -= 1
                if self._open[key] <= 0:
                    del self._open[key]

    def _socket_keys(self, caller: _Caller) -> dict[str, int]:
        keys = {"total": self._limits.total, caller.session: self._limits.per_session}
        if caller.user is None:
            keys[f"address:{caller.address}"] = self._limits.anonymous_per_address
        return keys

    # ---------------------------------------------------------------- who
    async def _caller(self, scope: Scope, ask: Ask | None = None) -> _Caller | None:
        cookie = _cookie_header(scope)
        token = self._cookies.session_token(cookie)
        address = scope["client"][0] if scope.get("client") else "unknown"
        who = await self._who(token, ask) if token else None
        if who is not None:
            return _Caller(str(who.session_id), str(who.user_id), address)
        visitor = self._cookies.visitor(cookie)
        return _Caller(visitor, None, address) if visitor else None

    async def _who(self, token: str | None, ask: Ask | None = None) -> Identity | None:
        try:
            # Off the event loop: a slow database must not stop everybody's websockets.
            return await run_in_threadpool(ask or self._identify, token)
        except NotFound:
            return None


def away(*, wants_html: bool) -> Response:
    """The answer while the database is away."""
    words = "Skincare AI cannot reach its database at the moment. Nothing was lost. Try again soon."
    if not wants_html:
        return PlainTextResponse(words, 503, headers={"retry-after": str(_AWAY_SECONDS)})
    return waiting_page(words, title="back soon", heading="Back in a moment", seconds=_AWAY_SECONDS)


def _is_closed(path: str) -> bool:
    # Anywhere in the path: from /register the browser also looks for /register/_stcore/health,
    # and must be told that it is not there. No page has a dot in its address.
    return "." in path or not _CLOSED.isdisjoint(path.lower().split("/"))


def _cookie_header(scope: Scope) -> str:
    return "; ".join(Headers(scope=scope).getlist("cookie"))


def _as_nobody(scope: Scope) -> Scope:
    headers = [(name, value) for name, value in scope["headers"] if not _is_ours(name)]
    return {**scope, "headers": headers}


def _as(caller: _Caller, scope: Scope) -> Scope:
    nobody = _as_nobody(scope)
    said = {b"x-auth-session": caller.session, b"x-auth-address": caller.address}
    if caller.user is not None:
        said[b"x-auth-user"] = caller.user
    ours = [(name, value.encode("latin-1")) for name, value in said.items()]
    return {**nobody, "headers": [*nobody["headers"], *ours]}


def _is_ours(name: bytes) -> bool:
    # Some servers in front turn underscores into dashes.
    return name.lower().replace(b"_", b"-").startswith(_OURS)
