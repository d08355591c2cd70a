"""Which cases were opened although they were not theirs who opened them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import streamlit as st

from core.people import Identity, Role
from dashboard.words import plain
from dashboard.words_of_consultations import span
from dashboard.words_of_scores import day_and_time
from data.break_glass import Opening
from data.database import now as database_now
from data.database import read
from pipeline import break_glass

A_PAGE = 20


def openings(who: Identity) -> None:
    """One's own; an administrator sees everybody's."""
    first = int(st.session_state.get("break_glass_from", 0))
    with read() as session:
        found, total = break_glass.listed(session, who, limit=A_PAGE, offset=first)
        now = database_now(session)
    is_admin = who.role is Role.ADMIN
    st.subheader("Who opened what" if is_admin else "What you opened", anchor=False)
    if not total:
        st.info("No case was ever opened like this.")
    for one in found:
        _row(one, now, with_name=is_admin)
    if total > A_PAGE:
        st.select_slider(
            "Page",
            range(0, total, A_PAGE),
            format_func=lambda offset: str(offset // A_PAGE + 1),
            key="break_glass_from",
        )


def _row(one: Opening, now: datetime, *, with_name: bool) -> None:
    with st.container(border=True, gap="xxsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            name = one.name or "Somebody who has left the staff"
            st.markdown(
                f"**{plain(name)}**" if with_name else f"**{day_and_time(one.opened_at)}**",
                width="content",
            )
            if one.ends_at > now:
                st.badge("open", color="orange", icon=":material/lock_open:")
        st.text(one.reason)
        lasted = span(min(one.ends_at, now) - one.opened_at)
        since = f"{day_and_time(one.opened_at)} · " if with_name else ""
        st.caption(f"{since}{'for' if one.ends_at <= now else 'since'} {lasted}")
        if not with_name and one.ends_at > now:
            _go_on(one.consultation_id)


def _go_on(consultation_id: UUID) -> None:
    if st.button("Go on reading", key=f"glass_{consultation_id}", icon=":material/visibility:"):
        st.query_params["case"] = str(consultation_id)
        st.rerun()
