"""What the open streams of a process ask of the database, and what they do while it is away."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from contextlib import aclosing
from uuid import UUID, uuid4

import pytest

from api.routes import events
from core.errors import Unavailable


class Database:
    """A stand-in: answers each look with the next of these; an error is raised."""

    def __init__(self, *answers: Mapping[UUID, int] | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[set[UUID]] = []

    def look(self, session_ids: Collection[UUID]) -> Mapping[UUID, int]:
        self.asked.append(set(session_ids))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "LOOKS_EVERY", 0.01)
    monkeypatch.setattr(events, "TOLD_AGAIN_AFTER", 600)  # however slow the machine is


def heard(database: Database, session_id: UUID, many: int) -> list[str]:
    """The first so many of what one tab is told."""

    async def listen() -> list[str]:
        async with aclosing(events.UnreadStreams(database.look)._events(session_id)) as told:
            return [await anext(told) for _ in range(many)]

    return asyncio.run(asyncio.wait_for(listen(), 60))


@pytest.mark.parametrize("trouble", [Unavailable("away"), ValueError("a bug")], ids=["away", "bug"])
def test_trouble_with_the_database_ends_no_stream(trouble: Exception) -> None:
    tab = uuid4()
    told = heard(Database({tab: 1}, trouble, trouble, {tab: 2}), tab, 2)
    assert told == ["data: 1\n\n", "data: 2\n\n"]


def test_a_number_that_stays_is_told_again_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "TOLD_AGAIN_AFTER", 0.05)
    tab = uuid4()
    assert heard(Database({tab: 4}), tab, 3) == ["data: 4\n\n"] * 3


def test_many_tabs_cost_one_question_and_none_when_they_are_closed() -> None:
    first, second = uuid4(), uuid4()
    database = Database({first: 1, second: 2})

    async def listen() -> int:
        streams = events.UnreadStreams(database.look)
        tabs = [streams._events(id_) for id_ in (first, first, second)]
        told = await asyncio.gather(*(anext(tab) for tab in tabs))
        assert told == ["data: 1\n\n", "data: 1\n\n", "data: 2\n\n"]
        for tab in tabs:
            await tab.aclose()
        await asyncio.sleep(0.1)
        asked = len(database.asked)
        await asyncio.sleep(0.1)
        assert len(database.asked) == asked
        again = streams._events(first)  # and whoever comes then is heard
        assert await anext(again) == "data: 1\n\n"
        await again.aclose()
        return asked

    asyncio.run(asyncio.wait_for(listen(), 60))
    assert database.asked[0] == {first, second}
