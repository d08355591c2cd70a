"""Which version of the model scores new checks; administrators decide on recalibrations here."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from core.people import Role
from core.recalibration import State
from dashboard.identity import require
from dashboard.look import page_header
from dashboard.widgets import model_decision
from dashboard.widgets.model_figures import curves, figures, tones
from dashboard.widgets.notice import hear
from dashboard.words import plain
from dashboard.words_of_scores import day_and_time
from data.database import read
from models.manifest import manifest
from pipeline.recalibration import proposals

BADGES: dict[State, tuple[str, Literal["orange", "green", "gray"]]] = {
    State.PROPOSED: ("waits for a decision", "orange"),
    State.ACCEPTED: ("in service", "green"),
    State.DECLINED: ("declined", "gray"),
    State.WITHDRAWN: ("withdrawn", "gray"),
}

who = require(Role.ADMIN)
page_header(
    "Models",
    "Which version scores new checks, and how dermatologists' blind grades would bend its scale.",
)
with read() as session:
    found = proposals.listed(session, who)
    running = proposals.in_service(session)

hear(model_decision.PLACE)
version = manifest().version if running is None else running.version
with st.container(border=True):
    st.markdown(f"New checks are scored by version **{plain(version)}**.")
    if running is None:
        st.caption("As it was trained: no recalibration is in service.")
    elif running.decided_at is not None:
        st.caption(
            f"In service since {day_and_time(running.decided_at)}. Results that were made before "
            "keep their version, and Trends marks where it changed."
        )

if not found:
    st.info(
        "Nothing was proposed yet. `python3 run.py recalibrate`, where the product runs, fits the "
        "scores to what dermatologists graded blind, and says how many grades are missing."
    )
for one in found:
    label, colour = BADGES[one.state]
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(plain(one.version), anchor=False, width="content")
            st.badge(label, color=colour)
        st.caption(f"Proposed on {day_and_time(one.proposed_at)}")
        if one.decided_at is not None:
            by = plain(one.decided_by or "somebody who has left the staff")
            st.text(f"Decided on {day_and_time(one.decided_at)} by {by}.")
            if one.reason:
                st.text(f"Reason: {one.reason}")
        if one.state in (State.PROPOSED, State.ACCEPTED):
            curves(one)
            figures(one)
            tones(one)
            model_decision.decide(who, one)
        else:
            with st.expander("Figures"):
                figures(one)
                tones(one)
with st.expander("What these figures mean", icon=":material/help:"):
    st.markdown(
        """
- **Mean error**: by how many points score and grade differ, over people, before and after. Every
  person's error is of a curve that their own grades did not help to fit.
- **Gain**: mean error before less after, with the interval that holds 95 of 100 figures when people
  are drawn again, 1000 times. Where it has zero in it, the metric stays as it is.
- **Interval holds**: the share of grades inside the 90 % interval of their score.
- The order of two skins never changes by this, so correlations with grades stay what they are.
- Only blind grades count, of people whose consent to improving the software is in force.
"""
    )
