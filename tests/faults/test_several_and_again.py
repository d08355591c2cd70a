"""Checks of several photos, and scorings again: workers and the command are killed at work."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from core.analyses import Stage, Status
from core.metrics import Metric, Region
from core.people import Identity
from core.settings import ROOT
from data import analyses, queue
from data.database import read, transaction
from pipeline import intake, jobs, rescore
from tests.faults.conftest import Start, attempts, check, count, objects, send, wait_until
from tests.stand_in import LATER_VERSION, MODEL_VERSION, Examiner, photo_that

pytestmark = [pytest.mark.slow, pytest.mark.alone, pytest.mark.timeout(400)]

ALL_SCORES = len(Metric) + len(Region) * (len(Metric) - 1)
LATER = "tests.stand_in:LaterExaminer"
UNFINISHED = "analysis_results WHERE status IN ('queued', 'running')"


def test_after_kill_9_at_the_second_photo_the_check_is_made_once_with_all_photos(
    ada: Identity, start: Start
) -> None:
    first = start()
    files = [photo_that(does) for does in ("is scored", "takes long", "is rejected")]
    with transaction() as session:
        analysis_id = intake.submit(session, ada, files)

    def is_at_the_second() -> bool:
        now = check(ada, analysis_id)
        return (now.shot, now.stage) == (2, Stage.SCORING)

    wait_until(is_at_the_second, 60)
    first.kill()
    assert count("metric_scores") == 0
    start()
    wait_until(lambda: check(ada, analysis_id).status.is_final, 60)
    done = check(ada, analysis_id)
    assert done.status is Status.SCORED
    assert [shot.is_scored for shot in done.shots] == [True, True, False]
    assert attempts(analysis_id) == 2
    assert count("metric_scores") == ALL_SCORES
    assert objects() == 4  # three photos and the maps


def test_scorings_again_survive_the_death_of_the_command_and_of_workers(
    ada: Identity, start: Start
) -> None:
    quick = [send(ada, "is scored", seed) for seed in range(3)]
    long = send(ada, "takes long")
    for analysis_id in [*quick, long]:
        with transaction() as session:
            queue.withdraw(session, analysis_id)
        jobs.examine(analysis_id, Examiner().examine_kept)

    died = subprocess.run(
        [sys.executable, "-m", "tests.faults.rescore", LATER_VERSION],
        cwd=ROOT,
        env=os.environ,
        timeout=60,
        check=False,
    )
    assert died.returncode == -9
    assert count(UNFINISHED) == 1
    assert rescore.queue_outdated(LATER_VERSION).queued == 3

    killed = start(LATER)
    wait_until(_is_scoring, 60)
    killed.kill()
    start(LATER)
    start(LATER)
    wait_until(lambda: count(UNFINISHED) == 0, 120)
    for analysis_id in [*quick, long]:
        earlier = check(ada, analysis_id)
        assert (earlier.model_version, earlier.is_current) == (MODEL_VERSION, False)
        assert earlier.scores[Metric.PORES].value == 40.0
    with read() as session:
        shown, total = analyses.listed(session, ada.user_id)
    assert total == 4
    assert {again.model_version for again in shown} == {LATER_VERSION}
    assert {again.scores[Metric.PORES].value for again in shown} == {60.0}
    assert count("analysis_results") == 8
    assert count("metric_scores") == 8 * ALL_SCORES
    assert objects() == 4 + 8  # photos, and maps of each version


def _is_scoring() -> bool:
    return count("analysis_results WHERE status = 'running' AND stage = 'scoring'") > 0
