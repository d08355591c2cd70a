"""The way out: a mail is a row of the transaction that wants it, and a worker sends it later.

Nothing is sent that was rolled back, and nothing is lost that was committed.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from core.ids import new_id
from core.mail import Letter
from core.notifications import Kind
from core.settings import settings
from data import addresses, mail
from data.mail import Draft

GIVE_UP_AFTER = timedelta(days=3)  # as long as a mail server would try; then an admin is told
SENT_FOR, GIVEN_UP_FOR = timedelta(days=7), timedelta(days=30)  # then the rows are removed
QUEUE = "mail"
SEND = "send_mail"  # the task of pipeline.tasks_mail


def is_available() -> bool:
    """Whether this installation sends mail at all."""
    return settings().smtp_server is not None


def notify_by_mail(
    session: Session,
    user_id: UUID,
    kind: Kind,
    *,
    dedupe: str,
    not_before: datetime | None = None,
) -> None:
    """Tell a person by mail that something waits, as part of the session's transaction.

    Nothing without a mail server, for an address that nobody has proven, or when this `dedupe`
    was mailed before. The caller has asked whether the person wants it; it is asked again when
    the mail is sent. `not_before` is the end of quiet hours.
    """
    if is_available() and addresses.verified_at(session, user_id) is not None:
        enqueue(session, user_id, Letter.NEWS, dedupe=dedupe, kind=kind, not_before=not_before)


def enqueue(
    session: Session,
    user_id: UUID | None,
    letter: Letter,
    *,
    dedupe: str,
    kind: Kind | None = None,
    link_id: UUID | None = None,
    not_before: datetime | None = None,
    give_up_after: timedelta = GIVE_UP_AFTER,
) -> None:
    """Put a mail to the account's address into the outbox. The same `dedupe` goes once.

    For `user_id` None the same work is done and nothing sent: whoever asks with the address of a
    stranger must not see a difference.
    """
    mail_id = new_id()
    draft = Draft(
        mail_id,
        user_id,
        letter,
        dedupe,
        message_id=message_id(mail_id),
        give_up_after=give_up_after,
        kind=kind,
        link_id=link_id,
        not_before=not_before,
    )
    if mail.add(session, draft):
        _wake_a_worker(session, mail_id, not_before)


def _wake_a_worker(session: Session, mail_id: UUID, not_before: datetime | None) -> None:
    """A job in the same transaction. Without it the mail would go a few seconds later."""
    from pipeline.jobs import app  # it imports what tells people things, and so this module

    app.configure_task(
        SEND,
        allow_unknown=True,
        queue=QUEUE,
        schedule_at=not_before,
        connection=session.connection().connection.driver_connection,
    ).defer(mail_id=str(mail_id))


def message_id(mail_id: UUID) -> str:
    domain = (settings().smtp_sender or "localhost").rpartition("@")[2]
    return f"<{mail_id.hex}@{domain}>"
