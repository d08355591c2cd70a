"""Clients that never come to the end of what they want to say."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from api import impatient

_PATIENCE = 0.5  # seconds


async def _slow(_request: Request) -> Response:
    import asyncio

    await asyncio.sleep(3 * _PATIENCE)
    return PlainTextResponse("done")


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(impatient, "HEADER_SECONDS", _PATIENCE)
    app = Starlette(routes=[Route("/", _slow)])
    config = uvicorn.Config(app, http=impatient.Impatient, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        yield listening.getsockname()[1]
        server.should_exit = True
        thread.join()


def test_headers_that_trickle_are_not_awaited_for_ever(port: int) -> None:
    lines = [socket.create_connection(("127.0.0.1", port)) for _ in range(50)]
    for text in (b"GET / HTTP/1.1\r\nHost: loc", b"alhost\r\n", b"X-Slow: "):
        for line in lines:
            line.sendall(text)
        time.sleep(_PATIENCE / 4)
    for line in lines:
        line.settimeout(20)
        assert line.recv(10) == b""
        line.close()


def test_a_connection_that_says_nothing_is_closed(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.settimeout(20)
        assert line.recv(10) == b""


def test_an_answer_may_take_longer_and_the_next_request_has_its_own_time(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    with contextlib.closing(connection):
        for pause in (0.0, 2 * _PATIENCE, 0.0):
            time.sleep(pause)
            connection.request("GET", "/")
            assert connection.getresponse().read() == b"done"
        connection.sock.sendall(b"GET / HTT")  # the next one trickles
        connection.sock.settimeout(20)
        assert connection.sock.recv(10) == b""
