"""`/session/start` and `/session/end`: where the browser gets and loses its cookie.

A page cannot set a cookie: it speaks over a websocket. So the form's page issues a single-use
ticket and sends the browser here with it. The ticket is worth something only together with the
visitor cookie of the browser that filled in the form, so that a link with somebody else's ticket
signs nobody in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from api.cookies import VISITOR_PREFIX, Cookies
from api.gate import away
from core.errors import NotSignedIn, Unavailable
from core.people import Identity
from data.database import transaction
from pipeline import web_sessions

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class SessionRoutes:
    """Both routes. `hours` is how long the browser keeps the cookie at most."""

    cookies: Cookies
    hours: float
    identify: Callable[[str | None], Identity | None]

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/session/start", self.start, methods=["GET"]),
            Route("/session/end", self.end, methods=["GET"]),
        ]

    async def start(self, request: Request) -> Response:
        """Trade the ticket for a session cookie; without a good ticket, nothing changes."""
        home = RedirectResponse("/", 303)
        visitor = self.cookies.visitor(request.headers.get("cookie", ""))
        ticket = request.query_params.get("ticket", "")
        if visitor is None or not ticket:
            return home
        try:
            token = await run_in_threadpool(self._redeem, ticket, visitor, request)
        except NotSignedIn:
            log.warning("ticket_refused")
            return home
        except Unavailable:
            return away(wants_html=True)
        home.headers.append("set-cookie", self.cookies.set_session(token, hours=self.hours))
        return home

    async def end(self, request: Request) -> Response:
        """Forget the cookie of a session that has ended already.

        The button on the page ends the session; this only clears up behind it. A link to here on
        another site therefore signs nobody out.
        """
        home = RedirectResponse("/", 303)
        token = self.cookies.session_token(request.headers.get("cookie", ""))
        try:
            live = await run_in_threadpool(self.identify, token) if token else None
        except Unavailable:
            return away(wants_html=True)
        if live is None:
            home.headers.append("set-cookie", self.cookies.forget_session())
            # Who uses this browser next is a visitor of their own.
            home.headers.append("set-cookie", self.cookies.new_visitor())
        return home

    def _redeem(self, ticket: str, visitor: str, request: Request) -> str:
        with transaction() as session:
            return web_sessions.redeem_ticket(
                session,
                ticket,
                visitor=visitor.removeprefix(VISITOR_PREFIX),
                address=request.client.host if request.client else "unknown",
                user_agent=request.headers.get("user-agent", "")[:400],
            )
