"""Errors as the API says them: problem details (RFC 9457), one shape for all of them.

`type` is stable and is what a program should compare; `detail` is a sentence for a person. Nothing
of what was sent comes back: a mistyped password must not stand in a log of answers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api.request_ids import current
from api.v1.wording import what_is_wrong
from core import errors

MEDIA_TYPE = "application/problem+json"
AWAY_SECONDS = 5  # when to try again, while the database is away


_REQUEST = "0199e0a86f0e7c3a9d583a1b2c4d5e6f"
_FIELD_EXAMPLE: JsonDict = {"field": "age", "problem": "The field age must be 120 or less."}
_EXAMPLE: JsonDict = {
    "type": "/problems/invalid-input",
    "title": "A field does not hold what it should",
    "status": 422,
    "detail": "The field age must be 120 or less.",
    "instance": f"/requests/{_REQUEST}",
    "request_id": _REQUEST,
    "errors": [_FIELD_EXAMPLE],
}


class FieldProblem(BaseModel):
    """What is wrong with one field."""

    field: str = Field(description="Where: a field's name, or the part of the request.")
    problem: str = Field(description="What is wrong with it, in words.")

    model_config = ConfigDict(json_schema_extra={"examples": [_FIELD_EXAMPLE]})


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    type: str = Field(description="Which kind of problem; never changes.")
    title: str = Field(description="The kind in words; the same for all of this type.")
    status: int = Field(description="The HTTP status once more.")
    detail: str = Field(description="This problem, as a sentence that says what to do.")
    instance: str = Field(description="This answer; quote it when you ask for help.")
    request_id: str = Field(description="As in the header X-Request-ID, and in our log.")
    errors: list[FieldProblem] | None = Field(
        default=None, description="Field by field, where the request does not hold what it should."
    )
    reasons: list[str] | None = Field(
        default=None, description="Why a photo cannot be scored, each with what to do."
    )

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})


@dataclass(frozen=True)
class Kind:
    status: int
    slug: str
    title: str


INVALID_REQUEST = Kind(400, "invalid-request", "The request cannot be read")
NOT_SIGNED_IN = Kind(401, "not-signed-in", "There is no valid access token")
NOT_ALLOWED = Kind(403, "not-allowed", "This is not allowed")
QUESTIONS_DUE = Kind(403, "safety-questions-due", "The safety questions come first")
RED_FLAG = Kind(403, "red-flag", "A red flag stops this")
NOT_FOUND = Kind(404, "not-found", "There is no such thing")
NOT_HERE = Kind(405, "method-not-allowed", "This address has no such method")
TOO_SLOW = Kind(408, "too-slow", "The request did not arrive in time")
CONFLICT = Kind(409, "conflict", "It exists already, or has changed meanwhile")
TOO_LARGE = Kind(413, "too-large", "The request is too large")
NO_SUCH_FORMAT = Kind(415, "unsupported-media-type", "The body is in another format")
WRONG_PLACE = Kind(421, "wrong-address", "This address is not served here")
INVALID_INPUT = Kind(422, "invalid-input", "A field does not hold what it should")
UNREADABLE_PHOTO = Kind(422, "unreadable-photo", "This is no photo that is accepted")
PHOTO_REJECTED = Kind(422, "photo-rejected", "This photo cannot be scored")
TOO_MANY = Kind(429, "too-many", "A limit is reached")
UNEXPECTED = Kind(500, "unexpected", "Something went wrong")
UNAVAILABLE = Kind(503, "unavailable", "A part that is needed is away")
NO_ROOM = Kind(507, "no-room", "There is no room left to keep it")

_OF_ERRORS: dict[type[errors.SkincareError], Kind] = {
    errors.NotFound: NOT_FOUND,
    errors.SafetyQuestionsDue: QUESTIONS_DUE,  # the narrower ones first
    errors.RedFlagRaised: RED_FLAG,
    errors.NotAllowed: NOT_ALLOWED,
    errors.NotSignedIn: NOT_SIGNED_IN,
    errors.InvalidInput: INVALID_INPUT,
    errors.Conflict: CONFLICT,
    errors.TooMany: TOO_MANY,
    errors.UnreadablePhoto: UNREADABLE_PHOTO,
    errors.PhotoRejected: PHOTO_REJECTED,
    errors.NoRoom: NO_ROOM,  # the narrower one first
    errors.Unavailable: UNAVAILABLE,
}
_OF_STATUS: dict[int, tuple[Kind, str]] = {
    400: (INVALID_REQUEST, "The body cannot be read. Check it against the documentation."),
    401: (NOT_SIGNED_IN, "Sign in first: POST /api/v1/auth/login gives an access token."),
    403: (NOT_ALLOWED, "Your account may not do this."),
    404: (NOT_FOUND, "There is nothing at this address. /api/v1/docs lists what there is."),
    405: (NOT_HERE, "This address answers other methods only; the header Allow lists them."),
    408: (TOO_SLOW, "The body did not arrive in time. Try again over a better connection."),
    413: (TOO_LARGE, "The request is larger than is accepted here."),
    415: (NO_SUCH_FORMAT, "Send the body in the format that the documentation names."),
}

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Facts:
    kind: Kind
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)


def problem(
    kind: Kind, detail: str, *, headers: Mapping[str, str] | None = None, **more: Any
) -> Response:
    """The answer for one problem. `detail` is a sentence; `more` are further members."""
    request_id = current()
    content = {
        "type": f"/problems/{kind.slug}",
        "title": kind.title,
        "status": kind.status,
        "detail": detail,
        "instance": f"/requests/{request_id}",
        "request_id": request_id,
        **more,
    }
    return JSONResponse(content, kind.status, media_type=MEDIA_TYPE, headers=dict(headers or {}))


def of_error(error: errors.SkincareError) -> Response:
    """The answer for one of our own errors."""
    kind = next((kind for known, kind in _OF_ERRORS.items() if isinstance(error, known)), None)
    if kind is None:
        log.error("error_without_a_kind", error=type(error).__name__)
        return unexpected()
    headers: dict[str, str] = {}
    more: dict[str, Any] = {}
    if isinstance(error, errors.TooMany):
        headers["retry-after"] = str(max(1, math.ceil(error.retry_after)))
    elif isinstance(error, errors.Unavailable):
        headers["retry-after"] = str(AWAY_SECONDS)
        log.warning("unavailable", reason=str(error))
    elif isinstance(error, errors.NotSignedIn):
        headers["www-authenticate"] = 'Bearer realm="Skincare AI"'
    elif isinstance(error, errors.PhotoRejected):
        more["reasons"] = list(error.reasons)
    return problem(kind, str(error), headers=headers, **more)


def unexpected() -> Response:
    return problem(
        UNEXPECTED,
        "Something went wrong on our side. Try again; if it stays so, quote the request id.",
    )


async def on_error(_request: Request, error: errors.SkincareError) -> Response:
    return of_error(error)


async def on_invalid_request(_request: Request, error: RequestValidationError) -> Response:
    found = what_is_wrong(error.errors())
    first = found[0]
    return problem(INVALID_INPUT, first.sentence, errors=[vars(one.as_field()) for one in found])


async def on_http_error(request: Request, error: HTTPException) -> Response:
    """What FastAPI and Starlette raise themselves; their own words are not passed on."""
    kind, detail = _OF_STATUS.get(error.status_code, (None, ""))
    if kind is None:
        log.error("unexpected_http_error", status=error.status_code)
        return unexpected()
    headers = dict(error.headers or {})
    if kind is NOT_HERE:
        allowed: frozenset[str] = request.app.state.allowed(request.scope)
        headers = {"allow": ", ".join(sorted(allowed))}
    return problem(kind, detail, headers=headers)


def answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For a route's `responses`: these problems may come, besides those of every route."""
    return {status: _described(status) for status in statuses}


def _described(status: int) -> dict[str, Any]:
    titles = [kind.title for kind in _kinds() if kind.status == status]
    return {
        "description": "; or: ".join(titles),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def _kinds() -> list[Kind]:
    return [value for value in globals().values() if isinstance(value, Kind)]
