"""Addresses in mails: links that work once, and the one that ends mails of a kind.

A token follows from the link's id and a key of ours. So the database holds only its hash, and yet
a mail that is tried again has the same link.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from uuid import UUID

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.ids import new_id
from core.keys import read_or_make
from core.mail import LinkFor
from core.notifications import Kind
from core.settings import settings
from data import mailed_links

NOBODY = UUID(int=0)  # has no account
_LONGEST = 500  # characters of a token that are looked at
GONE = "This link does not work any more. It may have been used, or its time has passed."

PATHS = {LinkFor.RESET: "/reset-password", LinkFor.VERIFY: "/mail/verify"}
UNSUBSCRIBE = "/mail/unsubscribe"


def make(
    session: Session, user_id: UUID | None, purpose: LinkFor, *, email: str, address: str
) -> UUID:
    """A new link for the account of this e-mail, or for none; its id. The mail makes the token."""
    link_id = new_id()
    mailed_links.add(
        session,
        link_id,
        user_id,
        purpose,
        token_hash=_hash(token(link_id)),
        email=email,
        address=address,
    )
    return link_id


@dataclass(frozen=True)
class Used:
    """A link that was taken, for the first and last time."""

    link_id: UUID
    user_id: UUID
    account: str  # pseudonym of the e-mail address that it went to


def use(session: Session, purpose: LinkFor, given: str) -> Used:
    """Take the link of this token.

    Raises NotFound, the same for a made-up, used or expired one.
    """
    found = mailed_links.use(session, purpose, token_hash=_hash(given[:_LONGEST]))
    if found is None or found.user_id is None:
        raise NotFound(GONE)
    return Used(found.link_id, found.user_id, found.account)


def is_good(session: Session, purpose: LinkFor, given: str) -> bool:
    """Whether `use` would take it now."""
    return mailed_links.is_known(session, purpose, token_hash=_hash(given[:_LONGEST]))


def token(link_id: UUID) -> str:
    """43 characters that nobody can guess without our key."""
    made = hmac.digest(_key(), b"link\0" + link_id.bytes, "sha256")
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode("ascii")


def address(purpose: LinkFor, link_id: UUID) -> str:
    return page(f"{PATHS[purpose]}?token={token(link_id)}")


def unsubscribe_address(user_id: UUID, kind: Kind) -> str:
    """Ends mails of this kind for this person, for whoever has the mail. It does not expire."""
    return page(f"{UNSUBSCRIBE}?token={_signer().dumps([user_id.hex, kind.value])}")


def unsubscribed(given: str) -> tuple[UUID, Kind]:
    """Who wants no more mails of which kind. NotFound for a token that is not ours."""
    try:
        user_id, kind = _signer().loads(given[:_LONGEST])
        return UUID(user_id), Kind(kind)
    except (BadSignature, ValueError, TypeError):
        raise NotFound(GONE) from None


def page(path: str) -> str:
    """A path of ours as an address that a mail can hold."""
    return (settings().public_url or "").rstrip("/") + path


def _hash(given: str) -> bytes:
    return hashlib.sha256(given.encode("utf-8", "surrogatepass")).digest()


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(
        _key(), salt="unsubscribe", signer_kwargs={"digest_method": hashlib.sha256}
    )


def _key() -> bytes:
    return read_or_make("mail.key")
