"""Logs are JSON lines, and no person is in them."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from core import log

CANARY = "zoe.canary@example.org"


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A function that answers what was logged; logging is put back afterwards."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stderr = io.StringIO()
    monkeypatch.setattr("sys.stderr", stderr)
    log.configure("test")
    yield lambda: [json.loads(line) for line in stderr.getvalue().splitlines()]
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()
    logging.captureWarnings(capture=False)


def test_an_event_is_one_json_line_with_its_process(lines: Any) -> None:
    structlog.get_logger("pipeline").info("photo_scored", ms=182)
    (line,) = lines()
    assert (line["event"], line["ms"], line["process"]) == ("photo_scored", 182, "test")
    assert line["level"] == "info"
    assert line["timestamp"].endswith("Z")


def test_a_librarys_message_takes_the_same_way(lines: Any) -> None:
    logging.getLogger("some.library").warning("went %s", "wrong", extra={"attempt": 2})
    (line,) = lines()
    assert (line["event"], line["attempt"], line["logger"]) == ("went wrong", 2, "some.library")


@pytest.mark.parametrize("key", ["email", "password", "first_name", "note", "token"])
def test_personal_fields_are_masked_at_any_depth(lines: Any, key: str) -> None:
    structlog.get_logger().info("event", **{key: "Zoë Canary"}, nested={"of": [{key: "Zoë"}]})
    assert "Zo" not in json.dumps(lines(), ensure_ascii=False)


def test_an_address_in_a_sentence_is_blotted_out(lines: Any) -> None:
    structlog.get_logger().info(f"mail to {CANARY} failed", reason=f"<{CANARY}>: no such user")
    logging.getLogger("smtp").warning("refused %s", CANARY)
    text = json.dumps(lines(), ensure_ascii=False)
    assert "canary" not in text
    assert "failed" in text


@pytest.mark.parametrize(
    "message",
    [
        f"duplicate key\nDETAIL:  Key (email)=({CANARY}) exists: Zoë Canary.",
        "[SQL: INSERT INTO users]\n[parameters: {'first_name': 'Zoë', 'note': 'Canary'}]",
        "Failing row contains (1, Zoë, Canary).",
    ],
    ids=["detail", "parameters", "failing row"],
)
def test_a_row_quoted_by_the_database_is_cut_from_tracebacks(lines: Any, message: str) -> None:
    try:
        raise ValueError(message)
    except ValueError:
        structlog.get_logger().exception("query_failed")
    (line,) = lines()
    assert "Zo" not in line["exception"]
    assert "anary" not in line["exception"]
    assert "Traceback" in line["exception"]
