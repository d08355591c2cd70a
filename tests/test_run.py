"""`python3 run.py`, as a person uses it: the real product, its processes and its end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from core.postgres import EmbeddedPostgres
from core.postgres_programs import libpq
from core.settings import ROOT
from tests.running import Product, running, still_running, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.alone, pytest.mark.timeout(240)]


def test_the_printed_address_answers(product: Product) -> None:
    assert product.answers("/health/ready")
    assert product.answers("/")


def test_what_it_keeps_is_in_one_folder_and_for_its_user_alone(product: Product) -> None:
    assert str(product.var) in product.said
    open_to_others = [
        str(path)
        for part in ("pg", "keys", "run")
        for path in (product.var / part).rglob("*")
        if path.is_file() and not _closed(path, within=product.var)
    ]
    assert open_to_others == []


def test_a_second_start_says_what_is_running(product: Product) -> None:
    second = Product(product.var)
    assert second.process.wait(60) == 0
    second.stop()
    assert "runs already" in second.said
    assert product.address in second.said
    assert str(product.process.pid) in second.said


@pytest.mark.parametrize("name", ["worker", "web"])
def test_a_killed_process_is_back_soon(product: Product, name: str) -> None:
    before = product.pid_of(name)
    os.kill(before, signal.SIGKILL)
    wait_until(lambda: product.pid_of(name) not in (0, before), 20)
    wait_until(product.answers, 40)
    assert f"The {name} process ended (signal SIGKILL)" in product.said


def test_a_killed_database_is_back_soon_with_what_it_held(product: Product) -> None:
    server = EmbeddedPostgres(product.var / "pg")
    before = server._postmaster()
    assert before is not None
    users = _count_of_tables(server)
    os.kill(before, signal.SIGKILL)
    wait_until(lambda: server._postmaster() not in (None, before), 20)
    wait_until(product.answers, 40)
    assert _count_of_tables(server) == users > 5


def test_after_those_deaths_everything_runs_steadily_again(product: Product) -> None:
    wait_until(lambda: _is_steady(product, seconds=5), 90)
    assert product.answers()


def test_somebody_who_is_not_there_cannot_be_made_staff(product: Product) -> None:
    done = _run("grant", "nobody@example.org", "analyst", var=product.var)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()
    assert product.answers()  # the command has not taken the database with it


def test_the_demonstration_runs_beside_the_real_product(product: Product) -> None:
    real = _count_of_people(product, "skincare")
    with running(product.var, "demo") as demonstration:
        assert demonstration.address != product.address
        assert demonstration.answers()
        assert product.answers()
        assert "user@demo.example" in demonstration.said
        assert "nothing of theirs is real" in demonstration.said
        assert _count_of_people(product, "demo") == 4
        demonstration.stop()
    assert _count_of_people(product, "skincare") == real
    assert product.answers()  # the database that they share has stayed


def test_ctrl_c_leaves_no_process(tmp_path: Path) -> None:
    with running(tmp_path / "var") as started:
        family = started.family()
        server = EmbeddedPostgres(started.var / "pg")
        database = server._postmaster()
        assert len(family) >= 3
        assert database is not None
        assert started.stop(signal.SIGINT) == 0
    assert still_running([*(p.pid for p in family), database], seconds=5) == []
    assert "Stopped." in started.said
    assert "Traceback" not in started.said


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of a parent's death")
def test_a_kill_leaves_only_the_database_and_the_next_start_takes_it_over(tmp_path: Path) -> None:
    with running(tmp_path / "var") as started:
        family = [p for p in started.family() if "postgres" not in p.name()]
        database = EmbeddedPostgres(started.var / "pg")._postmaster()
        started.stop(signal.SIGKILL)
    assert still_running([p.pid for p in family], seconds=15) == []
    with running(tmp_path / "var") as again:
        assert EmbeddedPostgres(again.var / "pg")._postmaster() == database
        assert again.stop(signal.SIGTERM) == 0
    assert database is not None
    assert still_running([database], seconds=5) == []


def test_a_taken_port_is_replaced_by_a_free_one(tmp_path: Path) -> None:
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", 0))
        squatter.listen()
        taken = squatter.getsockname()[1]
        with running(tmp_path / "var", SKINCARE_PORT=str(taken)) as started:
            assert f"Port {taken} is taken" in started.said
            assert started.answers()


def test_a_wrong_setting_is_a_sentence(tmp_path: Path) -> None:
    done = _run(var=tmp_path / "var", SKINCARE_PORT="high")
    assert done.returncode == 1
    assert "SKINCARE_PORT" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_is_away_is_a_sentence(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"postgresql://u:p@127.0.0.1:{closed.getsockname()[1]}/d"
        done = _run(var=tmp_path / "var", DATABASE_URL=url)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "database" in done.stderr.lower()


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["help"]], ids=" ".join)
def test_help_names_every_command_and_needs_no_environment(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(ROOT / "run.py"), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    for command in ("demo", "test", "score", "grant", "train"):
        assert f"run.py {command}" in done.stdout


@pytest.mark.parametrize("arguments", [["strat"], ["start", "now"], ["grant", "a@b.example"]])
def test_a_mistyped_command_starts_nothing(arguments: list[str], tmp_path: Path) -> None:
    done = _run(*arguments, var=tmp_path / "var")
    assert done.returncode == 2
    assert done.stderr.strip()
    assert not (tmp_path / "var").exists()


def _run(*arguments: str, var: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "run.py"), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "SKINCARE_VAR": str(var)} | environment,
    )


def _count_of_tables(server: EmbeddedPostgres) -> int:
    with psycopg.connect(libpq(server.url())) as connection:
        row = connection.execute(
            "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"
        ).fetchone()
    return int(row[0]) if row else 0


def _is_steady(product: Product, seconds: float) -> bool:
    """Whether the same web and worker processes run before and after so many seconds."""
    before = product.state()["processes"]
    time.sleep(seconds)
    return set(before) == {"web", "worker"} and bool(product.state()["processes"] == before)


def _closed(path: Path, within: Path) -> bool:
    """Whether others are kept out of this file, by its own mode or by a folder above it."""
    ways = [path, *(folder for folder in path.parents if folder.is_relative_to(within))]
    return any(way.stat().st_mode & 0o077 == 0 for way in ways)


def _count_of_people(product: Product, database: str) -> int:
    server = EmbeddedPostgres(product.var / "pg")
    with psycopg.connect(libpq(server.url(database))) as connection:
        row = connection.execute("SELECT count(*) FROM users").fetchone()
    return int(row[0]) if row else 0
