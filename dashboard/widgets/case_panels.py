"""The right half of the case page: one of five panels at a time."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from core.errors import SkincareError
from core.people import Identity, Role
from dashboard.identity import guarded
from dashboard.widgets.case_answer import answer_panel
from dashboard.widgets.case_grade import grade_panel
from dashboard.widgets.case_history import history_panel
from dashboard.widgets.case_notes import notes_panel
from dashboard.widgets.case_question import question_panel
from dashboard.words import plain
from data.database import transaction
from pipeline.reviews import answers, reading

PANELS = ("Question", "Grade", "Answer", "History", "Notes")


@st.fragment
@guarded(Role.DERMATOLOGIST)
def panel(who: Identity, case_id: UUID) -> None:
    """The chosen panel; what changes the whole page draws it anew."""
    if st.session_state.pop("case_all_again", False):
        st.rerun()
    chosen = st.segmented_control(
        "Panel",
        PANELS,
        default=PANELS[0],
        required=True,
        label_visibility="collapsed",
        key="case_panel",
    )
    try:
        with transaction() as session:
            opened = reading.open_(session, who, case_id)
            if opened.case.is_mine:
                answers.spend_time(session, who, case_id)
    except SkincareError as error:
        st.error(plain(str(error)))
        return
    with st.container(key="grade_panel" if chosen == "Grade" else "panel"):
        match chosen:
            case "Question":
                question_panel(who, opened)
            case "Grade":
                grade_panel(opened)
            case "Answer":
                answer_panel(who, opened)
            case "History":
                history_panel(opened)
            case _:
                notes_panel(who, opened)
