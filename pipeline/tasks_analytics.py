"""The periodic tasks that keep the statistics of groups up to date."""

from __future__ import annotations

from datetime import datetime

import structlog

from data import analytics
from data.database import transaction
from pipeline.analytics import check, drift, drift_news, rollup
from pipeline.jobs import app

log = structlog.get_logger(__name__)

QUEUE = "statistics"  # its own: a release of a large week takes minutes


@app.periodic(cron="* * * * *")  # a consent that was taken back acts within a minute
@app.task(name="update_statistics", queue=QUEUE, queueing_lock="update_statistics", lock=QUEUE)
def update_statistics(timestamp: int, moment: str | None = None) -> None:
    """Count what has changed. `moment` is for drills: as if it were then (ISO 8601)."""
    rollup.run(now=None if moment is None else datetime.fromisoformat(moment))
    tell_of_drift()


@app.periodic(cron="41 2 * * 0")
@app.task(name="check_statistics", queue=QUEUE, queueing_lock="check_statistics", lock=QUEUE)
def check_statistics(timestamp: int) -> None:
    """Compare every day with its checks, each Sunday; what differs is logged and counted anew."""
    found = check.mend()
    for day, rows in found.wrong.items():
        log.error("statistics_differ", day=day.isoformat(), rows=rows)
    log.info("statistics_compared", days=found.days, differ=len(found.wrong))


def tell_of_drift() -> None:
    """Each time, whatever was released: who crashed before telling tells later, and only once."""
    with analytics.reading() as session:
        found = drift.of_everything(session)
    with transaction() as session:
        drift_news.tell(session, found)
