"""The referral letter to take along, for the person and for the dermatologist."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st


def letter_button(pdf: Callable[[], bytes], *, key: str) -> None:
    """The PDF is made when the button is pressed, not each time its page is drawn."""
    st.download_button(
        "The letter as PDF",
        pdf,
        file_name="referral-letter.pdf",
        mime="application/pdf",
        icon=":material/picture_as_pdf:",
        on_click="ignore",
        key=key,
    )
