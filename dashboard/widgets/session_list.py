"""Where the person is signed in, and ending that."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import streamlit as st

from core.devices import device
from core.people import Identity
from dashboard.identity import guarded
from dashboard.redirect import go_to
from dashboard.widgets.notice import hear, told
from dashboard.words import plain
from dashboard.words_of_scores import day_and_time, short_day
from data.database import transaction
from pipeline import accounts, web_sessions
from pipeline.web_sessions import LiveSession

_PLACE = "sessions"


def session_list(who: Identity, sessions: Sequence[LiveSession]) -> None:
    """One row a session, this one first."""
    hear(_PLACE)
    for live in sorted(sessions, key=lambda s: s.session_id != who.session_id):
        here = live.session_id == who.session_id
        with (
            st.container(border=True),
            st.container(
                horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
            ),
        ):
            with st.container(gap="xxsmall", width="content"):
                st.markdown(f"**{device(live.user_agent)}**")
                network = f", network {plain(live.address_hint)}" if live.address_hint else ""
                st.caption(
                    f"Last used {day_and_time(live.last_seen_at)}; "
                    f"signed in {short_day(live.created_at)}{network}"
                )
            if here:
                st.badge("this device", color="green")
            else:
                st.button(
                    "End", key=f"end_{live.session_id}", on_click=_end, args=(live.session_id,)
                )
    if len(sessions) > 1:
        st.button("Sign out everywhere else", on_click=_end_others)
    st.button("Sign out everywhere, here too", on_click=_end_all)


@guarded()
def _end(who: Identity, session_id: UUID) -> None:
    def end() -> None:
        with transaction() as session:
            web_sessions.end(session, who.user_id, session_id)

    told(_PLACE, end)


@guarded()
def _end_others(who: Identity) -> None:
    def end() -> None:
        with transaction() as session:
            web_sessions.end_others(session, who.user_id, who.session_id)

    told(_PLACE, end)


@guarded()
def _end_all(who: Identity) -> None:
    def end() -> None:
        with transaction() as session:
            accounts.sign_out_everywhere(session, who.user_id)

    if told(_PLACE, end):
        go_to("/session/end")
