"""Who is calling: by the bearer token alone. Without cookies no other site can act for somebody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends
from fastapi.security import OAuth2PasswordBearer

from core.errors import NotAllowed, NotSignedIn
from core.people import Identity, Role
from data.database import transaction
from pipeline import tokens

BEARER = OAuth2PasswordBearer(
    tokenUrl="/api/v1/auth/login",
    refreshUrl="/api/v1/auth/refresh",
    scheme_name="bearer",
    description="The access token of POST /auth/login, as `Authorization: Bearer …`.",
    auto_error=False,
)


def _caller(token: Annotated[str | None, Depends(BEARER)]) -> Identity:
    if not token:
        raise NotSignedIn("Sign in first: POST /api/v1/auth/login gives an access token.")
    with transaction() as session:
        return tokens.identify(session, token)


Caller = Annotated[Identity, Depends(_caller)]


def require_role(*roles: Role) -> Callable[[Identity], Identity]:
    """For `Annotated[Identity, Depends(require_role(…))]`: a caller who has one of these roles."""

    def caller(identity: Caller) -> Identity:
        if identity.role not in roles:
            raise NotAllowed("Your account may not do this.")
        return identity

    return caller
