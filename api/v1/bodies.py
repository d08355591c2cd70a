"""How large a body may be, and in which format.

FastAPI reads the whole body before it asks who is calling. So a large one is taken only where
photos are expected, and only together with a token that we signed.
"""

from __future__ import annotations

from fastapi import Request
from fastapi.params import File, Form
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.v1.problems import TOO_LARGE, problem
from pipeline import tokens

SMALL = 64 * 1024  # bytes of JSON or form fields
_AROUND_A_PHOTO = 16 * 1024  # bytes of multipart headers and boundaries

# (method, address): how many photos may come in one body
PHOTOS = {
    ("POST", "/analysis"): 5,
    ("PUT", "/users/me/picture"): 1,
}

_WORDS = "The request is larger than is accepted here."


class _TooLarge(HTTPException):
    def __init__(self) -> None:
        super().__init__(413)


class BodyLimits:
    """ASGI middleware: 413 before more than the limit is read, whatever Content-Length says."""

    def __init__(self, app: ASGIApp, *, photo_bytes: int) -> None:
        self._app = app
        self._photo_bytes = photo_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = self._most(scope)
        said = Headers(scope=scope).get("content-length", "")
        if said.isascii() and said.isdigit() and int(said) > most:
            await problem(TOO_LARGE, _WORDS)(scope, receive, send)
            return
        read = 0

        async def receive_counting() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > most:
                raise _TooLarge  # passes through FastAPI as it is; the handler makes it a problem
            return message

        await self._app(scope, receive_counting, send)

    def _most(self, scope: Scope) -> int:
        address = scope["path"].removeprefix(scope.get("root_path", ""))
        photos = PHOTOS.get((scope["method"], address))
        if photos is None:
            return SMALL
        kind, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token:
            return SMALL
        known = tokens.signed_by_us(token.strip())
        return photos * (self._photo_bytes + _AROUND_A_PHOTO) + SMALL if known else SMALL


async def media_type_fits(request: Request) -> None:
    """A dependency of every route: 415 for a body in another format than the route reads."""
    field = getattr(request.scope.get("route"), "body_field", None)
    if field is None:
        return
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if isinstance(field.field_info, File | Form):
        fits = given in ("multipart/form-data", "application/x-www-form-urlencoded")
    else:
        fits = given == "application/json" or given.endswith("+json")
    if not fits and (given or await request.body()):
        raise HTTPException(415)
