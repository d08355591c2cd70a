"""A process that is full says so at once, to those who come and not to those who are in."""

from __future__ import annotations

import asyncio
import time

import anyio.to_thread
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Message, Scope

from api import figures
from api.admission import BEATS, LATE_SECONDS, Admission, Strain

BROWSER = [(b"accept", b"text/html,application/xhtml+xml")]


def request(path: str, headers: list[tuple[bytes, bytes]] | None = None) -> Scope:
    return {"type": "http", "method": "GET", "path": path, "headers": headers or []}


async def asked(app: Admission, scope: Scope) -> list[Message]:
    said: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect" if scope["type"] == "websocket" else "http.request"}

    async def send(message: Message) -> None:
        said.append(message)

    await app(scope, receive, send)
    return said


def within(strain: Strain, *scopes: Scope) -> list[list[Message]]:
    """What an application that always answers 200 says to each, behind the admission."""

    async def ask() -> list[list[Message]]:
        app = Admission(PlainTextResponse("in"), strain=strain)
        try:
            return [await asked(app, scope) for scope in scopes]
        finally:
            assert app._watching is not None
            app._watching.cancel()

    return asyncio.run(ask())


def behind(seconds: float, beats: int = BEATS) -> Strain:
    strain = Strain()
    for _ in range(beats):
        strain.felt(seconds)
    return strain


def refused(kind: str) -> float:
    found = figures.REGISTRY.get_sample_value("skincare_refused_full_total", {"kind": kind})
    assert found is not None
    return found


def test_a_full_process_refuses_pages_in_words_and_requests_as_problems() -> None:
    before = refused("api")
    page, api = within(
        behind(LATE_SECONDS),
        request("/trends", BROWSER),
        request("/api/v1/analysis"),
    )
    for answer in (page, api):
        assert answer[0]["status"] == 503
        assert 5 <= int(dict(answer[0]["headers"])[b"retry-after"]) <= 15
    assert b"Try again in a few seconds" in page[1]["body"]
    assert b'http-equiv="refresh"' in page[1]["body"]
    assert dict(api[0]["headers"])[b"content-type"] == b"application/problem+json"
    assert refused("api") == before + 1


def test_a_full_process_opens_no_new_websocket() -> None:
    (said,) = within(behind(LATE_SECONDS), {"type": "websocket", "path": "/_stcore/stream"})
    assert said == [{"type": "websocket.close", "code": 1013}]


@pytest.mark.parametrize(
    "scope",
    [
        request("/health/live", BROWSER),
        request("/api/v1/health"),
        request("/metrics"),
        request("/session/enter", BROWSER),
        request("/app/static/icon.png"),
        request("/media/abc.png"),
        request("/_stcore/upload_file/abc/1"),
    ],
    ids=lambda scope: scope["path"],
)
def test_health_and_people_who_are_inside_are_answered_all_the_same(scope: Scope) -> None:
    (said,) = within(behind(10 * LATE_SECONDS), scope)
    assert said[0]["status"] == 200


@pytest.mark.parametrize("strain", [behind(LATE_SECONDS / 2), behind(60, beats=BEATS - 1)])
def test_a_process_that_keeps_up_or_pauses_once_lets_everybody_in(strain: Strain) -> None:
    strain.felt(0.0)
    said = within(strain, request("/trends", BROWSER), request("/api/v1/analysis"))
    assert [answer[0]["status"] for answer in said] == [200, 200]


def test_a_loop_that_is_held_up_is_felt_and_forgotten_when_it_is_free_again() -> None:
    async def live() -> tuple[float, float]:
        strain = Strain()
        watching = asyncio.create_task(strain.watch())
        ends = time.monotonic() + 30
        while strain.delay < LATE_SECONDS and time.monotonic() < ends:
            time.sleep(LATE_SECONDS + 0.5)  # what a script that holds the interpreter does
            await asyncio.sleep(0)
        held_up = strain.delay
        while strain.delay >= LATE_SECONDS / 2 and time.monotonic() < ends:
            await asyncio.sleep(0.1)
        watching.cancel()
        return held_up, strain.delay

    held_up, free = asyncio.run(live())
    assert held_up >= LATE_SECONDS
    assert free < LATE_SECONDS / 2


def test_a_round_of_requests_that_waits_for_threads_is_full() -> None:
    async def crowd() -> tuple[bool, bool]:
        limiter = anyio.to_thread.current_default_thread_limiter()
        limiter.total_tokens = 2
        release = asyncio.Event()
        strain = Strain()

        async def one() -> None:
            async with limiter:
                await release.wait()

        first = [asyncio.create_task(one()) for _ in range(3)]
        await asyncio.sleep(0.01)
        room = strain.is_full()
        more = [asyncio.create_task(one())]
        await asyncio.sleep(0.01)
        full = strain.is_full()
        release.set()
        await asyncio.gather(*first, *more)
        return room, full

    assert asyncio.run(crowd()) == (False, True)
