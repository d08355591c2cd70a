"""Which job a line of the worker's log belongs to."""

from __future__ import annotations

from typing import Any

import structlog
from procrastinate import JobContext, worker
from procrastinate.middleware import AsyncCallNext

log = structlog.get_logger(__name__)


async def named(call_next: AsyncCallNext, context: JobContext, _worker: worker.Worker) -> Any:
    """Every line that the job writes, in threads too, says its id, task and attempt.

    A job that breaks is one line `job_broke`: what alerts count, whatever the task is.
    """
    job = context.job
    with structlog.contextvars.bound_contextvars(
        job_id=job.id, task=job.task_name, attempt=job.attempts + 1
    ):
        try:
            return await call_next()
        except Exception as error:
            log.error("job_broke", error=type(error).__name__)
            raise
