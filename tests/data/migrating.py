"""Migrates as `python -m data.migrate` does, and dies or hangs at a chosen statement.

python -m tests.data.migrating count       prints how many statements there are
python -m tests.data.migrating die 20      kill -9 instead of the 20th statement
python -m tests.data.migrating hang 20     the server sleeps before it
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from sqlalchemy import Connection, Engine, event

from data import migrate

HANGS_FOR = 3  # seconds


def main(does: str, at: int = 0) -> None:
    sent = 0

    def before_one(_connection: Connection, cursor: Any, *_statement: Any) -> None:
        nonlocal sent
        sent += 1
        if sent == at and does == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if sent == at and does == "hang":
            cursor.execute(f"SELECT pg_sleep({HANGS_FOR})")

    event.listen(Engine, "before_cursor_execute", before_one)
    migrate.upgrade()
    sys.stdout.write(f"{sent}\n")


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
