"""Who of the staff saw or used what is the person's."""

from __future__ import annotations

import streamlit as st

from core.people import Identity, Role
from dashboard.identity import guarded
from dashboard.words import plain
from dashboard.words_of_scores import day_and_time
from data.database import read
from pipeline import access_log

AT_ONCE = 10


@st.fragment
@guarded(Role.USER)
def access_list(who: Identity) -> None:
    """Everything that dermatologists did with this person's data, the newest first."""
    st.subheader("Who saw what", anchor=False)
    photos_only = st.toggle("Only who looked at photos", key="accesses_of_photos")
    shown = int(st.session_state.get("accesses_shown", AT_ONCE))
    with read() as session:
        found = access_log.read(session, who.user_id, photos_only=photos_only, limit=shown + 1)
    if not found:
        st.info("Nobody but you has looked at your photos or scores.")
    for one in found[:shown]:
        often = "" if one.times == 1 else f", {one.times} times"
        with st.container(gap="xxsmall"):
            st.markdown(f"**{plain(one.name)}** {one.what}{often}")
            st.caption(day_and_time(one.at))
    if len(found) > shown:
        st.button("Earlier ones", on_click=_more)
    st.caption(
        "A question opens your photos and scores to the dermatologist who takes it on. Who has "
        "answered it can still read what they answered, and nothing that came later, until you "
        "withdraw your consent above. Each look is recorded, and nobody can change the record."
    )


def _more() -> None:
    st.session_state["accesses_shown"] = st.session_state.get("accesses_shown", AT_ONCE) + AT_ONCE
