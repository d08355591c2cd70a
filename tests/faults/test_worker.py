"""Workers are killed, stopped and starved; a check is finished once, and soon.

Real processes, a real database and a stand-in examiner (`tests.stand_in`).
"""

from __future__ import annotations

import shutil
import signal
import time
from pathlib import Path
from uuid import UUID

import pytest

from core.analyses import Stage, Status
from core.metrics import Metric, Region
from core.people import Identity
from models.manifest import WEIGHTS, manifest
from pipeline import record
from tests.faults.conftest import Start, attempts, check, count, lives, objects, send, wait_until
from tests.stand_in import REASON

pytestmark = [pytest.mark.slow, pytest.mark.alone, pytest.mark.timeout(400)]

ALL_SCORES = len(Metric) + len(Region) * (len(Metric) - 1)  # skin_score is of the face only


def is_final(who: Identity, analysis_id: UUID) -> bool:
    return check(who, analysis_id).status.is_final


def is_scoring(who: Identity, analysis_id: UUID) -> bool:
    return check(who, analysis_id).stage is Stage.SCORING


def was_scored_once(who: Identity, analysis_id: UUID) -> None:
    done = check(who, analysis_id)
    assert (done.status, done.stage) == (Status.SCORED, Stage.DONE)
    assert count(f"metric_scores WHERE analysis_id = '{analysis_id}'") == ALL_SCORES
    assert objects() == 2 * count("photos")  # a photo and its maps, nothing else


def test_after_kill_9_in_the_middle_the_check_is_finished_once_within_60_seconds(
    ada: Identity, start: Start
) -> None:
    first = start()
    analysis_id = send(ada, "takes long")
    wait_until(lambda: is_scoring(ada, analysis_id), 60)
    examiner = first.examiner()
    first.kill()
    assert not is_final(ada, analysis_id)
    start()
    took = wait_until(lambda: is_final(ada, analysis_id), 60)
    was_scored_once(ada, analysis_id)
    assert attempts(analysis_id) == 2
    assert not lives(examiner)  # children do not outlive a worker
    wait_until(lambda: count("procrastinate_jobs WHERE task_name = 'examine_photo'") == 0, 10)
    print(f"finished {took:.0f} s after the restart")  # noqa: T201


def test_a_worker_that_is_stopped_and_goes_on_later_changes_nothing(
    ada: Identity, start: Start
) -> None:
    first = start()
    analysis_id = send(ada, "takes long")
    wait_until(lambda: is_scoring(ada, analysis_id), 60)
    first.process.send_signal(signal.SIGSTOP)
    start()
    wait_until(lambda: is_final(ada, analysis_id), 60)
    was_scored_once(ada, analysis_id)
    assert attempts(analysis_id) == 2
    first.process.send_signal(signal.SIGCONT)
    wait_until(lambda: first.said("result_came_too_late"), 60)
    was_scored_once(ada, analysis_id)


def test_a_photo_that_kills_is_given_up_and_others_flow(ada: Identity, start: Start) -> None:
    deadly = send(ada, "kills")
    good = [send(ada, "is scored", seed) for seed in range(3)]
    start()
    wait_until(lambda: all(is_final(ada, analysis_id) for analysis_id in [deadly, *good]), 120)
    assert [check(ada, analysis_id).status for analysis_id in good] == [Status.SCORED] * 3
    given_up = check(ada, deadly)
    assert (given_up.status, given_up.reasons) == (Status.FAILED, (record.GIVEN_UP,))
    assert attempts(deadly) == record.MOST_ATTEMPTS


def test_an_examiner_that_is_killed_costs_one_attempt(ada: Identity, start: Start) -> None:
    worker = start()
    analysis_id = send(ada, "takes long")
    wait_until(lambda: is_scoring(ada, analysis_id), 60)
    worker.examiner().kill()
    wait_until(lambda: is_final(ada, analysis_id), 90)
    was_scored_once(ada, analysis_id)
    assert attempts(analysis_id) == 2


