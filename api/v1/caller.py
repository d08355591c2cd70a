"""Who is calling: by the bearer token alone. Without cookies no other site can act for somebody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import Depends
from fastapi.security import OAuth2PasswordBearer
from sqlalchemy.orm import Session

from core.errors import NotAllowed, NotSignedIn
from core.people import Identity, Role
from data import sessions
from data.database import read, transaction
from pipeline import tokens

BEARER = OAuth2PasswordBearer(
    tokenUrl="/api/v1/auth/login",
    refreshUrl="/api/v1/auth/refresh",
    scheme_name="bearer",
    description="The access token of POST /auth/login, as `Authorization: Bearer …`.",
    auto_error=False,
)


async def _token(token: Annotated[str | None, Depends(BEARER)]) -> str:
    if not token:
        raise NotSignedIn("Sign in first: POST /api/v1/auth/login gives an access token.")
    tokens.check_signature(token)  # before anything else of the request is judged
    return token


# Signed by us, no more: for routes that ask who it is in the transaction in which they read.
Token = Annotated[str, Depends(_token)]


def _caller(token: Token) -> Identity:
    with transaction() as session:
        return tokens.identify(session, token)


Caller = Annotated[Identity, Depends(_caller)]


@contextmanager
def reading(token: str) -> Iterator[tuple[Session, Identity]]:
    """One transaction that finds out who is calling and reads for them; raises NotSignedIn.

    Half the connections, beginnings and ends of `Caller` and `data.database.read`.
    """
    with read() as session:
        who, is_touch_due = tokens.recognise(session, token)
        yield session, who
    if is_touch_due:
        with transaction() as session:
            sessions.touch_due(session, who.session_id)


def require_role(*roles: Role) -> Callable[[Identity], Identity]:
    """For `Annotated[Identity, Depends(require_role(…))]`: a caller who has one of these roles."""

    def caller(identity: Caller) -> Identity:
        if identity.role not in roles:
            raise NotAllowed("Your account may not do this.")
        return identity

    return caller
