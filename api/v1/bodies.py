"""How large a body may be, how long it may take, and in which format.

FastAPI reads the whole body before it asks who is calling. So a large one is taken only where
photos are expected, and only together with a token that we signed.
"""

from __future__ import annotations

import asyncio
import re

from fastapi import Request
from fastapi.params import File, Form
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartParser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.v1.problems import TOO_LARGE, problem
from pipeline import tokens

SMALL = 64 * 1024  # bytes of JSON or form fields
_SLOWEST = 30.0, 50_000.0  # seconds in any case, and bytes a second: a poor mobile network
_AROUND_A_PHOTO = 16 * 1024  # bytes of multipart headers and boundaries

# (method, pattern of the address): how many photos may come in one body
PHOTOS = {
    ("POST", "/analysis"): 5,
    ("PUT", "/users/me/picture"): 1,
    ("POST", r"/dermatologist/consultations/[^/]{32,36}/messages/with-pictures"): 4,
}

_WORDS = "The request is larger than is accepted here."


def most_with_photos(photo_bytes: int) -> int:
    """Bytes of the largest body that is taken anywhere."""
    return max(PHOTOS.values()) * (photo_bytes + _AROUND_A_PHOTO) + SMALL


def keep_uploads_in_memory(photo_bytes: int) -> None:
    """Photos in forms stay in memory: Starlette would write those over 1 MiB to /tmp, as they are.

    For every form of this process, the pages' too. What no limit lets through needs no room.
    """
    MultiPartParser.spool_max_size = most_with_photos(photo_bytes)


class BodyLimits:
    """ASGI middleware: 413 before more than the limit is read, 408 for a body that trickles."""

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
        read, is_whole = 0, False
        ends = asyncio.get_running_loop().time() + _SLOWEST[0] + most / _SLOWEST[1]

        async def receive_counting() -> Message:
            nonlocal read, is_whole
            if is_whole:  # what comes now is that the client went away
                return await receive()
            # Both pass through FastAPI as they are; the handler makes them problems.
            try:
                async with asyncio.timeout_at(ends):
                    message = await receive()
            except TimeoutError:
                raise HTTPException(408) from None
            read += len(message.get("body", b""))
            if read > most:
                raise HTTPException(413)
            is_whole = not message.get("more_body", False)
            return message

        await self._app(scope, receive_counting, send)

    def _most(self, scope: Scope) -> int:
        address = scope["path"].removeprefix(scope.get("root_path", ""))
        photos = _photos(scope["method"], address)
        if photos is None:
            return SMALL
        kind, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token:
            return SMALL
        known = tokens.signed_by_us(token.strip())
        return photos * (self._photo_bytes + _AROUND_A_PHOTO) + SMALL if known else SMALL


def _photos(method: str, address: str) -> int | None:
    return next(
        (
            photos
            for (its_method, pattern), photos in PHOTOS.items()
            if its_method == method and re.fullmatch(pattern, address)
        ),
        None,
    )


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
