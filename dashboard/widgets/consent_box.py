"""Asking for a consent: a box of its own, never ticked beforehand, beside the kept wording."""

from __future__ import annotations

import streamlit as st

from core.people import Purpose
from pipeline.consents import WORDING

NOT_TICKED = "Tick the box above first: without your consent the photo is not analysed."


def consent_box(purpose: Purpose) -> bool:
    """Draw the box; whether it is ticked."""
    with st.container(border=True):
        st.markdown("**Your consent**")
        return st.checkbox(WORDING[purpose], value=False, key=f"consent_to_{purpose.value}")
