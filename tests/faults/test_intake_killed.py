"""kill -9 of the process that takes a photo in, at every moment that matters."""

from __future__ import annotations

import os
import subprocess
import sys
from uuid import UUID

import pytest

from core.analyses import Status
from core.people import Identity
from core.settings import ROOT
from data.database import read
from pipeline import results, sweep
from tests.faults.conftest import AT_ONCE, Start, check, count, objects, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.alone, pytest.mark.timeout(300)]


def die_at(moment: str, who: Identity) -> str:
    """What the process had said, as an acknowledgement, before it died."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.submit", str(who.user_id), moment],
        cwd=ROOT,
        env=os.environ,
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == -9
    return done.stdout.strip()


@pytest.mark.parametrize("moment", ["object", "rows"])
def test_a_photo_that_was_not_acknowledged_leaves_nothing_after_the_sweep(
    ada: Identity, moment: str
) -> None:
    assert die_at(moment, ada) == ""
    left = [count(table) for table in ("photos", "analysis_results", "procrastinate_jobs")]
    assert left == [0, 0, 0]
    assert objects() == 1  # written before the rows, which never came
    assert sweep.orphans() == 0  # it could still be on its way
    assert sweep.orphans(grace=AT_ONCE) == 1
    assert objects() == 0


def test_a_photo_that_was_acknowledged_is_there_and_is_scored(ada: Identity, start: Start) -> None:
    analysis_id = UUID(die_at("committed", ada))
    with read() as session:
        assert results.photo(session, ada.user_id, analysis_id).startswith(b"\xff\xd8")
    assert sweep.orphans(grace=AT_ONCE) == 0
    start()
    wait_until(lambda: check(ada, analysis_id).status is Status.SCORED, 90)
