"""Says on other pages that a red flag is open, and where to read what to do."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.red_flags import Raised, stopped
from pipeline.safety import words


def flag_banner(flags: Sequence[Raised]) -> None:
    """Nothing where no flag is open."""
    if not flags:
        return
    held = words.held_back(stopped(flags))
    st.warning(
        f"What you told us has to be seen by a person first. {held}",
        icon=":material/health_and_safety:",
    )
    st.page_link("pages/safety.py", label="What you told us, and where to turn")
