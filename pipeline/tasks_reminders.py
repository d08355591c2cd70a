"""The periodic task that tells people what they asked to be reminded of."""

from __future__ import annotations

from datetime import datetime

from pipeline import reminders
from pipeline.jobs import app

QUEUE = "reminders"  # its own, so that a long clearing-up does not make a morning late


@app.periodic(cron="* * * * *")
@app.task(name="tell_due_reminders", queue=QUEUE, queueing_lock="tell_due_reminders")
def tell_due_reminders(timestamp: int, moment: str | None = None) -> None:
    """Tell everybody who is due. `moment` is for drills: as if it were then (ISO 8601)."""
    reminders.tell_due(now=None if moment is None else datetime.fromisoformat(moment))
