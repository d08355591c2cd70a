"""What must be seen by a person and not by a camera: the questions, and what was answered."""

from __future__ import annotations

import streamlit as st

from core.people import Purpose, Role
from dashboard.identity import require
from dashboard.look import page_header
from dashboard.widgets.raised_flags import raised_flags, what_happened
from dashboard.widgets.safety_history import safety_history
from dashboard.widgets.safety_questions import begin_again, is_begun, safety_questions
from dashboard.words_of_scores import day
from data.database import read
from pipeline import consents
from pipeline.safety import answers
from pipeline.safety.raised import raised, seen_to

who = require(Role.USER)
with read() as session:
    flags = raised(session, who.user_id)
    due = answers.is_due(session, who.user_id)
    history = answers.history(session, who.user_id)
    closed = seen_to(session, who.user_id)
    agreed = consents.current(session, who.user_id)[Purpose.SAFETY_ANSWERS]

page_header(
    "Safety questions", "Some things on skin must be seen by a person. No photo can rule them out."
)
what_happened()
if due or is_begun():  # first, since what is ticked now may be the more urgent
    safety_questions(agreed=agreed is not None and agreed.in_force)
    if flags:
        st.subheader("What you told us before", anchor=False)
    raised_flags(flags)
else:
    raised_flags(flags)
    if not flags:
        st.success("Nothing of what you told us stops a check.", icon=":material/check:")
    st.caption(f"You answered on {day(history[0].answered_at)}.")
    with st.container(horizontal=True):
        if not any(flag.stops.everything for flag in flags) and st.button(
            "New check", type="primary"
        ):
            st.switch_page("pages/new_check.py")
        st.button("Something is new", icon=":material/edit_note:", on_click=begin_again)
safety_history(history, closed)
st.page_link("pages/evidence.py", label="Where these questions come from")
