"""Waiting for the result of a check over the API."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import Engine

import data.database
from api.v1.app import PREFIX
from api.v1.routes import analysis as routes
from core.settings import settings
from pipeline import jobs
from tests.api.calling import Person, TestClient, assert_problem, served
from tests.api.checking import files, score, submitted
from tests.stand_in import photo_that

PHOTO = photo_that("is scored")


def test_who_waits_gets_the_finished_check(busy_client: TestClient) -> None:
    check = busy_client.post("analysis", files=files(PHOTO)).json()
    later = threading.Timer(0.4, score, [UUID(check["id"])])
    later.start()
    began = time.monotonic()
    answer = busy_client.get(f"analysis/{check['id']}", params={"wait": 20})
    later.join()
    assert answer.json()["status"] == "scored"
    assert time.monotonic() - began < 10


def test_an_upload_can_wait_for_its_own_result(
    busy_client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def at_once(_session: Any, analysis_id: UUID) -> None:
        threading.Timer(0.3, score, [analysis_id]).start()

    monkeypatch.setattr(jobs, "enqueue", at_once)
    answer = busy_client.post("analysis", files=files(PHOTO), params={"wait": 20})
    assert (answer.status_code, answer.json()["status"]) == (200, "scored")


def test_when_the_time_is_over_the_check_is_shown_as_it_stands(client: TestClient) -> None:
    began = time.monotonic()
    answer = client.post("analysis", files=files(PHOTO), params={"wait": 0.5})
    assert (answer.status_code, answer.json()["status"]) == (202, "queued")
    assert 0.5 <= time.monotonic() - began < 8


@pytest.mark.parametrize("wait", ["-1", "31", "nan", "inf", "soon", "1e400"])
def test_nobody_waits_longer_than_half_a_minute(client: TestClient, wait: str) -> None:
    answer = client.get(f"analysis/{uuid4()}", params={"wait": wait})
    assert_problem(answer, 422, "invalid-input")


def test_who_waits_for_a_check_that_is_deleted_is_answered_soon(
    busy_client: TestClient, bea: Person
) -> None:
    check = submitted(bea)
    threading.Timer(0.3, lambda: busy_client.delete(f"analysis/{check}")).start()
    began = time.monotonic()
    busy_client.get(f"analysis/{check}", params={"wait": 20})
    assert time.monotonic() - began < 10


@pytest.mark.slow
def test_hundred_who_wait_hold_neither_threads_nor_connections(bea: Person) -> None:
    """A thread each would stop the server at 40, a connection each at 20."""
    check = submitted(bea)
    engine = data.database.engine()
    assert isinstance(engine, Engine)
    held: list[tuple[int, int]] = []

    async def many() -> list[httpx.Response]:
        transport = httpx.ASGITransport(served(settings()))
        async with httpx.AsyncClient(
            transport=transport,
            base_url=f"http://testserver{PREFIX}",
            headers={"authorization": f"Bearer {bea.access}"},
        ) as client:
            address = f"analysis/{check}"
            waiting = [
                asyncio.create_task(client.get(address, params={"wait": 20})) for _ in range(100)
            ]
            while sum(map(len, routes._waiters._waiting.values())) < 100:
                await asyncio.sleep(0.05)
            assert not any(task.done() for task in waiting)
            for _ in range(20):
                held.append((engine.pool.checkedout(), _busy_threads()))  # type: ignore[attr-defined]
                await asyncio.sleep(0.02)
            assert (await client.get("analysis")).status_code == 200  # nobody is shut out
            await asyncio.to_thread(score, check)
            return await asyncio.gather(*waiting)

    found = asyncio.run(many())
    assert {answer.json()["status"] for answer in found} == {"scored"}
    assert max(connections for connections, _ in held) <= 1
    assert max(threads for _, threads in held) <= 1


def _busy_threads() -> int:
    """Threads of the pool that are inside a question to the database."""
    import sys

    inside = 0
    for frame in sys._current_frames().values():
        while frame is not None:
            if frame.f_code.co_name == "_unfinished":
                inside += 1
                break
            frame = frame.f_back  # type: ignore[assignment]
    return inside
