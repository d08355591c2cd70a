"""The same with the real models and real faces, which are not part of the project."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import UUID

import pytest

from core.analyses import Status
from core.errors import Unavailable
from core.metrics import Metric, Region
from core.people import Identity
from core.settings import ROOT
from data.database import transaction
from models.manifest import manifest
from pipeline import intake
from tests.faults.conftest import Start, check, count, objects, wait_until

FACES = ROOT / os.environ.get("SKINCARE_FACES", "../shared/faces") / "london" / "images"
ALL_SCORES = len(Metric) + len(Region) * (len(Metric) - 1)
REAL = "pipeline.examine:Examiner"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.alone,
    pytest.mark.timeout(400),
    pytest.mark.skipif(not FACES.is_dir(), reason=f"no photos of faces in {FACES}"),
]


@pytest.fixture(autouse=True)
def _needs_weights() -> None:
    try:
        manifest()
    except Unavailable as error:
        pytest.skip(str(error))


def send(who: Identity, file: Path) -> UUID:
    with transaction() as session:
        return intake.submit(session, who, [file.read_bytes()])


def test_photos_of_faces_are_scored_once_although_the_worker_is_killed_at_work(
    ada: Identity, start: Start
) -> None:
    worker = start(REAL)
    wait_until(lambda: worker.said("examiner_ready"), 90)
    ids = [send(ada, file) for file in sorted(FACES.glob("*_neutral.jpg"))[:3]]
    wait_until(lambda: count("analysis_results WHERE status = 'running'") > 0, 60)
    worker.kill()
    unfinished = count("analysis_results WHERE status IN ('queued', 'running')")
    assert unfinished > 0
    start(REAL)
    wait_until(lambda: count("analysis_results WHERE status IN ('queued', 'running')") == 0, 90)
    statuses = [check(ada, analysis_id).status for analysis_id in ids]
    assert Status.FAILED not in statuses
    scored = statuses.count(Status.SCORED)
    assert scored > 0
    assert count("metric_scores") == scored * ALL_SCORES
    assert objects() == len(ids) + scored
