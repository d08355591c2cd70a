"""A forgotten password: a link to the account's mailbox, good once and for 30 minutes."""

from __future__ import annotations

import structlog
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.inputs import Email, checked
from core.mail import LINK_LASTS, Letter, LinkFor
from core.notifications import Kind
from data import addresses, audit, mailed_links, sessions, sign_in_attempts, users
from pipeline import notify, passwords, verification
from pipeline.mail import links, outbox

log = structlog.get_logger(__name__)

LASTS = LINK_LASTS[LinkFor.RESET]
ANSWER = (
    "If this address has an account, a mail with a link is on its way. The link works once, for 30 "
    "minutes. Look among unwanted mail, too."
)


def ask(session: Session, *, email: str, address: str) -> None:
    """Mail a link to the account of this e-mail address, if there is one.

    For an address without an account the same rows are written and the same work is done; a
    worker then removes the mail instead of sending it. Raises InvalidInput for what is no address,
    TooMany after too many, NotFound where no mail is sent at all. `address` is where it is asked
    from.
    """
    if not outbox.is_available():
        raise NotFound(verification.NO_MAIL)
    email = str(checked(Email, email, "e-mail address"))
    mailed_links.reserve(session, email=email, address=address)
    user = users.by_email(session, email)
    # Asked for everybody, so that it takes everybody the same time.
    waits = addresses.is_waiting(session, user.user_id if user else links.NOBODY)
    user_id = user.user_id if user is not None and (user.is_active or waits) else None
    link_id = links.make(session, user_id, LinkFor.RESET, email=email, address=address)
    outbox.enqueue(
        session,
        user_id,
        Letter.RESET_PASSWORD,
        dedupe=f"link:{link_id}",
        link_id=link_id,
        give_up_after=LASTS,
    )


def check(session: Session, *, token: str) -> None:
    """NotFound unless this token would be taken. Looking uses nothing up."""
    if not links.is_good(session, LinkFor.RESET, token):
        raise NotFound(links.GONE)


def reset(session: Session, *, token: str, password: str) -> None:
    """Set a new password with the token of the mail, and end every session of the account.

    NotFound when the link is no good; InvalidInput for a password that is not accepted, and then
    the link can be used again.
    """
    link = links.use(session, LinkFor.RESET, token)
    user_id, account = link.user_id, link.account
    user = users.lock(session, user_id)
    waits = addresses.is_waiting(session, user_id)
    if account != sign_in_attempts.account_of(user.email) or not (user.is_active or waits):
        raise NotFound(links.GONE)
    password = passwords.accepted(password, (user.email, user.first_name, user.last_name))
    users.change(session, user_id, password_hash=passwords.kept(password))
    mailed_links.end_all(session, user_id, LinkFor.RESET)
    sessions.end_all(session, user_id)  # the API's refresh tokens are sessions as well
    sign_in_attempts.forget(session, email=user.email)
    verification.prove(session, user)  # whoever has the mail reads the mailbox
    audit.add(session, "password_reset", actor=user_id)
    notify.tell(session, user_id, Kind.PASSWORD_CHANGED, dedupe=f"password_reset:{link.link_id}")
    log.info("password_reset", user_id=str(user_id))
