"""The last mail to somebody whose account was erased: what went.

The address is erased with the account, so it is held in memory between the erasure's commit and the
mail, and nowhere else. The mail is tried once: what is never written down cannot be tried again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from core.ids import new_id
from data import addresses, database, users
from data.erasures import Receipt
from pipeline import erasure_receipt
from pipeline.mail import letters, outbox, smtp

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Goodbye:
    """Whom it goes to, read before there is nobody any more."""

    recipient: str
    now: datetime


def to(session: Session, user_id: UUID) -> Goodbye | None:
    """None without a mail server, and for an address that nobody has proven."""
    if not outbox.is_available() or addresses.verified_at(session, user_id) is None:
        return None
    return Goodbye(users.get(session, user_id).email, database.now(session))


def send(goodbye: Goodbye, receipt: Receipt) -> bool:
    """Call it after the commit. Whether the server is there."""
    mail_id = new_id()
    sentences = (
        "As you asked, your account and everything about you was erased.",
        f"What went: {erasure_receipt.sentence(receipt)}",
        erasure_receipt.STAYS,
    )
    message = letters.of_erasure(
        goodbye.recipient,
        sentences,
        mail_id=mail_id,
        message_id=outbox.message_id(mail_id),
        now=goodbye.now,
    )
    problem = smtp.deliver(message)
    if problem is not None:
        log.warning("receipt_not_mailed", problem=problem.code)
    return problem is None or not problem.is_away
