"""Registering, signing in and out, and the next pair of tokens."""

from __future__ import annotations

import json
from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from api.v1.caller import Caller
from api.v1.problems import answers
from api.v1.schemas.auth import Credentials, RefreshToken, Registered, Registration, Tokens
from core.errors import NotAllowed, NotSignedIn
from data.database import transaction
from pipeline import accounts, registration, second_factor, tokens

router = APIRouter(prefix="/auth", tags=["signing in"])

REUSED = "This refresh token was used before, so its session was ended. Sign in again."

_FORM = "application/x-www-form-urlencoded"
_FORM_SCHEMA = {
    "type": "object",
    "title": "OAuth2 password form",
    "required": ["username", "password"],
    "properties": {
        "username": {"type": "string", "description": "The account's e-mail address."},
        "password": {
            "type": "string",
            "format": "password",
            "description": "The account's password.",
        },
        "grant_type": {"type": "string", "enum": ["password"], "description": "Always password."},
        "scope": {"type": "string", "description": "Not used."},
    },
}
# One address for both: JSON for programs, the form for OAuth2 clients such as Swagger's Authorize.
_JSON_OR_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/Credentials"}},
            _FORM: {"schema": _FORM_SCHEMA},
        },
    }
}


@router.post("/register", status_code=201, responses=answers(409))
def register(given: Registration, request: Request) -> Registered:
    """Make an account. It is an ordinary one; nobody can choose a role for themselves.

    Where the installation sends mail, the account opens by a link in a mail, and the answer is the
    same for an address that has an account already.
    """
    address = request.client.host if request.client else "unknown"
    with transaction() as session:
        user_id = registration.register(session, address=address, **given.model_dump())
    said = "Account created. Sign in to use it." if user_id else registration.ANSWER
    return Registered(user_id=user_id, message=said)


async def _credentials(request: Request) -> Credentials:
    """Who wants to sign in, from JSON or from the OAuth2 form."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await request.body()
    if kind == _FORM:
        given = _from_form(body)
    elif kind == "application/json":
        given = _from_json(body)
    else:
        raise HTTPException(415)
    try:
        return Credentials.model_validate(given)
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False)
        raise RequestValidationError(
            [{**one, "loc": ("body", *one["loc"])} for one in found]
        ) from None


def _from_json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise RequestValidationError([{"type": "json_invalid", "loc": ("body",)}]) from None


def _from_form(body: bytes) -> Any:
    try:
        fields = parse_qs(
            body.decode("ascii"), keep_blank_values=True, max_num_fields=20, errors="strict"
        )
    except ValueError:  # no form, or bytes that are no UTF-8
        raise HTTPException(400) from None
    # RFC 6749, section 4.3.2: further parameters are ignored, none may come twice.
    if any(len(values) > 1 for values in fields.values()):
        raise HTTPException(400)
    names = {"username": "email", "password": "password"}
    return {ours: fields[theirs][0] for theirs, ours in names.items() if theirs in fields}


@router.post("/login", responses=answers(401), openapi_extra=_JSON_OR_FORM)
def login(given: Annotated[Credentials, Depends(_credentials)], request: Request) -> Tokens:
    """Sign in. With JSON `{"email", "password"}`, or as OAuth2 form with `username`, `password`.

    The answer to a wrong e-mail address and to a wrong password is the same. Where the account
    has a second factor, `code` (JSON only) is a code of the app or a recovery code; staff set
    theirs up by signing in in a browser once.
    """
    address = request.client.host if request.client else "unknown"
    try:
        with transaction() as session:
            user_id = accounts.sign_in(
                session, email=given.email, password=given.password, address=address
            )
            second_factor.require(session, user_id, given.code, address=address)
            pair = tokens.issue(
                session,
                user_id,
                address=address,
                user_agent=request.headers.get("user-agent", "")[:400],
            )
    except NotAllowed as wrong:  # known as 403 elsewhere; here nobody is signed in yet
        raise NotSignedIn(str(wrong)) from None
    return _said(pair)


@router.post("/refresh", responses=answers(401))
def refresh(given: RefreshToken) -> Tokens:
    """The next pair of tokens. Each refresh token works once.

    Whoever sends one a second time ends the session: one of the two who had it is not its owner.
    """
    with transaction() as session:
        pair = tokens.refresh(session, given.refresh_token)
    if pair is None:  # after the block, so that the end of the session is kept
        raise NotSignedIn(REUSED)
    return _said(pair)


@router.post("/logout", status_code=204, responses=answers(401))
def logout(caller: Caller) -> None:
    """End this session: its access and refresh tokens work no longer."""
    with transaction() as session:
        accounts.sign_out(session, caller.session_id)


def _said(pair: tokens.Pair) -> Tokens:
    return Tokens(access_token=pair.access, refresh_token=pair.refresh, expires_in=pair.expires_in)
