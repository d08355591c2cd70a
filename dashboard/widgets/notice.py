"""What a callback has to say, shown by the run that follows, at the place that it belongs to."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec

import streamlit as st

from core.errors import SkincareError
from dashboard.words import plain

P = ParamSpec("P")


def told(place: str, action: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> bool:
    """Run `action`; a refusal is kept for `place`. Whether it went well."""
    try:
        action(*args, **kwargs)
    except SkincareError as error:
        st.session_state[_key(place)] = ("refused", str(error))
        return False
    return True


def tell(place: str, sentence: str) -> None:
    """Keep a sentence about what went well for `place`."""
    st.session_state[_key(place)] = ("done", sentence)


def hear(place: str) -> bool:
    """Show what is kept for `place`, once. Whether there was anything."""
    kind, sentence = st.session_state.pop(_key(place), (None, ""))
    if kind == "refused":
        st.error(plain(sentence))
    elif kind == "done":
        st.success(plain(sentence), icon=":material/check:")
    return kind is not None


def _key(place: str) -> str:
    return f"notice_{place}"
