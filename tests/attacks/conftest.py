"""The real server process over a database of its own, and people to attack and to attack with."""

from __future__ import annotations

import contextlib
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import create_engine

import data.database
from core.people import Role
from core.postgres import EmbeddedPostgres
from core.settings import ROOT
from pipeline import accounts, web_sessions
from tests.attacks.wire import Wire, close_all
from tests.conftest import copy_of
from tests.journeys.ports import free_port
from tests.running import START_SECONDS

PASSWORD = "three blind mice run"
PROBE = Path(__file__).parent / "probe" / "app.py"


@dataclass(frozen=True)
class Person:
    """Somebody with an account, and how they sign in."""

    user_id: UUID
    email: str
    password: str = PASSWORD


@dataclass
class Served:
    """A running web process and the database that it uses."""

    address: str
    database_url: str
    log: Path
    process: subprocess.Popen[bytes]

    @cached_property
    def anybody(self) -> Person:
        """An account for tests that leave it as it is."""
        return self.person()

    def person(self, role: Role = Role.USER) -> Person:
        """A new account."""
        email = f"{secrets.token_hex(6)}@example.org"
        with data.database.transaction() as session:
            user_id = accounts.register(
                session,
                email=email,
                password=PASSWORD,
                first_name="Ann",
                last_name="Lee",
                age=None,
                skin_type=None,
                consent_to_analysis=True,
            )
        if role is not Role.USER:
            with data.database.transaction() as session:
                accounts.grant(session, email=email, role=role)
        return Person(user_id, email)

    def visitor(self) -> Wire:
        """A browser that has loaded the first page and nothing more."""
        wire = Wire(self.address)
        assert wire.get("/").status == 200
        return wire

    def signed_in(self, person: Person) -> Wire:
        """The person's browser, signed in; its websocket not yet open."""
        wire = self.visitor()
        visitor = wire.cookies["visitor"].partition(".")[0]
        with data.database.transaction() as session:
            ticket = web_sessions.issue_ticket(session, person.user_id, visitor=visitor)
        assert wire.get(f"/session/start?ticket={ticket}").status == 303
        assert "sid" in wire.cookies
        return wire

    def sign_in_form(self, wire: Wire, email: str, password: str) -> Wire:
        """Fill in the product's own form."""
        wire.connect()
        wire.run()
        return wire.press("Sign in", {"E-mail": email, "Password": password})

    def log_text(self) -> str:
        return self.log.read_text(errors="replace")


@pytest.fixture(autouse=True)
def _no_websocket_stays_open() -> Iterator[None]:
    yield
    close_all()


@pytest.fixture(scope="session")
def _database(
    postgres: EmbeddedPostgres, template: str, _settings_of_the_tests: None
) -> Iterator[str]:
    with copy_of(postgres, template) as url:
        yield url


@pytest.fixture(scope="session")
def _real(_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve(_database, tmp_path_factory.mktemp("real")) as served:
        yield served


@pytest.fixture(scope="session")
def _probing(_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve(_database, tmp_path_factory.mktemp("probe"), script=PROBE) as served:
        yield served


@pytest.fixture
def served(_real: Served) -> Iterator[Served]:
    """The product's own pages."""
    with _using(_real):
        yield _real


@pytest.fixture
def probed(_probing: Served) -> Iterator[Served]:
    """Pages of `probe/` behind the product's own gate: each does what an attack needs."""
    with _using(_probing):
        yield _probing


@contextlib.contextmanager
def _using(served: Served) -> Iterator[None]:
    engine = create_engine(served.database_url)
    with data.database.use(engine):
        yield
    engine.dispose()


@contextlib.contextmanager
def serve(
    database_url: str,
    folder: Path,
    *,
    script: Path | None = None,
    environment: dict[str, str] | None = None,
) -> Iterator[Served]:
    """`server.py` as its own process; stopped at the end."""
    port = free_port()
    start = ["server.py"] if script is None else ["-m", "tests.attacks.probe", str(script)]
    log = folder / "web.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *start, "--port", str(port)],
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={
                **os.environ,
                "DATABASE_URL": database_url,
                "SKINCARE_VAR": str(folder / "var"),
                **(environment or {}),
            },
        )
    served = Served(f"http://127.0.0.1:{port}", database_url, log, process)
    try:
        _wait_until_live(served)
        yield served
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_live(served: Served) -> None:
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends and served.process.poll() is None:
        with contextlib.suppress(OSError):
            if Wire(served.address).get("/health/live").status == 200:
                return
        time.sleep(0.1)
    pytest.fail(f"the server did not start:\n{served.log_text()[-3000:]}")
