"""Times that come in: RFC 3339 with a zone, since no server knows which midnight was meant."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import Query
from pydantic import AwareDatetime, BeforeValidator

_WRITTEN = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}")


def _written_out(value: Any) -> Any:
    """Pydantic would take 0 and "0.5" for moments after the start of 1970."""
    if not isinstance(value, str) or not _WRITTEN.match(value):
        raise ValueError("must be a time like 2026-01-31T12:00:00Z")
    return value


Time = Annotated[AwareDatetime, BeforeValidator(_written_out)]
Since = Annotated[Time | None, Query(description="Only from this time on, with its zone.")]
Until = Annotated[Time | None, Query(description="Only before this time, with its zone.")]
