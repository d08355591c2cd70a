"""The worker links the audit's events into their chain, a few seconds after they happened."""

from __future__ import annotations

import structlog

from data import audit_chain
from data.database import transaction
from pipeline.jobs import HOUSEKEEPING, app

log = structlog.get_logger(__name__)

_AT_ONCE = 1000


@app.periodic(cron="* * * * * */10")
@app.task(name="seal_audit", queue=HOUSEKEEPING, queueing_lock="seal_audit")
def seal_audit(timestamp: int) -> None:
    """Link everything that is not linked yet. The head in the log is a copy out of reach."""
    sealed = 0
    while True:
        with transaction() as session:
            linked = audit_chain.seal(session, at_most=_AT_ONCE)
            head = audit_chain.head(session)
        sealed += linked
        if linked < _AT_ONCE:
            break
    if sealed:
        log.info("audit_sealed", events=sealed, head=str(head))
