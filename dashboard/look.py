"""The visual identity beyond what `.streamlit/config.toml` can say: logo, spacing, small parts.

The style rules of whole pages stand in `look.css`; a widget of our own markup brings its own.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

STATIC = Path(__file__).parent / "static"
_LOGO = "/app/static/logo.svg"  # an address, not a file: visitors have no media

_STYLE = Path(__file__).parent / "look.css"


def dress() -> None:
    """Style and logo; called once at the start of every run."""
    st.html(_STYLE)
    st.logo(_LOGO, size="large", link=None)


def page_header(title: str, lead: str | None = None) -> None:
    """The heading of a page. Both are our own words: escape what a person wrote (words.plain)."""
    st.title(title, anchor=False)
    if lead:
        st.markdown(f":gray[{lead}]")
