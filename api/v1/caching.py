"""Answers that hold something personal: no cache may keep them, a program may ask "still so?".

`Cache-Control: private, no-store` stands on every answer already (api.headers).
"""

from __future__ import annotations

import hashlib

from starlette.requests import Request
from starlette.responses import Response


def personal(request: Request, content: bytes, media_type: str) -> Response:
    """The content with its ETag, or 304 where the client says that it has just this."""
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    known = request.headers.get("if-none-match", "")
    if etag in (tag.strip().removeprefix("W/") for tag in known[:1000].split(",")):
        return Response(status_code=304, headers={"etag": etag})
    return Response(content, media_type=media_type, headers={"etag": etag})
