"""The queue: in the same transaction as the rows, and never without a way on."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from procrastinate.jobs import Job
from sqlalchemy import text

from core.analyses import Status
from core.people import Identity
from data import analyses
from data.database import read, transaction
from pipeline import intake, jobs
from tests import people
from tests.stand_in import examination, photo_that


@pytest.fixture
def ada(var: Path, fresh_database: str) -> Identity:
    with transaction() as session:
        return people.signed_in(session)


@pytest.fixture
def waiting(ada: Identity) -> UUID:
    with transaction() as session:
        return intake.submit(session, ada, [photo_that("is scored")])


def job_states() -> list[str]:
    with read() as session:
        return list(
            session.scalars(text("SELECT status::text FROM procrastinate_jobs ORDER BY id"))
        )


def test_a_job_is_there_when_the_transaction_commits_and_not_before(ada: Identity) -> None:
    with transaction() as session:
        intake.submit(session, ada, [photo_that("is scored")])
        assert job_states() == []  # seen by another transaction
    assert job_states() == ["todo"]


def test_a_job_goes_with_its_transaction(ada: Identity) -> None:
    def fail() -> None:
        with transaction() as session:
            intake.submit(session, ada, [photo_that("is scored")])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert job_states() == []


@pytest.mark.parametrize("status", ["queued", "running"])
def test_a_check_that_lost_its_job_gets_a_new_one(
    ada: Identity, waiting: UUID, status: str
) -> None:
    with transaction() as session:
        session.execute(text("DELETE FROM procrastinate_jobs"))
        session.execute(
            text("UPDATE analysis_results SET status = :s, updated_at = now() - interval '1 min'"),
            {"s": status},
        )
    jobs._enqueue_lost()
    assert job_states() == ["todo"]
    jobs._enqueue_lost()  # it has one now
    assert job_states() == ["todo"]


@pytest.mark.parametrize(
    "state",
    [
        "UPDATE procrastinate_jobs SET status = 'doing'",
        "UPDATE procrastinate_jobs SET scheduled_at = now() + interval '1 hour'",
        "UPDATE analysis_results SET status = 'failed'",
        "UPDATE analysis_results SET updated_at = now()",
    ],
    ids=["is being made", "is tried later", "is settled", "moved just now"],
)
def test_a_check_that_needs_no_job_gets_none(ada: Identity, waiting: UUID, state: str) -> None:
    with transaction() as session:
        if "analysis_results SET" in state and "updated_at" in state:
            session.execute(text("DELETE FROM procrastinate_jobs"))
        session.execute(text("UPDATE analysis_results SET updated_at = now() - interval '1 min'"))
        session.execute(text(state))
    before = job_states()
    jobs._enqueue_lost()
    assert job_states() == before


def test_a_second_job_for_a_settled_check_does_nothing(ada: Identity, waiting: UUID) -> None:
    jobs.examine(waiting, lambda _jpeg, _on_stage: examination(40.0))
    jobs.examine(waiting, lambda _jpeg, _on_stage: examination(90.0))
    with read() as session:
        (scored,) = analyses.latest(session, ada.user_id)
        scores = session.scalar(text("SELECT count(*) FROM metric_scores WHERE value = 90"))
    assert scored.status is Status.SCORED
    assert scores == 0


def test_trying_again_waits_longer_each_time_but_never_long() -> None:
    strategy = jobs._Patiently()
    waits = []
    for attempts in range(0, 1000, 100):
        job = _job(attempts)
        decision = strategy.get_retry_decision(exception=ValueError(), job=job)
        assert decision.retry_at is not None
        waits.append(decision.retry_at)
    assert waits == sorted(waits)
    assert (waits[-1] - waits[0]).total_seconds() < 61


def _job(attempts: int) -> Job:
    return Job(
        id=1,
        queue=jobs.PHOTOS,
        lock=None,
        queueing_lock=None,
        task_name="examine_photo",
        attempts=attempts,
    )
