"""Stored photos scored again by a later version: beside the earlier results, never over them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.analyses import Status, is_older
from core.errors import NotFound, PhotoRejected, Unavailable
from core.examination import Examination
from core.metrics import Metric
from core.people import Identity, Purpose
from core.settings import settings
from data import analyses, courses, rescoring
from data.database import read, transaction
from pipeline import accounts, consents, intake, jobs, leaving, record, rescore, results, sweep
from pipeline.recalibration import proposals
from pipeline.rescore import Asked
from tests import people
from tests.data.checks import simulated_check
from tests.people import PASSWORD
from tests.stand_in import LATER_VERSION, MODEL_VERSION, examination, photo_that

LATER, LATEST = LATER_VERSION, "stand-in-3"


@pytest.fixture
def ada(var: Path, fresh_database: str) -> Identity:
    with transaction() as session:
        return people.signed_in(session)


def gives(value: float = 60.0, version: str = LATER) -> jobs.Examine:
    return lambda _jpeg, _on_stage: examination(value, version=version)


def rejects(_jpeg: bytes, _on_stage: object) -> Examination:
    raise PhotoRejected(("The photo is too dark: face a window.",))


def scored(who: Identity, *, photos: int = 1, seed: int = 0) -> UUID:
    files = [photo_that("is scored", seed=seed + n) for n in range(photos)]
    with transaction() as session:
        check = intake.submit(session, who, files)
    work(gives(40.0, MODEL_VERSION))
    return check


def work(by: jobs.Examine) -> int:
    """What a worker does: every job that waits; how many."""
    with transaction() as session:
        waiting = session.scalars(
            text("DELETE FROM procrastinate_jobs RETURNING args->>'analysis_id'")
        ).all()
    for analysis_id in waiting:
        jobs.examine(UUID(analysis_id), by)
    return len(waiting)


def shown(who: Identity) -> list[analyses.Analysis]:
    with read() as session:
        return analyses.listed(session, who.user_id)[0]


def states(version: str = LATER) -> Counter[Status]:
    with read() as session:
        return rescoring.states(session, wanted_version=version)


def rows(table: str) -> int:
    with read() as session:
        return int(session.scalar(text(f"SELECT count(*) FROM {table}")) or 0)  # noqa: S608


def objects() -> int:
    return sum(1 for file in (settings().var / "photos").rglob("*") if file.is_file())


def test_the_later_version_is_shown_and_the_earlier_result_stays_as_it_was(ada: Identity) -> None:
    first = scored(ada, photos=3)
    with read() as session:
        before = analyses.get(session, ada.user_id, first)
    assert rescore.queue_outdated(LATER) == Asked(1, 0, 0)
    assert work(gives()) == 1
    (now,) = shown(ada)
    assert (now.model_version, now.scores[Metric.PORES].value) == (LATER, 60.0)
    assert [shot.photo_id for shot in now.shots] == [shot.photo_id for shot in before.shots]
    with read() as session:
        after = analyses.get(session, ada.user_id, first)
        (point,) = courses.history(session, ada.user_id)
        assert results.maps(session, ada.user_id, first) is not None
    assert after.scores == before.scores
    assert (after.model_version, after.updated_at) == (MODEL_VERSION, before.updated_at)
    assert (before.is_current, after.is_current) == (True, False)
    assert now.created_at == before.created_at  # the photo is as old as it was
    assert point.analysis_id == now.analysis_id


def test_while_it_waits_the_earlier_result_is_shown_and_nobody_seems_to_wait(
    ada: Identity,
) -> None:
    first = scored(ada)
    rescore.queue_outdated(LATER)
    assert [check.analysis_id for check in shown(ada)] == [first]
    with read() as session:
        assert analyses.waiting(session, ada.user_id) == 0
    assert states() == {Status.QUEUED: 1}


def test_asked_again_it_queues_only_what_is_missing(ada: Identity) -> None:
    scored(ada)
    assert rescore.queue_outdated(LATER).queued == 1
    assert rescore.queue_outdated(LATER).queued == 0
    work(gives())
    scored(ada, seed=5)
    assert rescore.queue_outdated(LATER).queued == 1
    work(gives())
    assert rescore.queue_outdated(LATER).queued == 0


def test_an_earlier_version_never_replaces_a_later_one(ada: Identity) -> None:
    scored(ada)
    rescore.queue_outdated(LATER)
    work(gives())
    assert rescore.queue_outdated(MODEL_VERSION).queued == 0
    assert rescore.queue_outdated(LATER).queued == 0


def test_a_slow_scoring_that_ends_after_a_later_version_is_kept_but_not_shown(
    ada: Identity,
) -> None:
    scored(ada)
    rescore.queue_outdated(LATER)

    def overtaken(_jpeg: bytes, _on_stage: object) -> Examination:
        assert rescore.queue_outdated(LATEST) == Asked(1, 0, 0)  # this one runs, so it stays
        work(gives(70.0, LATEST))
        return examination(60.0, version=LATER)

    work(overtaken)
    assert [check.model_version for check in shown(ada)] == [LATEST]
    assert rows("analysis_results WHERE status = 'scored'") == 3


def test_what_still_waits_for_a_version_that_was_replaced_is_taken_back(ada: Identity) -> None:
    first = scored(ada)
    rescore.queue_outdated(LATER)
    assert rescore.queue_outdated(LATEST) == Asked(1, 0, 1)
    assert states(LATER) == {}
    assert work(gives(70.0, LATEST)) == 1
    assert [check.model_version for check in shown(ada)] == [LATEST]
    with read() as session:
        assert analyses.get(session, ada.user_id, first).model_version == MODEL_VERSION


def test_killed_between_two_batches_it_goes_on_where_it_was(
    ada: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        scored(ada, seed=10 * number)
    monkeypatch.setattr(rescore, "BATCH", 1)
    plainly, asked = jobs.enqueue, []

    def killed_at_the_second(session: Session, check: UUID, *, priority: int) -> None:
        plainly(session, check, priority=priority)
        asked.append(check)
        if len(asked) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(jobs, "enqueue", killed_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        rescore.queue_outdated(LATER)
    assert states() == {Status.QUEUED: 1}  # a row and its job come together or not at all
    assert rows("procrastinate_jobs") == 1
    assert rescore.queue_outdated(LATER).queued == 2
    assert work(gives()) == 3
    assert [check.model_version for check in shown(ada)] == [LATER] * 3


def test_photos_that_are_sent_meanwhile_go_first(ada: Identity) -> None:
    scored(ada)
    rescore.queue_outdated(LATER)
    with transaction() as session:
        new = intake.submit(session, ada, [photo_that("is scored", seed=5)])
    with transaction() as session:  # what a worker asks
        worker = session.scalar(text("SELECT worker_id FROM procrastinate_register_worker_v1()"))
        taken = session.execute(
            text("SELECT args->>'analysis_id' FROM procrastinate_fetch_job_v2(NULL, :worker)"),
            {"worker": worker},
        ).scalar()
    assert taken == str(new)


def test_a_scoring_again_that_lost_its_job_waits_behind_new_photos_as_before(
    ada: Identity,
) -> None:
    scored(ada)
    rescore.queue_outdated(LATER)
    with transaction() as session:
        session.execute(text("DELETE FROM procrastinate_jobs"))
        session.execute(text("UPDATE analysis_results SET updated_at = now() - interval '1 min'"))
    jobs._enqueue_lost()
    with read() as session:
        (priority,) = session.scalars(text("SELECT priority FROM procrastinate_jobs"))
    assert priority == jobs.WHEN_IDLE < jobs.AT_ONCE


def test_what_the_later_version_rejects_keeps_its_result(ada: Identity) -> None:
    first = scored(ada)
    rescore.queue_outdated(LATER)
    work(rejects)
    (now,) = shown(ada)
    assert (now.analysis_id, now.status) == (first, Status.SCORED)
    assert states() == {Status.REJECTED: 1}
    assert rescore.queue_outdated(LATER).queued == 0  # it would reject it again


def test_whoever_withdrew_consent_is_left_out_until_it_is_given_again(ada: Identity) -> None:
    first = scored(ada)

    def withdraw() -> None:
        with transaction() as session:
            consents.withdraw(session, ada.user_id, Purpose.ANALYSIS)

    def give() -> None:
        with transaction() as session:
            consents.give(session, ada.user_id, Purpose.ANALYSIS)

    withdraw()
    assert rescore.queue_outdated(LATER) == Asked(0, 1, 0)
    give()
    assert rescore.queue_outdated(LATER) == Asked(1, 0, 0)
    withdraw()
    work(gives())
    assert [check.analysis_id for check in shown(ada)] == [first]
    assert rescore.queue_outdated(LATER) == Asked(0, 1, 0)
    give()
    assert rescore.queue_outdated(LATER) == Asked(1, 0, 0)
    work(gives())
    assert [check.model_version for check in shown(ada)] == [LATER]


def test_a_closed_account_is_left_alone(ada: Identity) -> None:
    scored(ada)
    with transaction() as session:
        accounts.deactivate(session, ada.user_id)
    assert rescore.queue_outdated(LATER) == Asked(0, 1, 0)


def test_simulated_unfinished_and_rejected_checks_are_left_alone(ada: Identity) -> None:
    with transaction() as session:
        simulated_check(session, ada.user_id, {Metric.PORES: 40.0})
        intake.submit(session, ada, [photo_that("is rejected")])
    work(rejects)
    with transaction() as session:
        intake.submit(session, ada, [photo_that("is scored")])
    assert rescore.queue_outdated(LATER) == Asked(0, 0, 0)


def test_a_worker_with_another_version_hands_it_back_as_if_it_had_not_tried(
    ada: Identity,
) -> None:
    scored(ada)
    rescore.queue_outdated(LATER)
    with read() as session:
        waiting = session.scalar(
            text("SELECT id FROM analysis_results WHERE rescored_from IS NOT NULL")
        )
    assert waiting is not None
    for _ in range(record.MOST_ATTEMPTS + 1):
        with pytest.raises(Unavailable):
            jobs.examine(waiting, gives(40.0, MODEL_VERSION))
        assert states() == {Status.QUEUED: 1}
    jobs.examine(waiting, gives())
    assert [check.model_version for check in shown(ada)] == [LATER]


def test_deleting_a_check_takes_every_version_and_every_photo_along(ada: Identity) -> None:
    first = scored(ada, photos=2)
    rescore.queue_outdated(LATER)
    work(gives())
    rescore.queue_outdated(LATEST)  # and one that waits
    (now,) = shown(ada)
    assert objects() == 4  # two photos, the maps of two versions
    with transaction() as session:
        results.delete(session, ada.user_id, now.analysis_id)
    assert objects() == 0
    for table in ("analysis_results", "shots", "photos", "metric_scores", "procrastinate_jobs"):
        assert rows(table) == 0, table
    with read() as session, pytest.raises(NotFound):
        analyses.get(session, ada.user_id, first)


def test_an_erased_account_leaves_no_version_and_the_receipt_counts_all(ada: Identity) -> None:
    scored(ada, photos=2)
    rescore.queue_outdated(LATER)
    work(gives())
    rescore.queue_outdated(LATEST)
    with transaction() as session:
        leaving.delete_account(session, ada, password=PASSWORD, at_once=True)
    assert (rows("analysis_results"), rows("shots"), rows("procrastinate_jobs")) == (0, 0, 0)
    assert objects() == 0
    with read() as session:
        (receipt,) = session.scalars(text("SELECT erased FROM erasures"))
    assert receipt["rows"]["analysis_results"] == 3  # one check in three versions
    assert receipt["objects"] == {"photos": 2, "maps": 2, "profile_pictures": 0}


def test_the_sweep_takes_nothing_that_belongs_to_an_earlier_version(ada: Identity) -> None:
    scored(ada, photos=2)
    rescore.queue_outdated(LATER)
    work(gives())
    assert sweep.orphans(grace=timedelta(seconds=-5)) == 0
    assert objects() == 4


def test_the_command_follows_the_queue_and_says_what_came_of_it(
    ada: Identity, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(2):
        scored(ada, seed=10 * number)
    monkeypatch.setattr(proposals, "version_in_service", lambda _: LATER)
    assert rescore.run(wait=False) == 0
    said = capsys.readouterr().out
    assert "2 checks put into the queue" in said
    turns: list[Callable[[], object]] = [lambda: work(gives())]
    monkeypatch.setattr(time, "sleep", lambda _seconds: turns.pop(0)())
    assert rescore.run(wait=True) == 0
    said = capsys.readouterr().out
    assert "0 checks put into the queue" in said
    assert rescore.NO_WORKER in said
    assert "New scores: 2 checks." in said


def test_an_argument_that_is_not_known_ends_the_command(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        rescore.options(["--forever"])
    assert "--no-wait" in capsys.readouterr().err
    assert rescore.options([]).no_wait is False


@pytest.mark.parametrize(
    ("earlier", "later"),
    [("1.0", "2.0"), ("1.9", "1.10"), ("1.0", "1.0.1"), ("stand-in", "stand-in-2")],
)
def test_versions_are_in_the_order_of_their_numbers(earlier: str, later: str) -> None:
    assert is_older(earlier, than=later)
    assert not is_older(later, than=earlier)
    assert not is_older(later, than=later)
