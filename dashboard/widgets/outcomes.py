"""Checks without scores: why, and what to do."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.analyses import Status
from dashboard.words import plain
from data.analyses import Analysis


def show_unscored(analysis: Analysis) -> None:
    """A rejected or failed check: the reasons, each with what to do."""
    if analysis.status is Status.REJECTED:
        several = len(analysis.shots) > 1
        which = "None of these photos can be scored" if several else "This photo cannot be scored"
        st.subheader(which, anchor=False)
        st.markdown("Nothing is wrong with you or your skin. Another photo will do better:")
        _listed(analysis.reasons)
    else:
        st.subheader("That did not work, sorry", anchor=False)
        _listed(analysis.reasons or ("Something went wrong on our side. Please try again.",))


def try_another_photo() -> None:
    if st.button("Try another photo", type="primary", icon=":material/photo_camera:"):
        st.switch_page("pages/new_check.py")


def _listed(reasons: Sequence[str]) -> None:
    for reason in reasons:
        st.warning(plain(reason), icon=":material/lightbulb:")
