"""What a person sees before the first check."""

from __future__ import annotations

import streamlit as st

from dashboard.look import page_header

_PICTURE = """
<img src="/app/static/guide_bare_skin.svg" alt="" style="display:block;width:100%;max-width:20rem">
"""


def welcome(name: str) -> None:
    """`name` is shown as Markdown: escape it (words.plain)."""
    words, picture = st.columns([3, 2], gap="large", vertical_alignment="center")
    with words:
        page_header(f"Welcome, {name}", "One photo of your face, and the first scores.")
        st.markdown(
            """
            - **Honest numbers.** Each score comes with the range it is likely in, and with a
              picture of where it comes from. What a photo cannot show is left out.
            - **Changes that are real.** From the second check on you see whether a change is more
              than the noise between two photos.
            - **Your photo stays yours.** It is encrypted, and you can delete it at any time.
            """
        )
        if st.button("Make the first check", type="primary"):
            st.switch_page("pages/new_check.py")
    with picture:
        st.html(_PICTURE)
