"""Fault 16: the machines of web and worker have clocks that are wrong; the database's is right.

libfaketime gives a process another time of day. Files keep the real one, as on a file server.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from core.postgres import OWNER, EmbeddedPostgres
from core.settings import ROOT, settings
from data.database import leave, transaction
from data.photo_store import new_key, photo_store
from pipeline import tokens
from tests import people
from tests.faults.conftest import count, wait_until
from tests.faults.ledger import Client
from tests.running import running

LIBRARY = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
WRONG_BY = ["+2h", "-2h"]
UNFINISHED = "analysis_results WHERE status IN ('queued', 'running')"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.alone,
    pytest.mark.timeout(400),
    pytest.mark.skipif(LIBRARY is None, reason="libfaketime is not installed here"),
]


def wrong(by: str) -> dict[str, str]:
    return {
        "LD_PRELOAD": str(LIBRARY),
        "FAKETIME": by,
        "NO_FAKE_STAT": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


@pytest.fixture
def server(var: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A database of the test's own, whose clock is right."""
    server = EmbeddedPostgres(tmp_path / "server", {"fsync": "off"})
    server.start()
    server.create_database(OWNER)
    monkeypatch.setenv("DATABASE_URL", server.url())
    settings.cache_clear()
    yield server.url()
    leave(server.url())
    server.stop()


@pytest.mark.parametrize("by", WRONG_BY)
def test_16_with_a_clock_that_is_wrong_everything_happens_at_the_databases_time(
    server: str, var: Path, by: str
) -> None:
    with running(var, DATABASE_URL=server, **wrong(by)) as product:
        with transaction() as session:
            ada_id = people.register(session, email="ada@example.org")
            # signed where the clock is right
            elsewhere = tokens.issue(session, ada_id, address="203.0.113.7", user_agent="Test/1.0")
        ada = Client(product.address, "ada@example.org", people.PASSWORD)
        try:
            for seed in range(3):
                assert ada.upload(seed).acknowledged
            wait_until(
                lambda: count("analysis_results WHERE status IN ('queued', 'running')") == 0, 90
            )
            assert ada.get("/users/me").status_code == 200
            ada._token = elsewhere.access
            assert ada.get("/users/me").status_code == 200
            found = ada.compare(ada_id)
            assert (found.lost, found.doubled) == (0, 0)
        finally:
            ada.close()
        assert times_that_are_off() == {}


def times_that_are_off() -> dict[str, int]:
    """Columns with times that are not of the last minutes, and how many rows have one."""
    columns = {
        "analysis_results": ("created_at",),
        "photos": ("created_at",),
        "auth_sessions": ("created_at", "last_seen_at"),
        "notifications": ("created_at",),
        "audit_events": ("at",),
        "consents": ("given_at",),
    }
    off = {
        f"{table}.{column}": count(f"{table} WHERE abs(extract(epoch FROM {column} - now())) > 600")
        for table, names in columns.items()
        for column in names
    }
    return {name: rows for name, rows in off.items() if rows}


@pytest.mark.parametrize("by", WRONG_BY)
def test_a_wrong_clock_sweeps_no_photo_that_is_about_to_be_kept(
    var: Path, fresh_database: str, by: str
) -> None:
    key = new_key()
    photo_store().put(key, b"its transaction has not committed yet")
    program = "from pipeline import sweep; print(sweep.orphans())"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, **wrong(by)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert done.stdout.strip() == "0"
    assert photo_store().get(key)
    assert list(photo_store().keys_older_than(timedelta(minutes=-1))) == [key]
