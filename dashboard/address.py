"""Which check a page is about: `?check=…` in its address, so that a reload shows the same.

`&against=…` names an earlier one that it is laid beside.
"""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from core.errors import NotFound

CHECK, AGAINST = "check", "against"


def check_in_address() -> UUID | None:
    """The id in the address, or None without one. NotFound for what cannot be one."""
    text = st.query_params.get(CHECK)
    if text is None:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("There is no such check.") from None


def against_in_address() -> UUID | None:
    """The earlier check in the address; None without one, or for what cannot be one."""
    try:
        return UUID(st.query_params.get(AGAINST, ""))
    except ValueError:
        return None


def of(check: UUID, *, against: UUID | None = None) -> dict[str, str]:
    """The query parameters of a page that is about this check, beside an earlier one."""
    return {CHECK: str(check)} | ({} if against is None else {AGAINST: str(against)})
