"""Run programs that refuse to run as root, as PostgreSQL's do, also when we are root."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import Unavailable

NOBODY = 65534


@dataclass(frozen=True)
class Unprivileged:
    """A way to run PostgreSQL's programs, which refuse to run as root."""

    prefix: Sequence[str] = ()
    user: int | None = None  # the processes' user, when it is another than ours

    def run(self, command: list[str]) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [*self.prefix, *command], capture_output=True, check=False, **self._identity()
        )

    def popen(self, command: list[str], out: Any) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [*self.prefix, *command],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,  # Ctrl-C is for us: we stop it in order
            cwd=Path(command[0]).parent,  # ours may be closed to the other user
            **self._identity(),
        )

    def hand_over(self, path: Path) -> None:
        if self.user is not None:
            shutil.chown(path, self.user)
            shutil.chown(path.parent, self.user)

    def take_back(self, path: Path) -> None:
        if self.user is not None:
            shutil.chown(path, os.geteuid())

    def _identity(self) -> dict[str, Any]:
        if self.user is None:
            return {}
        return {"user": self.user, "group": self.user, "extra_groups": []}


def way_without_privileges(folder: Path, program: str) -> Unprivileged:
    """How PostgreSQL can run here.

    As root: inside a user namespace that maps root to nobody, where every file stays root's;
    where namespaces are forbidden (some containers), as the user nobody, who then owns the
    folder and must be able to reach it. As a user without a name (a container's number), whom
    initdb refuses too: inside such a namespace.
    """
    if sys.platform == "win32" or (os.geteuid() != 0 and _has_name()):
        return Unprivileged()
    in_namespace = Unprivileged(
        ("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}")
    )
    if _can_reach(folder, program, in_namespace):
        return in_namespace
    if os.geteuid() != 0:
        return Unprivileged()  # it will say itself what it misses
    as_nobody = Unprivileged(user=NOBODY)
    shutil.chown(folder, NOBODY)
    if _can_reach(folder, program, as_nobody):
        return as_nobody
    shutil.chown(folder, os.geteuid())
    raise Unavailable(
        "PostgreSQL refuses to run as root, and this machine allows neither user namespaces "
        f"(`unshare`) nor the user nobody to reach {folder}. Start the product as an ordinary "
        "user, put SKINCARE_VAR in a folder such as /var/lib/skincare, or set DATABASE_URL."
    )


def _can_reach(folder: Path, program: str, way: Unprivileged) -> bool:
    try:
        done = way.run(["sh", "-c", 'cd "$1" && "$2" --version', "sh", str(folder), program])
    except OSError:
        return False
    return done.returncode == 0


def _has_name() -> bool:
    import pwd  # not on Windows

    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        return False
    return True
