"""Making an account where mail is available: it opens when its address is confirmed.

So the answer to a registration is the same whether the address has an account or not; only the
mailbox learns it. Without mail, accounts are made at once (pipeline.accounts.register).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from core.errors import Conflict
from core.inputs import Email, checked
from core.mail import Letter, LinkFor
from data import addresses, erasures, mailed_links, users
from data.database import transaction
from pipeline import accounts, verification
from pipeline.mail import links, outbox

log = structlog.get_logger(__name__)

ANSWER = (
    "Look into your mailbox: the link in our mail opens your account. It may take a minute, and it "
    "works for 24 hours."
)
FORGOTTEN_AFTER = timedelta(hours=48)  # longer than the link works


def register(session: Session, *, email: str, address: str, **fields: Any) -> UUID | None:
    """Make an account. Its id; or None where mail is available, and then a mail says what next.

    `fields` are those of `accounts.register`; `address` is where it is asked from. Raises what it
    raises; with mail never Conflict, but TooMany after too many. Then whoever asks sees no
    difference: both ways hash the password, which takes a hundred times as long as the rest.
    """
    if not outbox.is_available():
        return accounts.register(session, email=email, **fields)
    email = str(checked(Email, email, "e-mail address"))
    mailed_links.reserve(session, email=email, address=address)
    waiting = users.by_email(session, email)
    if waiting is not None and addresses.is_waiting(session, waiting.user_id):
        mailed_links.let_go(session, waiting.user_id)
        erasures.erase(session, waiting.user_id)  # nobody has used it; the last try counts
    try:
        user_id = accounts.register(session, email=email, **fields)
    except Conflict:
        _tell_the_owner(session, email, address=address)
        return None
    users.change(session, user_id, is_active=False)
    addresses.wait_for(session, user_id)
    session.expire_all()
    user = users.get(session, user_id)
    verification.send_link(session, user, Letter.FINISH_REGISTRATION, address=address)
    return None


def forget_unconfirmed() -> None:
    """Erase the accounts whose address was not confirmed in time, one transaction each."""
    while True:
        with transaction() as session:
            due = addresses.waiting_since(session, FORGOTTEN_AFTER, at_most=1)
            for user_id in due:
                erasures.erase(session, user_id)
        if not due:
            return
        log.info("unconfirmed_account_erased")


def _tell_the_owner(session: Session, email: str, *, address: str) -> None:
    # A link that opens nothing: it counts for the limits as a registration does.
    counted = links.make(session, None, LinkFor.VERIFY, email=email, address=address)
    owner = users.by_email(session, email)
    outbox.enqueue(
        session,
        owner.user_id if owner is not None and owner.is_active else None,
        Letter.ALREADY_REGISTERED,
        dedupe=f"link:{counted}",
    )
