"""The embedded server: starts, is shared, is taken over, stops with its last user."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from core import postgres as embedded
from core.errors import Unavailable
from core.postgres import EmbeddedPostgres
from core.postgres_databases import OwnServer
from core.postgres_programs import database_name, program
from core.settings import ROOT
from core.unprivileged import NOBODY

pytestmark = [pytest.mark.slow, pytest.mark.alone]

_KEEP_RUNNING = """
import sys, time, pathlib
sys.path.insert(0, sys.argv[2])
from core.postgres import EmbeddedPostgres
server = EmbeddedPostgres(pathlib.Path(sys.argv[1]))
server.start()
print(server.port, flush=True)
time.sleep(60)
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(tmp_path / "pg")
    server.start()
    yield server
    server.stop()
    assert server._postmaster() is None


def _other_user(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _KEEP_RUNNING, str(folder), str(ROOT)],
        stdout=subprocess.PIPE,
        text=True,
    )


def _port_said_by(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    return int(process.stdout.readline())


def test_the_product_is_no_superuser(server: EmbeddedPostgres) -> None:
    server.create_database("skincare")
    with psycopg.connect(server.url().replace("+psycopg", "")) as connection:
        row = connection.execute(
            "SELECT rolsuper OR rolbypassrls OR rolcreaterole FROM pg_roles "
            "WHERE rolname = current_user"
        ).fetchone()
    assert row == (False,)


def test_without_the_password_nobody_gets_in(server: EmbeddedPostgres) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(host="127.0.0.1", port=server.port, user="postgres", password="guess")


def test_nobody_else_can_read_the_folder(server: EmbeddedPostgres) -> None:
    assert server.folder.stat().st_mode & 0o077 == 0
    for name in ("postgres.password", "owner.password"):
        assert (server.folder / name).stat().st_mode & 0o077 == 0


def test_a_copy_of_a_database_holds_its_rows(server: EmbeddedPostgres) -> None:
    server.create_database("original")
    with psycopg.connect(server.url("original").replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE t AS SELECT 7 AS seven")
    server.create_database("copy", template="original")
    with psycopg.connect(server.url("copy").replace("+psycopg", "")) as connection:
        assert connection.execute("SELECT seven FROM t").fetchone() == (7,)
    server.drop_database("copy")
    assert "copy" not in server.databases()


def test_starts_at_the_same_time_end_in_one_server(tmp_path: Path) -> None:
    folder = tmp_path / "pg"
    users = [_other_user(folder) for _ in range(3)]
    try:
        assert len({_port_said_by(user) for user in users}) == 1
        servers = [p for p in psutil.process_iter(["cmdline"]) if _is_server_of(p, folder)]
        assert len(servers) == 1
    finally:
        for user in users:
            user.kill()
            user.communicate()
        server = EmbeddedPostgres(folder)
        server.start()
        server.stop()
        assert server._postmaster() is None


def test_the_last_to_leave_stops_it(tmp_path: Path) -> None:
    first, second = EmbeddedPostgres(tmp_path / "pg"), EmbeddedPostgres(tmp_path / "pg")
    first.start()
    second.start()
    first.stop()
    assert "postgres" in second.databases()
    second.stop()
    with pytest.raises(psycopg.OperationalError):
        second.databases()


def test_after_a_kill_of_its_user_the_next_start_takes_it_over(tmp_path: Path) -> None:
    folder = tmp_path / "pg"
    user = _other_user(folder)
    port = _port_said_by(user)
    user.kill()
    user.communicate()
    server = EmbeddedPostgres(folder)
    server.start()
    assert server.port == port
    server.stop()  # the one who was killed does not count as a user
    assert server._postmaster() is None


def test_a_pid_file_left_by_a_power_cut_does_not_stop_the_start(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "pg")
    server.start()
    pid = server._postmaster()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    psutil.Process(pid).wait(10)
    (server.data / "postmaster.pid").write_text(f"{os.getpid()}\n")  # a living, other process
    server.start()
    assert "postgres" in server.databases()
    server.stop()


def test_a_port_that_is_taken_is_replaced_and_the_new_one_remembered(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "pg")
    server.start()
    first = server.port
    server.stop()
    with socket.socket() as squatter:
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        squatter.bind(("127.0.0.1", first))
        squatter.listen()
        server.start()
        second = server.port
        server.stop()
    assert second != first
    server.start()
    assert server.port == second
    server.stop()


def test_a_port_that_another_start_takes_in_the_last_moment_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = EmbeddedPostgres(tmp_path / "pg")
    looked = embedded._free_port
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)

        def taken_after_the_look(first: int) -> int:
            port = looked(first)
            if other.getsockname()[1] == 0:
                other.bind(("127.0.0.1", port))
                other.listen()
            return port

        monkeypatch.setattr(embedded, "_free_port", taken_after_the_look)
        server.start()
        assert server.port != other.getsockname()[1] != 0
        server.stop()


def test_a_cluster_of_another_version_is_refused_with_what_to_do(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "pg")
    server.data.mkdir(parents=True)
    (server.data / "PG_VERSION").write_text("12\n")
    with pytest.raises(Unavailable, match=r"PostgreSQL 12.*pg_dump"):
        server.start()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root is refused")
def test_as_root_without_namespaces_it_runs_as_nobody_or_says_what_to_do(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("reach")
    for path in (folder, *folder.parents):  # pytest keeps its folders to the user
        if path.parent == Path("/"):
            break
        path.chmod(0o755)
    programs = folder / "bin"
    programs.mkdir()
    for name in ("sh",):
        (programs / name).symlink_to(f"/bin/{name}")
    monkeypatch.setenv("PATH", str(programs))  # no unshare here
    server = EmbeddedPostgres(folder / "pg")
    if not _nobody_can_run(program("postgres")):
        with pytest.raises(Unavailable, match="ordinary user"):
            server.start()
        return
    server.start()
    pid = server._postmaster()
    assert pid is not None
    assert psutil.Process(pid).uids().real == NOBODY
    server.stop()


def _nobody_can_run(program: str) -> bool:
    try:
        done = subprocess.run([program, "--version"], user=NOBODY, check=False)
    except PermissionError:
        return False
    return done.returncode == 0


def _is_server_of(process: psutil.Process, folder: Path) -> bool:
    command = process.info["cmdline"] or []
    return str(folder / "data") in command and command[0].endswith("postgres")


def test_databases_are_listed_oldest_first(server: EmbeddedPostgres) -> None:
    for name in ("b", "a"):
        server.create_database(name)
        time.sleep(0.01)
    assert server.databases()[-2:] == ["b", "a"]


def test_a_database_is_made_beside_a_given_one_once(server: EmbeddedPostgres) -> None:
    password = (server.folder / "postgres.password").read_text()
    url = f"postgresql+psycopg://postgres:{password}@127.0.0.1:{server.port}/postgres"
    OwnServer(url).create_database("skin_demo")
    OwnServer(url).create_database("skin_demo")
    assert server.databases().count("skin_demo") == 1


def test_who_may_not_make_a_database_is_told_what_to_ask_for(server: EmbeddedPostgres) -> None:
    server.create_database("skincare")
    with pytest.raises(Unavailable, match="may not create the database skin_demo"):
        OwnServer(server.url()).create_database("skin_demo")


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("postgresql+psycopg://u:p@h:5/skin", "skin"),
        ("postgresql+psycopg://u@h/skin_demo?sslmode=require", "skin_demo"),
    ],
)
def test_an_address_names_its_database(url: str, name: str) -> None:
    assert database_name(url) == name
