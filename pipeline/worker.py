"""The worker: takes photos from the queue and scores them. `python -m pipeline.worker`.

Any number may run, on any number of machines. It ends by itself with an error when the database
goes away, and is started again by whoever supervises it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys

import structlog
from procrastinate import PsycopgConnector

from core import log as logs
from core.errors import SkincareError
from core.settings import settings
from data.database import driver_address
from pipeline import (
    job_log,
    jobs,
    tasks_analytics,
    tasks_audit,
    tasks_consultations,
    tasks_mail,
    tasks_reminders,
    tasks_trials,
)
from pipeline.examiners import Examiners

log = structlog.get_logger(__name__)

_HOUSEKEEPING_TASKS = (
    tasks_audit,
    tasks_consultations,
    tasks_trials,
)  # known to the queue by being imported

_SECONDS_TO_FINISH = 20.0  # for a photo that is being scored when we are asked to stop


def main(examiner: str = "pipeline.examine:Examiner") -> int:
    """Work until told to stop. The exit status: 0 when told to, 1 when something broke.

    `examiner` names what examines photos, as "module:name"; only tests name another.
    """
    logs.configure("worker")
    logging.getLogger("procrastinate.periodic").setLevel(logging.WARNING)  # a line every 10 s
    examiners = Examiners(
        examiner, processes=settings().scoring_processes, threads=settings().scoring_threads
    )
    try:
        return asyncio.run(_work(examiners))
    except SkincareError as error:
        log.error("worker_cannot_work", reason=str(error))
        return 1
    finally:
        examiners.stop()


async def _work(examiners: Examiners) -> int:
    stop = asyncio.Event()
    _on_signals(stop)
    # The model loads while the queue is opened; photos wait for it in `examiners.one()`.
    warming = asyncio.create_task(asyncio.to_thread(examiners.warm_up))
    connector = PsycopgConnector(conninfo=driver_address(), min_size=2, max_size=8, timeout=10)
    with jobs.app.replace_connector(connector) as app:
        async with app.open_async():
            workers = [
                asyncio.create_task(
                    app.run_worker_async(
                        queues=[queue],
                        name=queue,
                        concurrency=concurrency,
                        delete_jobs="always",  # what happened stands in our own rows and logs
                        install_signal_handlers=False,
                        fetch_job_polling_interval=1.0,  # for what has to be tried again
                        update_heartbeat_interval=jobs.HEARTBEAT_SECONDS,
                        stalled_worker_timeout=jobs.DEAD_AFTER_SECONDS,
                        shutdown_graceful_timeout=_SECONDS_TO_FINISH,
                        additional_context={"examiners": examiners},
                        worker_middleware=[job_log.named],
                    )
                )
                for queue, concurrency in (
                    (jobs.PHOTOS, settings().scoring_processes),
                    (jobs.HOUSEKEEPING, 1),
                    (tasks_reminders.QUEUE, 1),
                    (tasks_analytics.QUEUE, 1),
                    (tasks_mail.QUEUE, tasks_mail.AT_ONCE),
                )
            ]
            log.info("worker_started", processes=settings().scoring_processes)
            told = asyncio.create_task(stop.wait())
            await asyncio.wait([told, *workers], return_when=asyncio.FIRST_COMPLETED)
            for worker in workers:
                worker.cancel()  # finishes what it is at, then ends
            ends = await asyncio.gather(*workers, return_exceptions=True)
            told.cancel()
    await warming
    broke = [end for end in ends if isinstance(end, Exception)]
    for error in broke:
        log.error("worker_broke", error=repr(error))
    log.info("worker_stopped")
    return 0 if stop.is_set() and not broke else 1


def _on_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(name, stop.set)
        except NotImplementedError:  # Windows
            signal.signal(name, lambda *_: loop.call_soon_threadsafe(stop.set))


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
