"""Which check a page is about: `?check=…` in its address, so that a reload shows the same."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from core.errors import NotFound

CHECK = "check"


def check_in_address() -> UUID | None:
    """The id in the address, or None without one. NotFound for what cannot be one."""
    text = st.query_params.get(CHECK)
    if text is None:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("There is no such check.") from None


def of(check: UUID) -> dict[str, str]:
    """The query parameters of a page that is about this check."""
    return {CHECK: str(check)}
