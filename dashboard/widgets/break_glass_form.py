"""What has to be said before a case is opened that is not one's own."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from core.people import Identity
from dashboard.identity import address, guarded
from dashboard.widgets.notice import told
from data.database import read, transaction
from pipeline import break_glass, second_factor

PLACE = "break_glass"
_EMAIL, _REASON, _CODE = "break_glass_email", "break_glass_reason", "break_glass_code"
_OPENED = "break_glass_opened"


def form(who: Identity, case_id: UUID | None) -> None:
    """For this case, or for the newest question of the person with an e-mail address."""
    opened = st.session_state.pop(_OPENED, None)
    if opened is not None:  # by the callback of a moment ago
        st.query_params["case"] = str(opened)
        st.rerun()
    with read() as session:
        asks_code = second_factor.wanted(session, who.user_id).code
    shortest, longest = break_glass.REASON_LENGTHS
    with st.form("break_glass", border=True):
        if case_id is None:
            st.text_input(
                "E-mail address of the person", key=_EMAIL, help="Opens their newest question."
            )
        else:
            st.text("The case that you followed a link to.")
        st.text_area(
            "Why do you have to see it?",
            key=_REASON,
            max_chars=longest,
            height=100,
            placeholder=f"At least {shortest} characters. The person reads it.",
        )
        if asks_code:
            st.text_input(
                "Code of your authenticator app",
                key=_CODE,
                autocomplete="one-time-code",
                max_chars=40,
            )
        st.caption(
            "The person is told at once, with your name, and reads your reason. Administrators "
            "see it too. Everything that you look at is recorded. A consent that the person has "
            "withdrawn stays withdrawn."
        )
        st.form_submit_button(
            "Open the case",
            type="primary",
            icon=":material/emergency:",
            on_click=_open,
            args=(case_id,),
        )


@guarded(*break_glass.ROLES)
def _open(who: Identity, case_id: UUID | None) -> None:
    said = {
        "reason": st.session_state.get(_REASON, ""),
        "code": st.session_state.pop(_CODE, None),
        "address": address(),
    }

    def open_() -> None:
        with transaction() as session:
            if case_id is not None:
                opening = break_glass.begin(session, who, case_id, **said)
            else:
                email = st.session_state.get(_EMAIL, "")
                opening = break_glass.begin_for(session, who, email, **said)
        st.session_state[_OPENED] = opening.consultation_id

    if told(PLACE, open_):
        for key in (_EMAIL, _REASON):
            st.session_state.pop(key, None)
