"""Swagger UI at /api/v1/docs, from our own address: the content security policy allows no other."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import BaseRoute, Route

FOLDER = Path(__file__).parent / "swagger"
# As the page asks for them → as they are kept. Every browser unpacks gzip.
_FILES = {
    "swagger-ui-bundle.js": ("swagger-ui-bundle.js.gz", "text/javascript"),
    "swagger-ui.css": ("swagger-ui.css.gz", "text/css"),
    "start.js": ("start.js", "text/javascript"),
}
_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Skincare AI: the API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="{prefix}/docs/swagger-ui.css">
<link rel="icon" href="/app/static/icon.png"></head>
<body><div id="swagger-ui" data-document="{prefix}/openapi.json"></div>
<script src="{prefix}/docs/swagger-ui-bundle.js"></script>
<script src="{prefix}/docs/start.js"></script>
<noscript><p>This page needs JavaScript. The document itself is at
<a href="{prefix}/openapi.json">{prefix}/openapi.json</a>.</p></noscript></body></html>
"""


def documentation(prefix: str) -> list[BaseRoute]:
    """The page and its three files."""
    page = _PAGE.replace("{prefix}", prefix)

    async def docs(_request: Request) -> Response:
        return HTMLResponse(page)

    return [
        Route("/docs", docs, methods=["GET"]),
        *(Route(f"/docs/{name}", partial(_file, name), methods=["GET"]) for name in _FILES),
    ]


async def _file(name: str, _request: Request) -> Response:
    kept, media_type = _FILES[name]
    packed = {"content-encoding": "gzip"} if kept.endswith(".gz") else {}
    return FileResponse(FOLDER / kept, media_type=media_type, headers=packed)
