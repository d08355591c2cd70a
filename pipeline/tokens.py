"""The API's tokens: a signed access token for an hour, and a refresh token that works once.

Both name a row of `auth_sessions`, the same table as the browsers'; it is asked at every request.
So signing out, a new password, another role or a closed account ends them at once, and a stolen
refresh token is noticed: whoever comes second with it ends the session for both.
Time is the database's, as for all sessions.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Literal
from uuid import UUID

import jwt
import structlog
from sqlalchemy.orm import Session

from core.errors import NotSignedIn
from core.keys import jwt_key
from core.people import Identity
from core.settings import settings
from data import audit, refresh_tokens, sessions
from pipeline import web_sessions

log = structlog.get_logger(__name__)

ISSUER = "skincare-ai"
AUDIENCE = "skincare-ai/api/v1"
_CLAIMS = ("iss", "aud", "sub", "jti", "typ", "sid", "iat", "exp")

INVALID = "The token is not valid. Sign in again."
ENDED = "This session has ended. Sign in again."

Kind = Literal["access", "refresh"]


@dataclass(frozen=True)
class Pair:
    """What a client gets when it signs in or refreshes."""

    access: str
    refresh: str
    expires_in: int  # seconds from now that the access token lasts


@dataclass(frozen=True)
class _Claims:
    user_id: UUID
    session_id: UUID
    token_id: str
    expires: int  # seconds since 1970


def issue(session: Session, user_id: UUID, *, address: str, user_agent: str) -> Pair:
    """A new session for somebody who has just given the right password, and its first tokens."""
    token_id = secrets.token_urlsafe(24)
    session_id = web_sessions.begin(
        session,
        user_id,
        token_hash=_fingerprint(token_id),
        address=address,
        user_agent=user_agent,
    )
    found = sessions.find(session, session_id=session_id)
    if found is None:  # deactivated between the password and here
        raise NotSignedIn(ENDED)
    return _pair(found, token_id)


def refresh(session: Session, token: str) -> Pair | None:
    """The next pair for a refresh token that was not used yet. Raises NotSignedIn.

    None: it was used before, so somebody else has it too; the session is over for both of them.
    Commit that, then say so.
    """
    claims = _read(token, "refresh")
    found = _found(session, claims)
    token_id = secrets.token_urlsafe(24)
    if not refresh_tokens.rotate(
        session,
        claims.user_id,
        claims.session_id,
        used=_fingerprint(claims.token_id),
        following=_fingerprint(token_id),
    ):
        log.warning("refresh_token_reused", session_id=str(claims.session_id))
        sessions.end(session, claims.user_id, claims.session_id)
        audit.add(session, "refresh_token_reused", actor=claims.user_id)
        return None
    return _pair(found, token_id)


def identify(session: Session, token: str) -> Identity:
    """Who sends this access token: an active person with a live session. Raises NotSignedIn."""
    who, is_touch_due = recognise(session, token)
    if is_touch_due:
        sessions.touch_due(session, who.session_id)
    return who


def recognise(session: Session, token: str) -> tuple[Identity, bool]:
    """As `identify`, without writing; and whether the session's use is due to be noted."""
    user, row, now = _found(session, _read(token, "access"))
    who = Identity(user.user_id, row.session_id, user.email, user.first_name, user.role)
    return who, sessions.is_touch_due(row, now)


def check_signature(token: str) -> None:
    """Raises NotSignedIn for what is no access token of ours; whether it still counts, `identify`.

    For refusing strangers before a request is judged any further.
    """
    _read(token, "access")


def signed_by_us(token: str) -> UUID | None:
    """Whose access token it says it is. Only the signature is checked: never enough to be let in.

    For what comes before the database is asked: how large a body to take, whose requests to count.
    """
    try:
        claims = _read(token, "access")
    except NotSignedIn:
        return None
    # This machine's clock may be wrong; a token of last week is not taken all the same.
    return claims.user_id if claims.expires > time.time() - 86400 else None


def _found(session: Session, claims: _Claims) -> sessions.Found:
    found = sessions.find(session, session_id=claims.session_id)
    if found is None or found[0].user_id != claims.user_id:
        raise NotSignedIn(ENDED)
    if claims.expires <= found[2].timestamp():
        raise NotSignedIn("The token has expired. Get the next one with the refresh token.")
    return found


def _pair(found: sessions.Found, refresh_id: str) -> Pair:
    user, row, now = found
    lasts = min(timedelta(hours=settings().jwt_expiration_hours), row.expires_at - now)
    access_id = secrets.token_urlsafe(16)
    return Pair(
        _signed("access", user.user_id, row.session_id, access_id, now, now + lasts),
        _signed("refresh", user.user_id, row.session_id, refresh_id, now, row.expires_at),
        max(1, int(lasts.total_seconds())),
    )


def _signed(
    kind: Kind, user_id: UUID, session_id: UUID, token_id: str, now: datetime, until: datetime
) -> str:
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(user_id),
        "sid": str(session_id),
        "jti": token_id,
        "typ": kind,
        "iat": int(now.timestamp()),
        "exp": int(until.timestamp()),
    }
    return jwt.encode(claims, jwt_key(), algorithm=settings().jwt_algorithm)


def _read(token: str, kind: Kind) -> _Claims:
    return _verified(token, kind, jwt_key(), settings().jwt_algorithm)


@lru_cache(maxsize=2000)  # the same token comes with every request; what is refused is not kept
def _verified(token: str, kind: Kind, key: bytes, algorithm: str) -> _Claims:
    """What the token says, which does not change; whether it has expired is asked elsewhere."""
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            issuer=ISSUER,
            audience=AUDIENCE,
            options={
                "require": list(_CLAIMS),
                "strict_aud": True,
                "verify_exp": False,  # by the database's clock, in _found
                "verify_iat": False,
            },
        )
        if claims["typ"] != kind:
            raise NotSignedIn(f"This is no {kind} token.")
        expires = claims["exp"]
        if not isinstance(expires, int):  # NaN would never be over
            raise NotSignedIn(INVALID)
        return _Claims(UUID(claims["sub"]), UUID(claims["sid"]), claims["jti"], expires)
    except (jwt.InvalidTokenError, ValueError, TypeError, AttributeError):
        raise NotSignedIn(INVALID) from None


def _fingerprint(token_id: str) -> bytes:
    """32 bytes. Not SHA-256, as a cookie's: no cookie can be made that hashes to the same."""
    return hashlib.blake2b(token_id.encode(), digest_size=32, person=b"refresh token").digest()
