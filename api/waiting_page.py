"""What a browser is shown while nothing can be answered: words, and it tries again by itself."""

from __future__ import annotations

from starlette.responses import Response

_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Skincare AI: {title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="{seconds}">
<style>:root{{color-scheme:light dark}}body{{font:1.1rem/1.6 system-ui,sans-serif;
max-width:32rem;margin:20vh auto;padding:0 1.5rem}}h1{{line-height:1.2}}</style></head>
<body><h1>{heading}</h1><p>{words}</p><p>This page tries again by itself.</p></body></html>
"""


def waiting_page(words: str, *, title: str, heading: str, seconds: int) -> Response:
    """A 503 that is loaded again after so many seconds. All words are ours: nothing is escaped."""
    page = _PAGE.format(words=words, title=title, heading=heading, seconds=seconds)
    return Response(page, 503, {"retry-after": str(seconds)}, media_type="text/html")
