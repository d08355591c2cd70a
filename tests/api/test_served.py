"""The API in the real web process: behind the session gate, in a browser, under bad clients."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import psutil
import pytest
from playwright.sync_api import Browser, expect

import server
from core.postgres import OWNER, EmbeddedPostgres, write_private
from core.settings import ROOT, embedded_database_url_file, settings
from data.migrate import upgrade
from tests.attacks.conftest import Served, serve
from tests.conftest import copy_of
from tests.journeys.conftest import PATIENCE, watch
from tests.people import PASSWORD

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Program:
    """A program that calls the API over HTTP."""

    address: str
    token: str | None = None

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if body is not None and not isinstance(body, bytes | str):
            body, headers["Content-Type"] = json.dumps(body), "application/json"
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=60)
        with contextlib.closing(connection):
            connection.request(method, "/api/v1" + path, body=body, headers=headers)
            got = connection.getresponse()
            names = {name.lower(): value for name, value in got.getheaders()}
            return Answer(got.status, names, got.read())

    def somebody(self) -> Program:
        """A new account, signed in."""
        fields = {
            "email": f"{secrets.token_hex(6)}@example.org",
            "password": PASSWORD,
            "first_name": "Ada",
            "last_name": "Byron",
        }
        assert self("POST", "/auth/register", fields).status == 201
        form = urlencode({"username": fields["email"], "password": PASSWORD})
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = self("POST", "/auth/login", form, **kind)
        return replace(self, token=answer.json()["access_token"])


@pytest.fixture(scope="module")
def web(
    postgres: EmbeddedPostgres, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    with (
        copy_of(postgres, template) as url,
        serve(url, tmp_path_factory.mktemp("api")) as served,
    ):
        yield served


@pytest.fixture
def program(web: Served) -> Program:
    return Program(web.address)


def test_the_gate_lets_programs_through_without_cookies(program: Program) -> None:
    answer = program("GET", "/users/me")
    assert (answer.status, answer.headers["content-type"]) == (401, "application/problem+json")
    ada = program.somebody()
    answer = ada("GET", "/users/me")
    assert answer.status == 200
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "private, no-store"
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert len(answer.headers["x-request-id"]) == 32
    assert "server" not in answer.headers


def test_headers_of_the_gate_open_nothing(program: Program) -> None:
    ada = program.somebody()("GET", "/users/me").json()
    forged = {"X-Auth-User": ada["user_id"], "X-Auth-Session": ada["user_id"]}
    assert program("GET", "/users/me", **forged).status == 401


def test_the_log_has_ids_and_no_people(web: Served, program: Program) -> None:
    answer = program("GET", "/users/me", **{"X-Request-ID": "a-known-request-id"})
    assert answer.headers["x-request-id"] == "a-known-request-id"
    ada = program.somebody()
    mail = ada("GET", "/users/me").json()["email"]
    log = web.log_text()
    assert '"request_id": "a-known-request-id"' in log
    assert '"route": "/users/me"' in log
    for personal in (mail, ada.token, PASSWORD):
        assert personal
        assert personal not in log


def test_the_documentation_works_under_our_policy_and_signs_in(
    web: Served, program: Program, browser: Browser
) -> None:
    ada = program.somebody()
    mail = ada("GET", "/users/me").json()["email"]
    page = browser.new_context().new_page()
    page.set_default_timeout(PATIENCE)
    complaints, hosts = watch(page), set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.goto(f"{web.address}/api/v1/docs")
    page.get_by_role("button", name="Authorize").click()
    page.locator("#oauth_username").fill(mail)
    page.locator("#oauth_password").fill(PASSWORD)
    page.locator(".modal-ux").get_by_role("button", name="Apply given OAuth2 credentials").click()
    expect(page.locator(".modal-ux")).to_contain_text("Authorized", timeout=PATIENCE)
    page.get_by_role("button", name="Close", exact=True).click()
    block = page.locator(".opblock-get", has=page.locator("[data-path='/users/me']"))
    block.locator(".opblock-summary-control").click()
    block.get_by_role("button", name="Execute").click()
    said = block.locator(".live-responses-table .response-col_status").nth(1)
    expect(said).to_contain_text("200", timeout=PATIENCE)
    page.context.close()
    assert complaints == []
    assert hosts == {urlsplit(web.address).netloc}


def test_a_proxy_that_was_named_says_who_calls(
    web: Served, program: Program, tmp_path: Path
) -> None:
    forwarded = {"X-Forwarded-For": "203.0.113.9"}
    named = {"FORWARDED_ALLOW_IPS": "127.0.0.1", "JWT_SECRET_KEY": "k" * 32}
    with serve(web.database_url, tmp_path, environment=named) as behind:
        for served, hint in ((behind, "203.0.113.…"), (web, "127.0.0.…")):
            ada = Program(served.address).somebody()
            mail = ada("GET", "/users/me").json()["email"]
            login = {"email": mail, "password": PASSWORD}
            tokens = ada("POST", "/auth/login", login, **forwarded).json()
            there = replace(ada, token=tokens["access_token"])
            [mine] = [
                s for s in there("GET", "/users/me/sessions").json()["sessions"] if s["is_current"]
            ]
            assert mine["address_hint"] == hint
        # A token of one key is nothing under another.
        assert replace(ada, address=behind.address)("GET", "/users/me").status == 401


def test_a_key_that_is_too_short_stops_the_start_with_a_sentence() -> None:
    done = subprocess.run(
        [sys.executable, "server.py", "--port", "0"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "JWT_SECRET_KEY": "short-canary"},
    )
    assert done.returncode == 1
    assert "JWT_SECRET_KEY: needs at least 32 bytes for HS256" in done.stderr
    assert "Traceback" not in done.stderr
    assert "canary" not in done.stderr


# ---------------------------------------------------------------------- bad clients


def _dial(web: Served) -> socket.socket:
    parts = urlsplit(web.address)
    return socket.create_connection((parts.hostname, parts.port), timeout=60)


def test_headers_without_end_are_refused(web: Served, program: Program) -> None:
    with _dial(web) as line:
        line.sendall(b"GET /api/v1/health/live HTTP/1.1\r\nHost: localhost\r\n")
        with contextlib.suppress(ConnectionError):
            for n in range(100):
                line.sendall(b"X-%d: %s\r\n" % (n, b"y" * 1000))
        with contextlib.suppress(ConnectionError):
            assert line.recv(100).startswith(b"HTTP/1.1 4")
    assert program("GET", "/health/live").status == 200


def test_an_endless_body_is_answered_while_it_comes_and_not_kept(
    web: Served, program: Program
) -> None:
    before = psutil.Process(web.process.pid).memory_info().rss
    piece = b"10000\r\n" + b"[" * 0x10000 + b"\r\n"
    sent = 0
    with _dial(web) as line:
        line.sendall(
            b"POST /api/v1/auth/register HTTP/1.1\r\nHost: localhost\r\n"
            b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        line.settimeout(0.05)
        answer = b""
        while not answer and sent < 200 * len(piece):
            with contextlib.suppress(TimeoutError):
                line.sendall(piece)
            sent += len(piece)
            with contextlib.suppress(TimeoutError):
                answer = line.recv(1000)
    assert answer.startswith(b"HTTP/1.1 413")
    assert sent < 100 * len(piece)
    grown = psutil.Process(web.process.pid).memory_info().rss - before
    assert grown < 30_000_000
    assert program("GET", "/health/live").status == 200


@pytest.mark.parametrize(
    "start",
    [
        b"GET /api/v1/users/me HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n",
        b"GET /api/v1/users/me HTTP/1.1\r\n\r\n",
        b"POST /api/v1/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"POST /api/v1/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET /api/v1/\x00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
    ids=["two hosts", "no host", "negative length", "length and chunks", "NUL", "TLS"],
)
def test_what_is_no_proper_http_is_refused(web: Served, program: Program, start: bytes) -> None:
    with _dial(web) as line:
        line.sendall(start)
        line.shutdown(socket.SHUT_WR)
        assert line.recv(100)[:10] in (b"HTTP/1.1 4", b"")
    assert program("GET", "/health/live").status == 200


# ---------------------------------------------------------------------- the database stops


def test_a_database_that_stops_is_said_and_the_api_heals_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    var = tmp_path / "var"
    server = EmbeddedPostgres(tmp_path / "pg", {"fsync": "off"})
    _start(server, var)
    monkeypatch.setenv("SKINCARE_VAR", str(var))
    settings.cache_clear()
    upgrade()
    try:
        with serve("", tmp_path) as web:
            ada = Program(web.address).somebody()
            assert ada("GET", "/users/me").status == 200
            server.stop()
            for method, path in (("GET", "/users/me"), ("POST", "/auth/logout")):
                began = time.monotonic()
                answer = ada(method, path)
                assert time.monotonic() - began < 15
                assert answer.status == 503
                assert answer.json()["type"] == "/problems/unavailable"
                assert int(answer.headers["retry-after"]) > 0
            assert ada("GET", "/health/live").status == 200
            assert ada("GET", "/health/ready").json()["database"] == "away"
            _start(server, var)
            assert ada("GET", "/users/me").status == 200  # nothing was lost, nobody signed out
            assert ada("GET", "/health/ready").status == 200
    finally:
        server.stop()
        settings.cache_clear()


def _start(server: EmbeddedPostgres, var: Path) -> None:
    server.start()
    server.create_database(OWNER)
    address = embedded_database_url_file(var)
    address.parent.mkdir(parents=True, exist_ok=True)
    write_private(address, server.url(OWNER))


def test_connections_send_at_once_what_there_is() -> None:
    """An answer in two pieces would wait 40 ms for the acknowledgement of the first."""

    async def accepted() -> int:
        answered = asyncio.get_running_loop().create_future()

        class Accepting(asyncio.Protocol):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                ours = transport.get_extra_info("socket")
                answered.set_result(ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
                transport.close()

        listening = server._listen("127.0.0.1", 0)
        assert listening is not None
        served = await asyncio.get_running_loop().create_server(Accepting, sock=listening)
        async with served:
            _, writer = await asyncio.open_connection(*listening.getsockname())
            found: int = await answered
            writer.close()
        return found

    # In a thread of its own: a browser that another test keeps open holds this thread's loop.
    with ThreadPoolExecutor(max_workers=1) as own:
        assert own.submit(asyncio.run, accepted()).result(timeout=30) != 0
