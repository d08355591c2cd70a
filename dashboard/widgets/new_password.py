"""The two fields in which a new password is typed."""

from __future__ import annotations

import streamlit as st


def new_password(label: str) -> tuple[str, str]:
    """What was typed, and what was typed again."""
    typed = st.text_input(
        label,
        type="password",
        autocomplete="new-password",
        max_chars=128,
        help="8 to 128 characters. A few words in a row are easy to keep and hard to guess.",
    )
    again = st.text_input(
        f"{label} again", type="password", autocomplete="new-password", max_chars=128
    )
    return typed, again
