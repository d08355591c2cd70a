"""Before a photo is taken: red flags first, then the safety questions, then the camera."""

from __future__ import annotations

import streamlit as st

from core.people import Identity, Purpose
from dashboard.widgets.flag_banner import flag_banner
from dashboard.widgets.raised_flags import raised_flags, what_happened
from dashboard.widgets.safety_questions import anything_new, safety_questions
from data.database import read
from pipeline import consents
from pipeline.safety import answers
from pipeline.safety.raised import raised


def safety_gate(who: Identity) -> None:
    """Ends the page's run where a flag stops every check, and until the questions are answered."""
    with read() as session:
        flags = raised(session, who.user_id)
        due = answers.is_due(session, who.user_id)
        last = answers.last(session, who.user_id)
        agreed = consents.current(session, who.user_id)[Purpose.SAFETY_ANSWERS]
    has_agreed = agreed is not None and agreed.in_force
    what_happened()
    if any(flag.stops.everything for flag in flags):
        st.markdown("No check for now: what you told us comes first.")
        raised_flags(flags)
        st.page_link("pages/safety.py", label="Your answers", icon=":material/health_and_safety:")
        st.stop()
    if due or last is None:
        st.markdown("First, four questions. Some things on skin must be seen by a person.")
        safety_questions(agreed=has_agreed)
        st.stop()
    if last.seconds_ago > answers.ONE_SITTING.total_seconds():
        if anything_new(last):
            safety_questions(agreed=has_agreed)
        st.stop()
    flag_banner(flags)
