"""The queue: procrastinate in our own database, and the tasks that workers take from it.

`enqueue` is for everybody; nothing here loads a model. A worker (`pipeline.worker`) opens the app
and runs the tasks.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import attr
import procrastinate
import structlog
from procrastinate import exceptions, jobs
from sqlalchemy.orm import Session

from core.analyses import Stage
from core.errors import NotFound, PhotoRejected, Unavailable, UnreadablePhoto
from core.examination import Examination
from core.recalibration import base_of
from data import queue, vault
from data.crypto import Undecipherable
from data.database import read, transaction
from data.progress import Begun, Seen, move
from pipeline import record, sweep
from pipeline.examiners import ExaminationBroke, Examiners

log = structlog.get_logger(__name__)

PHOTOS = "photos"
HOUSEKEEPING = "housekeeping"
AT_ONCE, WHEN_IDLE = 0, -10  # priorities: what somebody waits for goes first

# A worker says this often that it lives, and is taken for dead after so many seconds of silence.
HEARTBEAT_SECONDS = 3.0
DEAD_AFTER_SECONDS = 12.0
_LOST_AFTER = timedelta(seconds=30)

_LONGEST_WAIT = 60  # seconds, before a job is tried again
_SAVE_AGAIN_AFTER = (0.2, 1.0, 5.0, 15.0)  # seconds

NOT_OPENED = "The stored photo could not be opened. Please send it again."

# Examines the bytes of a photo and says each stage as it begins.
Examine = Callable[[bytes, Callable[[Stage], None]], Examination]

app = procrastinate.App(connector=procrastinate.PsycopgConnector())


@attr.define(kw_only=True)
class _Patiently(procrastinate.BaseRetryStrategy):
    """Try again for ever, waiting longer each time. Attempts that count are counted elsewhere."""

    def get_retry_decision(
        self, *, exception: BaseException, job: jobs.Job
    ) -> procrastinate.RetryDecision:
        wait = min(_LONGEST_WAIT, 2 ** min(job.attempts, 10))
        return procrastinate.RetryDecision(retry_in={"seconds": wait})


def enqueue(session: Session, analysis_id: UUID, *, priority: int = AT_ONCE) -> None:
    """Put a check into the queue, as part of the session's transaction. Higher goes first."""
    session.flush()
    name = queue.lock_of(analysis_id)
    job = examine_photo.configure(
        connection=session.connection().connection.driver_connection,
        lock=name,
        queueing_lock=name,
        priority=priority,
    )
    job.defer(analysis_id=str(analysis_id))


@app.task(name="examine_photo", queue=PHOTOS, retry=_Patiently(), pass_context=True)
def examine_photo(context: procrastinate.JobContext, analysis_id: str) -> None:
    """Score the photos of one check. Runs in a thread; a child process does the computing."""
    examiners: Examiners = context.additional_context["examiners"]
    waited_until = time.monotonic()
    with examiners.one() as examiner:
        examiner.get_ready()  # without a model the check waits, and no attempt is counted
        try:
            examine(UUID(analysis_id), examiner.examine)
        except (Unavailable, ExaminationBroke):
            raise  # known, and on its way to be tried again
        except Exception:
            log.exception("check_failed_unexpectedly", analysis_id=analysis_id)
            raise
    log.info(
        "check_done",
        analysis_id=analysis_id,
        ms=round((time.monotonic() - waited_until) * 1000),
    )


def examine(analysis_id: UUID, by: Examine) -> None:
    """One attempt at one check, from the encrypted photos to the recorded scores."""
    with transaction() as session:
        begun = record.start(session, analysis_id)
    if begun is None:
        return
    try:
        shots = [_look_at(begun, number, by) for number in range(1, len(begun.photos) + 1)]
        _show(begun, Stage.SAVING, len(shots))
    except Unavailable:
        with contextlib.suppress(Unavailable), transaction() as session:
            record.hand_back(session, begun)
        raise
    except ExaminationBroke as error:
        log.error("examination_broke", analysis_id=str(analysis_id), reason=str(error))
        if begun.attempt < record.MOST_ATTEMPTS:
            raise
        _save(lambda session: record.fail(session, begun, record.GIVEN_UP))
    else:
        if all(shot.reasons == (NOT_OPENED,) for shot in shots):  # ours, not the photos'
            _save(lambda session: record.fail(session, begun, NOT_OPENED))
        else:
            _save(lambda session: record.record(session, begun, shots))


def _look_at(begun: Begun, number: int, by: Examine) -> Seen:
    """What one shot shows. One that cannot be scored does not stop the others."""
    try:
        with read() as session:
            jpeg = vault.read(session, begun.user_id, begun.photos[number - 1])
        examined = by(jpeg, lambda stage: _show(begun, stage, number))
    except PhotoRejected as rejected:
        return Seen(None, rejected.reasons)
    except (NotFound, Undecipherable, UnreadablePhoto) as error:
        log.error("stored_photo_not_opened", analysis_id=str(begun.analysis_id), reason=str(error))
        return Seen(None, (NOT_OPENED,))
    wanted = begun.wanted_version
    if wanted is not None and base_of(wanted) != examined.model_version:
        # a worker that was not started again yet since the model changed: for another one
        raise Unavailable(f"Model {wanted} is wanted here.")
    return Seen(examined)


def _show(begun: Begun, stage: Stage, number: int) -> None:
    with transaction() as session:
        move(session, begun, stage, shot=number)


def _save(do: Callable[[Session], object]) -> None:
    """Do it in a transaction; a short absence of the database does not cost the computed result."""
    for wait in _SAVE_AGAIN_AFTER:
        try:
            with transaction() as session:
                do(session)
        except Unavailable as error:
            log.warning("saved_later", reason=str(error))
            time.sleep(wait)
        else:
            return
    with transaction() as session:
        do(session)


# ---------------------------------------------------------------------- housekeeping


@app.periodic(cron="* * * * * */10")
@app.task(name="rescue", queue=HOUSEKEEPING, queueing_lock="rescue", priority=10)
async def rescue(timestamp: int) -> None:
    """Give the jobs of workers that died back to the queue, and jobs to checks that lost theirs."""
    stalled = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER_SECONDS)
    for job in stalled:
        log.warning("job_rescued", task=job.task_name, job=job.id)
        with contextlib.suppress(exceptions.ConnectorException):  # somebody was faster
            if job.queue == PHOTOS:
                await app.job_manager.retry_job(job)
            else:  # comes by itself at the next full minute
                await app.job_manager.finish_job(job, jobs.Status.FAILED, delete_job=True)
    await asyncio.to_thread(_enqueue_lost)


def _enqueue_lost() -> None:
    with transaction() as session:
        for lost in queue.unfinished_without_job(session, for_=_LOST_AFTER):
            log.warning("check_had_no_job", analysis_id=str(lost.analysis_id))
            priority = WHEN_IDLE if lost.is_again else AT_ONCE
            enqueue(session, lost.analysis_id, priority=priority)


@app.periodic(cron="* * * * *")
@app.task(name="sweep", queue=HOUSEKEEPING, queueing_lock="sweep")
def sweep_rows(timestamp: int) -> None:
    """Remove what has expired and erase accounts whose time has come."""
    sweep.expired()
    sweep.due_erasures()


@app.periodic(cron="*/10 * * * *")
@app.task(name="sweep_objects", queue=HOUSEKEEPING, queueing_lock="sweep_objects")
def sweep_objects(timestamp: int) -> None:
    """Remove objects that no row names."""
    sweep.orphans()
