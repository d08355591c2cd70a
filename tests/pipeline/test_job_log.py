"""Lines of a worker's log say which job they belong to."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest
import structlog
from structlog.testing import LogCapture

from pipeline import job_log

JOB = SimpleNamespace(job=SimpleNamespace(id=41, task_name="examine_photo", attempts=2))


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> LogCapture:
    capture = LogCapture()
    logger = structlog.wrap_logger(
        None, processors=[structlog.contextvars.merge_contextvars, capture]
    )
    monkeypatch.setattr(job_log, "log", logger)
    return capture


def run(task: Any) -> Any:
    return asyncio.run(job_log.named(task, cast(Any, JOB), cast(Any, None)))


def test_what_a_job_writes_carries_its_id_in_threads_too_and_nothing_after_it(
    lines: LogCapture,
) -> None:
    async def task() -> str:
        await asyncio.to_thread(job_log.log.info, "looked")
        return "done"

    assert run(task) == "done"
    job_log.log.info("afterwards")
    during, after = lines.entries
    assert (during["job_id"], during["task"], during["attempt"]) == (41, "examine_photo", 3)
    assert "job_id" not in after


def test_a_job_that_breaks_says_so_in_one_line_and_still_breaks(lines: LogCapture) -> None:
    async def task() -> None:
        raise ValueError("of a person: ada@example.org")

    with pytest.raises(ValueError, match="ada"):
        run(task)
    (line,) = lines.entries
    assert (line["event"], line["error"], line["job_id"]) == ("job_broke", "ValueError", 41)
    assert "ada" not in str(line)
