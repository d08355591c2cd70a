"""The web process: session gate → Streamlit pages and our own routes, served by uvicorn.

    python server.py [--host HOST] [--port PORT]

`python3 run.py` starts it together with the database and the worker.
"""

from __future__ import annotations

import argparse
import os
import socket
import sys
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import streamlit as st
import structlog
import uvicorn
from starlette.middleware import Middleware
from starlette.routing import Mount
from streamlit import file_util
from streamlit.web import bootstrap

from api.admission import Admission
from api.cookies import Cookies
from api.document import assets, document
from api.gate import SessionGate
from api.headers import SecurityHeaders
from api.hosts import HostGuard
from api.impatient import Impatient
from api.request_ids import RequestIds
from api.routes.events import UnreadStreams
from api.routes.health import health_routes
from api.routes.mail import mail_routes
from api.routes.metrics import metrics_route
from api.routes.session import SessionRoutes
from api.v1.app import PREFIX, build_api
from core import log as logs
from core.errors import SkincareError
from core.keys import read_or_make
from core.people import Identity
from core.settings import ROOT, Settings, settings
from dashboard.failures import log_through_ours, show
from dashboard.holdings import Dashboard, StreamlitHoldings
from data.database import read, transaction
from pipeline import watching, web_sessions

log = structlog.get_logger("server")

_ICON = "/app/static/icon.png"
_PING_SECONDS = 20.0
# Bytes from a browser in one websocket message: widget states. Files go another way.
_LONGEST_MESSAGE = 2 * 1024 * 1024


def build(
    given: Settings, streams: UnreadStreams, script: Path = ROOT / "dashboard" / "app.py"
) -> Dashboard:
    """The whole ASGI application: request ids, headers, hosts, admission, gate; then the routes."""
    cookies = Cookies(key=_cookie_key(given), https=given.https)
    routes = SessionRoutes(cookies, given.session_absolute_hours, _identify).routes()
    holdings = StreamlitHoldings()
    shell = Path(file_util.get_static_dir())
    has_icon = (ROOT / "dashboard" / "static" / Path(_ICON).name).is_file()
    app = Dashboard(
        script,
        routes=[
            *routes,
            *mail_routes(),
            *health_routes(),
            *streams.routes(),
            metrics_route(given),
            Mount(PREFIX, build_api(given)),
        ],
        middleware=[
            Middleware(RequestIds),
            Middleware(SecurityHeaders, https=given.https),
            Middleware(HostGuard, hosts=_hosts(given), public_url=given.public_url),
            Middleware(Admission),
            Middleware(
                SessionGate,
                cookies=cookies,
                identify=_identify,
                watch=_watch,
                holdings=holdings,
                document=document(shell / "index.html", icon=_ICON if has_icon else None),
                assets=assets(shell),
            ),
        ],
        lifespan=_lifespan,
        on_script_error=show,
    )
    holdings.dashboard = app
    return app


def main(arguments: Sequence[str] | None = None, script: Path | None = None) -> None:
    """Serve until told to stop. `script` is for tests: pages of their own behind the same gate."""
    given = settings()
    parser = argparse.ArgumentParser(prog="server.py", description="Skincare AI's web process")
    parser.add_argument("--host", default=given.host)
    parser.add_argument("--port", type=int, help="0 for a free one")
    options = parser.parse_args(arguments)
    given = given.model_copy(update={"host": options.host})
    logs.configure("web")
    log_through_ours()
    os.chdir(ROOT)  # where Streamlit looks for .streamlit/config.toml
    bootstrap.load_config_options({"server.maxUploadSize": given.photo_max_mb})
    listening = _listen(options.host, given.port if options.port is None else options.port)
    if listening is None and options.port is None:
        listening = _listen(options.host, 0)  # nobody asked for exactly this one
    if listening is None:
        sys.exit(f"Port {options.port} is taken. Choose another, or 0 for a free one.")
    with listening:
        streams = UnreadStreams(_unread)
        app = build(given, streams, script) if script else build(given, streams)
        _Server(_uvicorn(app, given.forwarded_allow_ips), streams).run(sockets=[listening])


class _Server(uvicorn.Server):
    """Ends the streams before it waits for whatever is still being answered."""

    def __init__(self, config: uvicorn.Config, streams: UnreadStreams) -> None:
        super().__init__(config)
        self._streams = streams

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._streams.close()
        await super().shutdown(sockets)


def _uvicorn(app: Dashboard, proxies: str) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_config=None,  # ours, see core.log
        access_log=False,  # addresses of tickets and people
        server_header=False,
        proxy_headers=bool(proxies),  # X-Forwarded-* only from proxies that were named
        forwarded_allow_ips=proxies,
        http=Impatient,
        reset_contextvars=True,  # no request id of the last request in the log of the next
        ws="websockets-sansio",
        ws_ping_interval=_PING_SECONDS,
        ws_ping_timeout=_PING_SECONDS,
        ws_max_size=_LONGEST_MESSAGE,
        limit_concurrency=5000,  # websockets, streams, and requests besides them
        timeout_keep_alive=10,
        timeout_graceful_shutdown=3,
        h11_max_incomplete_event_size=32 * 1024,
    )


@asynccontextmanager
async def _lifespan(_app: st.App) -> AsyncIterator[None]:
    log.info("web_started")
    yield
    log.info("web_stopping")


def _identify(token: str | None) -> Identity | None:
    if token is None:
        _reach_database()
        return None
    with transaction() as session:
        return web_sessions.identify(session, token)


def _watch(token: str | None) -> Identity | None:
    with read() as session:
        return web_sessions.watching_with(session, token) if token else None


def _unread(session_ids: Collection[UUID]) -> Mapping[UUID, int]:
    with read() as session:
        return watching.unread_by_session(session, session_ids)


def _reach_database() -> None:
    with read():
        pass


def _cookie_key(given: Settings) -> bytes:
    if given.cookie_secret is not None:
        return given.cookie_secret.get_secret_value().encode()
    return read_or_make("cookie.key")


def _hosts(given: Settings) -> tuple[str, ...]:
    # 0.0.0.0 and :: are no names; addresses written in digits are accepted anyway.
    return (*given.allowed_hosts, given.host)


def _listen(host: str, port: int) -> socket.socket | None:
    """A listening socket, or None if the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named because asyncio sets TCP_NODELAY only then: without it an answer in two
    # pieces waits 40 ms for the acknowledgement of the first.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(512)
    except OSError:
        listening.close()
        return None
    log.info("web_listens", host=host, port=listening.getsockname()[1])
    return listening


if __name__ == "__main__":
    try:
        main()
    except SkincareError as error:
        sys.exit(str(error))
