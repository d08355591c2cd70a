"""The periodic task that ends trials whose time has come."""

from __future__ import annotations

from datetime import datetime

from pipeline.jobs import HOUSEKEEPING, app
from pipeline.trials import conduct


@app.periodic(cron="*/10 * * * *")
@app.task(name="end_due_trials", queue=HOUSEKEEPING, queueing_lock="end_due_trials")
def end_due_trials(timestamp: int, moment: str | None = None) -> None:
    """End them and tell their people. `moment` is for drills: as if it were then (ISO 8601)."""
    conduct.end_due(now=None if moment is None else datetime.fromisoformat(moment))
