"""The periodic task that keeps the statistics of groups up to date."""

from __future__ import annotations

from datetime import datetime

from pipeline.analytics import rollup
from pipeline.jobs import app

QUEUE = "statistics"  # its own: a release of a large week takes minutes


@app.periodic(cron="*/5 * * * *")
@app.task(name="update_statistics", queue=QUEUE, queueing_lock="update_statistics", lock=QUEUE)
def update_statistics(timestamp: int, moment: str | None = None) -> None:
    """Count what has changed. `moment` is for drills: as if it were then (ISO 8601)."""
    rollup.run(now=None if moment is None else datetime.fromisoformat(moment))
