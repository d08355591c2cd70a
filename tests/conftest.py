"""What every test may ask for: a real PostgreSQL, and settings that are not the developer's own.

`database`        a connection whose one outer transaction is rolled back after the test; all of
                  `data.database` uses it meanwhile, and code under test may commit
`fresh_database`  a migrated database of the test's own, for tests that need real commits or
                  several processes; DATABASE_URL names it, also for child processes
`var`             an empty SKINCARE_VAR of the test's own
`product`         the whole product, started by run.py: web, worker and database; shared by a whole
                  run, so each test brings people of its own
`browser`         a real Chromium; skipped with the reason where there is none, but not in CI
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import psutil
import pytest
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.orm import Session

from core import chromium
from core.locks import file_lock
from core.postgres import EmbeddedPostgres
from core.postgres_programs import server_version
from core.settings import ROOT, settings
from tests.running import Product, running

_FAST = {  # these databases need not survive a power cut
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
}
_TEMPLATES_KEPT = 5
_NAMED_BY_OTHERS = (
    *("DATABASE_URL", "DATABASE_OWNER_URL", "ANALYST_DATABASE_URL"),
    *("REDIS_URL", "FORWARDED_ALLOW_IPS"),
)

# A busy machine is no failure. In CI Hypothesis chooses the same examples each time by itself.
hypothesis.settings.register_profile("ours", hypothesis.settings.default, deadline=None)
hypothesis.settings.load_profile("ours")


@pytest.fixture(scope="session", autouse=True)
def _settings_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nobody's .env, database or var folder is touched by a test."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            ours = (
                name.startswith(("SKINCARE_", "JWT_", "SMTP_", "AWS_")) or name in _NAMED_BY_OTHERS
            )
            if ours and name != "SKINCARE_FACES":
                patch.delenv(name)
        patch.setenv("SKINCARE_ENV_FILE", os.devnull)
        patch.setenv("SKINCARE_VAR", str(tmp_path_factory.mktemp("var")))
        settings.cache_clear()
        yield
    settings.cache_clear()


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "var"
    folder.mkdir()
    monkeypatch.setenv("SKINCARE_VAR", str(folder))
    settings.cache_clear()
    yield folder
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """A server for all test runs of this user; the last run to end stops it."""
    server = EmbeddedPostgres(_folder_for_tests(), _FAST)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def template(postgres: EmbeddedPostgres) -> str:
    """The name of a migrated, empty database; made once for each state of the migrations."""
    name = f"template_{_state_of_the_migrations()}"
    with file_lock(postgres.folder / "template.lock"):
        existing = postgres.databases()
        for database in existing:
            if database.startswith("run_") and not psutil.pid_exists(int(database.split("_")[1])):
                postgres.drop_database(database)  # its run was killed
        for old in [d for d in existing if d.startswith("template_")][:-_TEMPLATES_KEPT]:
            postgres.drop_database(old)
        if name not in existing:
            unfinished = f"unfinished_{secrets.token_hex(4)}"
            postgres.create_database(unfinished)
            _migrate(postgres.url(unfinished))
            postgres.rename_database(unfinished, name)
    return name


@pytest.fixture(scope="session")
def _engine(postgres: EmbeddedPostgres, template: str) -> Iterator[Engine]:
    with copy_of(postgres, template) as url:
        engine = create_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture
def database(_engine: Engine) -> Iterator[Connection]:
    """One outer transaction, rolled back: commits of the code under test become savepoints."""
    import data.database

    with _engine.connect() as connection, connection.begin() as transaction:
        with data.database.use(connection):
            yield connection
        transaction.rollback()


@pytest.fixture
def session(database: Connection) -> Iterator[Session]:
    """A session on `database`, set up as the product's own."""
    import data.database

    with data.database.transaction() as opened:
        yield opened


@pytest.fixture
def fresh_database(
    postgres: EmbeddedPostgres, template: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """The address of a migrated database of this test's own; also in DATABASE_URL."""
    import data.database

    with copy_of(postgres, template) as url:
        monkeypatch.setenv("DATABASE_URL", url)
        settings.cache_clear()
        engine = create_engine(url)
        with data.database.use(engine):
            yield url
        engine.dispose()
        monkeypatch.delenv("DATABASE_URL")
        settings.cache_clear()


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """For tests that are marked slow: its start takes seconds."""
    with running(tmp_path_factory.mktemp("product") / "var") as started:
        yield started


@pytest.fixture(scope="module")  # Playwright's event loop would be in the way of other modules'
def browser() -> Iterator[Browser]:
    program = chromium.find()
    if program is None and os.environ.get("CI"):
        pytest.fail(chromium.HOW_TO_GET_IT)
    if program is None:
        pytest.skip(chromium.HOW_TO_GET_IT)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=list(chromium.ARGUMENTS))
        yield started
        started.close()


@contextlib.contextmanager
def copy_of(postgres: EmbeddedPostgres, template: str) -> Iterator[str]:
    name = f"run_{os.getpid()}_{secrets.token_hex(4)}"
    postgres.create_database(name, template=template)
    try:
        yield postgres.url(name)
    finally:
        postgres.drop_database(name)


def _migrate(url: str) -> None:
    from data.migrate import upgrade

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", url)
        settings.cache_clear()
        upgrade()
    settings.cache_clear()


def _state_of_the_migrations() -> str:
    digest = hashlib.sha256()
    files = [ROOT / "data" / "migrate.py", *(ROOT / "data" / "migrations").rglob("*")]
    for file in sorted(files):
        if file.suffix in (".py", ".sql", ".mako"):
            digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def _folder_for_tests() -> Path:
    """A folder that outlives the run, so that the next need not set a server up again."""
    user = os.getuid() if hasattr(os, "getuid") else os.getlogin()
    folder = Path(tempfile.gettempdir()) / f"skincare-tests-{user}-{server_version()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    stat = folder.stat()
    if hasattr(os, "getuid") and (stat.st_uid != os.getuid() or stat.st_mode & 0o077):
        return Path(tempfile.mkdtemp(prefix="skincare-tests-"))  # somebody else made it
    return folder
