"""The dermatologists' queue: what waits, the most urgent first, and who has what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import streamlit as st

from core.consultations import BodySite, Priority
from core.people import Role
from dashboard.identity import require
from dashboard.look import page_header
from dashboard.widgets.absence_form import absence_form
from dashboard.widgets.notice import hear
from dashboard.widgets.queue_lines import PLACE, open_what_was_claimed, queue_line
from dashboard.words_of_consultations import BODY_SITES, PRIORITIES, span
from dashboard.words_of_scores import local
from data import absences, case_queue
from data.case_queue import COUNTED, Filters, Which
from data.database import read
from pipeline.consultations import claims
from pipeline.reviews import second

A_PAGE = 25
LISTS = {
    Which.WAITING: "Waiting",
    Which.ASSIGNED: "Assigned to me",
    Which.MINE: "In my hands",
    Which.ANSWERED: "Answered by me",
}
ONLY: Mapping[str, Mapping[str, Any]] = {
    "Red flag": {"is_flagged": True},
    "Late": {"is_late": True},
    "Under 6 h left": {"due_within": timedelta(hours=6)},
    "View missing": {"is_missing": True},
    "Second opinion": {"is_second_opinion": True},
    "Nobody's yet": {"is_in_pool": True},
}
EMPTY = {
    Which.WAITING: "Nothing waits. Well done.",
    Which.ASSIGNED: "No case is assigned to you.",
    Which.MINE: "You have no case in hand. Claim one under Waiting.",
    Which.ANSWERED: "You have answered no case yet.",
}


def _from_the_top() -> None:
    """Another list or filter begins at its first page: nothing urgent may stay on one before."""
    st.session_state["queue_from"] = 0


who = require(Role.DERMATOLOGIST, Role.ADMIN)
open_what_was_claimed()
page_header("Queue", "Red flags first, then the least time left. Claim a case to see it.")
hear(PLACE)
me = who.user_id if who.role is Role.DERMATOLOGIST else None
which = Which.WAITING
if me is not None:
    which = st.segmented_control(
        "List",
        list(Which),
        default=Which.WAITING,
        format_func=LISTS.__getitem__,
        required=True,
        label_visibility="collapsed",
        key="queue_list",
        on_change=_from_the_top,
    )
left, right = st.columns(2)
priority = left.selectbox(
    "Urgency",
    list(Priority),
    index=None,
    format_func=lambda priority: PRIORITIES[priority][0],
    placeholder="All",
    key="queue_priority",
    on_change=_from_the_top,
)
site = right.selectbox(
    "Place",
    list(BodySite),
    index=None,
    format_func=BODY_SITES.__getitem__,
    placeholder="All",
    key="queue_site",
    on_change=_from_the_top,
)
only: list[str] = []
if which is not Which.ANSWERED:
    only = st.pills(
        "Only",
        [name for name in ONLY if which is Which.WAITING or name != "Nobody's yet"],
        selection_mode="multi",
        key="queue_only",
        on_change=_from_the_top,
    )
narrowed = {name: wanted for one in only for name, wanted in ONLY[one].items()}
first = int(st.session_state.get("queue_from", 0))
with read() as session:
    above = case_queue.summary(session, me)
    lines = case_queue.lines(
        session, me, Filters(which, priority, site, **narrowed), limit=A_PAGE + 1, offset=first
    )
    loads = claims.colleagues(session, who)
    away = absences.of(session, who.user_id, after=above.now)
    has_second = me is not None and second.is_waiting(session, who)


def _number(count: int) -> str:
    return f"over {COUNTED:,}" if count > COUNTED else f"{count:,}"


with st.container(horizontal=True):
    st.metric("Waiting", _number(above.waiting))
    st.metric("With a red flag", _number(above.flagged))
    if me is not None:
        st.metric("In my hands", _number(above.mine))
    st.metric("Oldest", span(above.now - above.oldest) if above.oldest else "–")

if has_second:
    st.page_link(
        "pages/second_reading.py",
        label="A face waits for a second reading",
        icon=":material/diversity_2:",
    )
if not lines:
    is_whole = priority is None and site is None and not only
    nothing = EMPTY[which] if is_whole else "No case of this list is of this kind."
    st.info("Nothing here on this page." if first else nothing)
for line in lines[:A_PAGE]:
    queue_line(who, line, loads, above.now)
if first or len(lines) > A_PAGE:
    with st.container(horizontal=True):
        if st.button("Back", disabled=not first):
            st.session_state["queue_from"] = max(0, first - A_PAGE)
            st.rerun()
        if st.button("More", disabled=len(lines) <= A_PAGE):
            st.session_state["queue_from"] = first + A_PAGE
            st.rerun()

with st.expander("Colleagues", icon=":material/groups:"):
    for colleague, claimed, assigned in loads:
        gone = " · away" if colleague.is_away else ""
        st.text(f"{colleague.name}: {claimed} in hand, {assigned} assigned{gone}")
if me is not None:
    with st.expander("Days away", icon=":material/beach_access:"):
        absence_form(away, local(above.now).date())
