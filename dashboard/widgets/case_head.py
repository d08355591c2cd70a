"""Above a case: where it stands, its clock, and what can be done with it as a whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import streamlit as st
from sqlalchemy.orm import Session

from core.consultations import HAS_ANSWER, Consultation, State
from core.people import Identity, Role
from dashboard.identity import guarded
from dashboard.widgets.notice import hear, tell, told
from dashboard.words_of_consultations import PRIORITIES, STATES_FOR_STAFF, is_running, time_left
from data.database import now as database_now
from data.database import read, transaction
from pipeline.consultations import claims, thread
from pipeline.reviews import reading
from pipeline.reviews.reading import Opened, Standing

PLACE = "case_head"
EVERY = 10  # seconds after which the page sees that a consent was withdrawn
_Action = Callable[[Session, Identity, UUID], Any]
_ACTIONS: dict[str, tuple[str, str, _Action]] = {
    "release": ("Give back", "The case is in the queue again.", claims.release),
    "hand_on": ("Hand on", "Your colleagues have been told.", claims.hand_on),
    "second": (
        "Second opinion",
        "The case is in the queue for another reader.",
        thread.want_second_opinion,
    ),
    "close": ("Close", "The case is closed.", thread.close_case),
}


def case_head(opened: Opened) -> None:
    case = opened.case.consultation
    with read() as session:
        now = database_now(session)
    with st.container(horizontal=True, vertical_alignment="center", key="case_head"):
        st.markdown("# Case", width="content")
        words, colour = STATES_FOR_STAFF[case.state]
        st.badge(words, color=colour)  # type: ignore[arg-type]
        if case.flags:
            words, colour = PRIORITIES[case.priority]
            st.badge(words, icon=":material/flag:", color=colour)  # type: ignore[arg-type]
        if case.second_opinion_for is not None:
            st.badge("Second opinion", color="violet")
        if is_running(case):
            st.markdown(f":gray[{time_left(case.due_at, now)}]")
        st.space("stretch")
        _buttons(opened, case)
    hear(PLACE)
    if not opened.case.may_show:
        st.warning("Photos and scores are hidden: the person has not agreed, or not any more.")


def _buttons(opened: Opened, case: Consultation) -> None:
    if opened.case.is_mine:
        wanted = ["release", "hand_on"]
        if case.second_opinion_for is None and case.state is State.CLAIMED:
            wanted.append("second")
    else:
        wanted = ["close"] if case.state in HAS_ANSWER else []
    for name in wanted:
        st.button(
            _ACTIONS[name][0],
            key=f"case_{name}",
            type="tertiary",
            on_click=_do,
            args=(name, case.consultation_id),
        )
    if st.button("Queue", key="case_queue", icon=":material/list:"):
        st.switch_page("pages/queue.py")


@guarded(Role.DERMATOLOGIST)
def _do(who: Identity, name: str, case_id: UUID) -> None:
    def act() -> None:
        with transaction() as session:
            _ACTIONS[name][2](session, who, case_id)

    if told(PLACE, act):
        tell(PLACE, _ACTIONS[name][1])


@st.fragment(run_every=EVERY)
@guarded(Role.DERMATOLOGIST)
def watch(who: Identity, case_id: UUID, shown: Standing) -> None:
    """Draw the page anew when a consent or the claim is not any more what it was."""
    with read() as session:
        now = reading.standing(session, who, case_id)
    if now != shown:
        st.rerun()