def test_two_workers_share_the_photos_and_score_each_once(ada: Identity, start: Start) -> None:
    ids = [send(ada, "is scored", seed) for seed in range(8)]
    rejected = send(ada, "is rejected")
    start()
    start()
    wait_until(lambda: all(is_final(ada, analysis_id) for analysis_id in [*ids, rejected]), 120)
    assert {check(ada, analysis_id).status for analysis_id in ids} == {Status.SCORED}
    assert check(ada, rejected).reasons == (REASON,)
    assert count("metric_scores") == 8 * ALL_SCORES
    assert {attempts(analysis_id) for analysis_id in ids} == {1}


def test_without_a_model_checks_wait_and_are_made_when_it_is_there(
    ada: Identity, start: Start
) -> None:
    without = start("tests.stand_in:WithoutModel")
    analysis_id = send(ada, "is scored")
    wait_until(lambda: without.said("examiner_not_ready"), 60)
    time.sleep(6)  # it tries again meanwhile
    assert check(ada, analysis_id).status is Status.QUEUED
    assert attempts(analysis_id) == 0
    assert lives(without.process)
    assert without.stop() == 0
    start()
    wait_until(lambda: is_final(ada, analysis_id), 60)
    was_scored_once(ada, analysis_id)


def test_while_the_model_is_damaged_checks_wait_and_the_same_worker_makes_them_when_it_is_whole(
    ada: Identity, start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = tmp_path / "weights"
    weights.mkdir()
    for file in (WEIGHTS / "manifest.json", WEIGHTS / manifest().file):
        shutil.copy(file, weights)
    network = weights / manifest().file
    whole = network.read_bytes()
    middle = len(whole) // 2
    network.write_bytes(whole[:middle] + bytes(16) + whole[middle + 16 :])
    monkeypatch.setenv("WEIGHTS_OF_THE_TEST", str(weights))
    worker = start("tests.stand_in:WithWeights")
    analysis_id = send(ada, "is scored")
    wait_until(lambda: worker.said("examiner_not_ready"), 60)
    assert "their checksum differs" in worker.log.read_text()
    time.sleep(6)  # it tries again meanwhile
    assert check(ada, analysis_id).status is Status.QUEUED
    assert count("metric_scores") == attempts(analysis_id) == 0
    network.write_bytes(whole)
    wait_until(lambda: is_final(ada, analysis_id), 60)
    was_scored_once(ada, analysis_id)


def test_a_worker_that_is_asked_to_stop_finishes_what_it_is_at(ada: Identity, start: Start) -> None:
    worker = start()
    analysis_id = send(ada, "takes long")
    next_one = send(ada, "is scored")
    wait_until(lambda: is_scoring(ada, analysis_id), 60)
    children = worker.children
    assert worker.stop() == 0
    was_scored = check(ada, analysis_id).status is Status.SCORED
    assert was_scored
    assert check(ada, next_one).status is Status.QUEUED
    wait_until(lambda: not any(map(lives, children)), 20)
    assert count("procrastinate_workers") == 0


def test_a_check_starts_when_it_is_sent_and_not_at_the_next_poll(
    ada: Identity, start: Start
) -> None:
    """With a notification, all of eight are begun in less than one polling interval each."""
    start()
    warm = send(ada, "is scored")
    wait_until(lambda: is_final(ada, warm), 90)
    began = []
    for seed in range(8):
        analysis_id = send(ada, "is scored", seed)
        sent = time.monotonic()
        wait_until(lambda wanted=analysis_id: attempts(wanted) == 1, 10)  # type: ignore[misc]
        began.append(time.monotonic() - sent)
        wait_until(lambda wanted=analysis_id: is_final(ada, wanted), 10)  # type: ignore[misc]
    assert sorted(began)[4] < 0.4  # polls come once a second


def test_when_the_databases_connections_are_cut_the_check_is_still_made_once(
    ada: Identity, start: Start, fresh_database: str
) -> None:
    worker = start()
    analysis_id = send(ada, "takes long")
    wait_until(lambda: is_scoring(ada, analysis_id), 60)
    for _ in range(6):
        count(
            "(SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()) AS ended"
        )
        time.sleep(1)
    wait_until(lambda: is_final(ada, analysis_id) or not lives(worker.process), 60)
    if not lives(worker.process):  # it says that something broke, and is started again
        assert worker.process.wait() == 1
        start()
    wait_until(lambda: is_final(ada, analysis_id), 60)
    was_scored_once(ada, analysis_id)
