"""The queue of mails. The rows of the outbox are what counts; jobs only wake a worker up."""

from __future__ import annotations

from uuid import UUID

import structlog

from core.errors import Unavailable
from data import mail, mailed_links
from data.database import transaction
from pipeline import registration
from pipeline.jobs import app
from pipeline.mail import outbox, sending

log = structlog.get_logger(__name__)

QUEUE = outbox.QUEUE
AT_ONCE = 2  # mails that one worker sends at the same time


@app.task(name=outbox.SEND, queue=QUEUE)
def send_mail(mail_id: str) -> None:
    """Send one mail, unless somebody did or does."""
    try:
        sending.send(UUID(mail_id))
    except Unavailable as error:
        log.warning("mail_waits", reason=str(error))  # `send_due_mails` finds it


@app.periodic(cron="* * * * * */10")
@app.task(name="send_due_mails", queue=QUEUE, queueing_lock="send_due_mails")
def send_due_mails(timestamp: int) -> None:
    """What has to be tried again, and what a dead worker left."""
    if outbox.is_available():
        sending.send_due()


@app.periodic(cron="7 * * * *")
@app.task(name="sweep_mails", queue=QUEUE, queueing_lock="sweep_mails")
def sweep_mails(timestamp: int) -> None:
    """Remove old rows, and accounts whose address nobody has confirmed."""
    with transaction() as session:
        removed = mail.sweep(session, sent_for=outbox.SENT_FOR, given_up_for=outbox.GIVEN_UP_FOR)
        removed += mailed_links.sweep(session)
    if removed:
        log.info("mails_removed", rows=removed)
    registration.forget_unconfirmed()
