"""Cases as a dermatologist chooses among them: urgency, time left, what is missing; no question."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import streamlit as st
from streamlit.errors import StreamlitPageNotFoundError

from core.consultations import WAITING, Priority
from core.people import Identity, Role
from dashboard.identity import guarded
from dashboard.widgets.notice import tell, told
from dashboard.words import plain
from dashboard.words_of_consultations import (
    BODY_SITES,
    DURATIONS,
    PRIORITIES,
    STATES_FOR_STAFF,
    VIEWS,
    span,
    time_left,
)
from data.absences import Colleague
from data.case_queue import Line
from data.database import transaction
from pipeline.consultations import claims

PLACE = "queue"
_OPENED = "case_just_claimed"
Loads = Sequence[tuple[Colleague, int, int]]


def queue_line(who: Identity, line: Line, loads: Loads, now: datetime) -> None:
    with st.container(border=True, key=f"case_{line.consultation_id}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            if line.priority is not Priority.NORMAL:
                _badge(*PRIORITIES[line.priority], icon=":material/flag:")
            _badge(*STATES_FOR_STAFF[line.state])
            if line.second_opinion_for is not None:
                _badge("Second opinion", "violet")
            if line.answered_at is None or line.state in WAITING:
                left = "Clock stands" if line.paused_at else time_left(line.due_at, now)
                is_short = line.due_at < now
                st.markdown(f":red[**{left}**]" if is_short else f"**{left}**")
        site = BODY_SITES[line.body_site] if line.body_site else "Place not told"
        since = DURATIONS[line.duration].lower() if line.duration else "duration not told"
        st.markdown(f"{site} · {since} · asked {span(now - line.created_at)} ago")
        if line.missing:
            names = ", ".join(VIEWS[view][0].lower() for view in line.missing)
            st.caption(f":material/no_photography: Missing: {names}")
        if line.assigned_name:
            st.caption(f"Assigned to {plain(line.assigned_name)}")
        _actions(who, line, loads)


def _actions(who: Identity, line: Line, loads: Loads) -> None:
    id_ = line.consultation_id
    with st.container(horizontal=True):
        if who.role is Role.DERMATOLOGIST and line.state in WAITING:
            st.button("Claim", key=f"claim_{id_}", type="primary", on_click=_claim, args=(id_,))
        if line.claimed_by == who.user_id and line.state not in WAITING:
            if st.button("Open", key=f"open_{id_}", type="primary"):
                open_case(id_)
            if line.answered_at is None:
                st.button("Give back", key=f"release_{id_}", on_click=_release, args=(id_,))
        if line.answered_at is None or line.state in WAITING:
            with st.popover("Assign"):
                _assign_form(line, loads)


def _assign_form(line: Line, loads: Loads) -> None:
    names = {
        colleague.user_id: f"{colleague.name}: {claimed} in hand, {assigned} waiting"
        for colleague, claimed, assigned in loads
        if not colleague.is_away
    }
    to = st.selectbox(
        "To whom?",
        list(names),
        index=None,
        format_func=names.__getitem__,
        placeholder="Choose",
        key=f"to_{line.consultation_id}",
    )
    st.button(
        "Assign it",
        key=f"assign_{line.consultation_id}",
        disabled=to is None,
        on_click=_assign,
        args=(line.consultation_id, to),
    )


def open_case(consultation_id: UUID) -> None:
    with contextlib.suppress(StreamlitPageNotFoundError):
        st.switch_page("pages/case.py", query_params={"case": str(consultation_id)})


def open_what_was_claimed() -> None:
    """The run after a claim goes to the case."""
    claimed = st.session_state.pop(_OPENED, None)
    if claimed is not None:
        open_case(claimed)


@guarded(Role.DERMATOLOGIST)
def _claim(who: Identity, consultation_id: UUID) -> None:
    def claim() -> None:
        with transaction() as session:
            claims.claim(session, who, consultation_id)

    if told(PLACE, claim):
        tell(PLACE, "The case is yours.")
        st.session_state[_OPENED] = consultation_id


@guarded(Role.DERMATOLOGIST)
def _release(who: Identity, consultation_id: UUID) -> None:
    def release() -> None:
        with transaction() as session:
            claims.release(session, who, consultation_id)

    if told(PLACE, release):
        tell(PLACE, "The case waits in the queue again.")


@guarded(Role.DERMATOLOGIST, Role.ADMIN)
def _assign(who: Identity, consultation_id: UUID, to: UUID) -> None:
    def assign() -> None:
        with transaction() as session:
            claims.assign(session, who, consultation_id, to)

    if told(PLACE, assign):
        tell(PLACE, "Assigned. The colleague has been told.")


def _badge(words: str, colour: str, *, icon: str | None = None) -> None:
    st.badge(words, color=colour, icon=icon)  # type: ignore[arg-type]
