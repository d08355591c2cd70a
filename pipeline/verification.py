"""Proving that an e-mail address is the person's: by a link that only its mailbox has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from core.errors import Conflict, NotFound
from core.mail import LINK_LASTS, Letter, LinkFor
from core.people import Identity
from data import addresses, audit, mailed_links, sign_in_attempts, users
from data.tables import User
from pipeline.mail import links, outbox

NO_MAIL = "This installation sends no mail."
VERIFY_LASTS = LINK_LASTS[LinkFor.VERIFY]


@dataclass(frozen=True)
class Confirmed:
    user_id: UUID
    is_new_account: bool  # it waited for this, and can be signed in to now


def since(session: Session, user_id: UUID) -> datetime | None:
    """Since when the account's address is confirmed; None: it is not."""
    return addresses.verified_at(session, user_id)


def ask(session: Session, identity: Identity, *, address: str) -> None:
    """Mail a link that confirms the person's address. `address` is where they ask from.

    NotFound without a mail server, Conflict when it is confirmed, TooMany after too many.
    """
    if not outbox.is_available():
        raise NotFound(NO_MAIL)
    if addresses.verified_at(session, identity.user_id) is not None:
        raise Conflict("This e-mail address is confirmed already.")
    user = users.get(session, identity.user_id)
    mailed_links.reserve(session, email=user.email, address=address)
    send_link(session, user, Letter.VERIFY_ADDRESS, address=address)


def send_link(session: Session, user: User, letter: Letter, *, address: str) -> None:
    """Put a mail with a fresh link into the outbox."""
    link_id = links.make(session, user.user_id, LinkFor.VERIFY, email=user.email, address=address)
    outbox.enqueue(
        session,
        user.user_id,
        letter,
        dedupe=f"link:{link_id}",
        link_id=link_id,
        give_up_after=VERIFY_LASTS,
    )


def confirm(session: Session, token: str) -> Confirmed:
    """Take the link. Opens an account that waited for it. NotFound when the link is no good."""
    link = links.use(session, LinkFor.VERIFY, token)
    user = users.lock(session, link.user_id)
    if link.account != sign_in_attempts.account_of(user.email):
        raise NotFound(links.GONE)  # the account has another address since
    return Confirmed(user.user_id, prove(session, user))


def prove(session: Session, user: User) -> bool:
    """Note that the person reads this mailbox; whether that opened an account that waited."""
    addresses.verify(session, user.user_id, user.email)
    mailed_links.end_all(session, user.user_id, LinkFor.VERIFY)
    audit.add(session, "address_confirmed", actor=user.user_id)
    is_new = addresses.no_longer_waits(session, user.user_id)
    if is_new:
        users.change(session, user.user_id, is_active=True)
    return is_new
