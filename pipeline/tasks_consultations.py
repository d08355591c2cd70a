"""The periodic task that keeps the promised time of questions to dermatologists."""

from __future__ import annotations

from datetime import datetime

from pipeline.consultations import clock
from pipeline.jobs import app
from pipeline.tasks_reminders import QUEUE


@app.periodic(cron="* * * * *")
@app.task(name="keep_promised_time", queue=QUEUE, queueing_lock="keep_promised_time")
def keep_promised_time(timestamp: int, moment: str | None = None) -> None:
    """Escalate, release and close what is due. `moment` is for drills: as if it were then."""
    now = None if moment is None else datetime.fromisoformat(moment)
    clock.release_idle(now=now)
    clock.escalate(now=now)
    clock.close_settled(now=now)
