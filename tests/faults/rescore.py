"""Queues scorings again and dies when the second is asked for: `… tests.faults.rescore VERSION`."""

from __future__ import annotations

import os
import signal
import sys
from uuid import UUID

from sqlalchemy.orm import Session

from pipeline import jobs, rescore


def main(version: str) -> None:
    plainly, asked = jobs.enqueue, []

    def enqueue(session: Session, analysis_id: UUID, *, priority: int) -> None:
        asked.append(analysis_id)
        plainly(session, analysis_id, priority=priority)
        if len(asked) == 2:
            os.kill(os.getpid(), signal.SIGKILL)

    rescore.BATCH = 1
    jobs.enqueue = enqueue  # type: ignore[assignment]
    rescore.queue_outdated(version)


if __name__ == "__main__":
    main(sys.argv[1])
