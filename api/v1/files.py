"""Answers that are files, as the OpenAPI document describes them."""

from __future__ import annotations

from typing import Any


def file(media_type: str, description: str, **more: Any) -> dict[int | str, dict[str, Any]]:
    """The 200 of a route that answers with bytes; `more` goes beside, as headers do."""
    schema = {"type": "string", "format": "binary"}
    return {200: {"description": description, "content": {media_type: {"schema": schema}}, **more}}
