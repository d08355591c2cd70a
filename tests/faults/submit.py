"""Sends a photo and dies at a chosen moment: `python -m tests.faults.submit USER_ID MOMENT`.

Moments: `object` (the object is written, no row is), `rows` (rows are written, not committed),
`committed`.
"""

from __future__ import annotations

import os
import signal
import sys
from uuid import UUID

from data import progress
from data.database import transaction
from pipeline import intake, jobs
from tests import people
from tests.stand_in import photo_that


def die(*_arguments: object, **_more: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(user_id: UUID, moment: str) -> None:
    if moment == "object":
        progress.add = die  # type: ignore[assignment]
    elif moment == "rows":
        jobs.enqueue = die
    with transaction() as session:
        identity = people.signed_in(session, user_id)
    with transaction() as session:
        analysis_id = intake.submit(session, identity, [photo_that("is scored")])
    print(analysis_id, flush=True)  # noqa: T201
    die()


if __name__ == "__main__":
    main(UUID(sys.argv[1]), sys.argv[2])
