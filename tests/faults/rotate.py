"""Rotates the master key and dies within the second batch of one: `… tests.faults.rotate`."""

from __future__ import annotations

import os
import signal
from typing import Any

from data import user_keys
from pipeline import rotate_keys


def main() -> None:
    plainly, done = user_keys.rewrap, []

    def rewrap(*given: Any, **named: Any) -> user_keys.Batch:
        done.append(batch := plainly(*given, **named))
        if len(done) == 2:  # its transaction is still open
            os.kill(os.getpid(), signal.SIGKILL)
        return batch

    rotate_keys.BATCH = 1
    user_keys.rewrap = rewrap
    rotate_keys.run(retire=False)


if __name__ == "__main__":
    main()
