"""Who a browser is. A cookie's token is only ever stored as its SHA-256.

The API's sessions stand in the same table (pipeline.tokens): one list of where a person is signed
in, and one way to end each.
"""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from core.errors import NotFound, NotSignedIn
from core.people import Identity
from data import audit, sessions, users
from pipeline import devices

_LONGEST_USER_AGENT = 200


@dataclass(frozen=True)
class LiveSession:
    """One place where a person is signed in."""

    session_id: UUID
    created_at: datetime
    last_seen_at: datetime
    user_agent: str
    address_hint: str  # the network address without its last part; "" when not known


def issue_ticket(session: Session, user_id: UUID, *, visitor: str) -> str:
    """A ticket for the visitor who has just signed in: good once, for 60 s, for this visitor."""
    ticket = secrets.token_urlsafe(32)
    sessions.add_ticket(session, user_id, ticket_hash=_hash(ticket), visitor_hash=_hash(visitor))
    return ticket


def redeem_ticket(
    session: Session, ticket: str, *, visitor: str, address: str, user_agent: str
) -> str:
    """Turn a ticket into a session; the token for its cookie. Raises NotSignedIn."""
    user_id = sessions.take_ticket(session, ticket_hash=_hash(ticket), visitor_hash=_hash(visitor))
    if user_id is None or not users.get(session, user_id).is_active:
        raise NotSignedIn("The sign-in took too long. Please sign in again.")
    token = secrets.token_urlsafe(32)
    begin(session, user_id, token_hash=_hash(token), address=address, user_agent=user_agent)
    return token


def begin(
    session: Session, user_id: UUID, *, token_hash: bytes, address: str, user_agent: str
) -> UUID:
    """A new session of the person; its id. `token_hash` is all that is kept of its secret."""
    browser, hint = _printable(user_agent), _hint(address)
    session_id = sessions.add(
        session, user_id, token_hash=token_hash, user_agent=browser, address_hint=hint
    )
    audit.add(session, "session_began", actor=user_id, session_id=str(session_id))
    devices.signed_in(
        session, user_id, session_id, user_agent=browser, address=address, address_hint=hint
    )
    return session_id


def identify(session: Session, token: str) -> Identity | None:
    """Who has this cookie: an active person with a live session, or None."""
    return _seen(session, sessions.find(session, token_hash=_hash(token)))


def identity_of(session: Session, session_id: UUID) -> Identity | None:
    """Who has this session, by the same rules. Pages ask this at every run."""
    return _seen(session, sessions.find(session, session_id=session_id))


def watching(session: Session, session_id: UUID) -> Identity | None:
    """As `identity_of`, but to look on is not to use: a tab that is left open ends by itself."""
    found = sessions.find(session, session_id=session_id)
    return None if found is None else _as_identity(found)


def watching_with(session: Session, token: str) -> Identity | None:
    """As `watching`, for whoever has this cookie."""
    found = sessions.find(session, token_hash=_hash(token))
    return None if found is None else _as_identity(found)


def live(session: Session, user_id: UUID) -> list[LiveSession]:
    """Where the person is signed in, last used first."""
    return [
        LiveSession(
            row.session_id, row.created_at, row.last_seen_at, row.user_agent, row.address_hint
        )
        for row in sessions.live(session, user_id)
    ]


def end(session: Session, user_id: UUID, session_id: UUID) -> None:
    """End one of the person's own sessions."""
    if not sessions.end(session, user_id, session_id):
        raise NotFound("This session has ended already.")
    audit.add(session, "session_ended", actor=user_id, session_id=str(session_id))


def end_others(session: Session, user_id: UUID, session_id: UUID) -> None:
    """End all of the person's sessions but this one."""
    sessions.end_all(session, user_id, but=session_id)
    audit.add(session, "other_sessions_ended", actor=user_id)


def _seen(session: Session, found: sessions.Found | None) -> Identity | None:
    if found is None:
        return None
    _, row, now = found
    sessions.touch(session, row, now)
    return _as_identity(found)


def _as_identity(found: sessions.Found) -> Identity:
    user, row, _ = found
    return Identity(user.user_id, row.session_id, user.email, user.first_name, user.role)


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def _printable(text: str) -> str:
    kept = "".join(c for c in text if unicodedata.category(c)[0] != "C")
    return kept[:_LONGEST_USER_AGENT]


def _hint(address: str) -> str:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is None:
            return ":".join(ip.exploded.split(":")[:3]) + ":…"
        ip = ip.ipv4_mapped
    return str(ip).rpartition(".")[0] + ".…"
