"""Who of the staff saw or used what is the person's, and why."""

from __future__ import annotations

from itertools import groupby

import streamlit as st

from core.people import Identity, Role
from dashboard.identity import guarded
from dashboard.words import plain
from dashboard.words_of_scores import day_and_time
from data.database import read
from pipeline import access_log
from pipeline.access_log import Access

AT_ONCE = 10
_LONGEST = 60  # characters of a question, in the link to it


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
    for _, group in groupby(found[:shown], key=lambda one: one.consultation_id):
        together = list(group)
        with st.container(border=True, gap="small"):
            _to_the_question(together[0])
            for one in together:
                _row(one)
    if len(found) > shown:
        st.button("Earlier ones", on_click=_more)
    st.caption(
        "A question opens your photos and scores to the dermatologist who takes it on. Who has "
        "answered it can still read what they answered, and nothing that came later, until you "
        "withdraw your consent above. Each look is recorded, and nobody can change the record."
    )


def _to_the_question(one: Access) -> None:
    if one.consultation_id is None or one.question is None:
        return
    words = " ".join(one.question.split())
    if len(words) > _LONGEST:
        words = words[:_LONGEST].rsplit(" ", 1)[0] + " …"
    st.page_link(
        "pages/consultations.py",
        label=f"“{plain(words)}”",
        icon=":material/forum:",
        query_params={"consultation": str(one.consultation_id)},
    )


def _row(one: Access) -> None:
    often = "" if one.times == 1 else f", {one.times} times"
    why = f" · {plain(one.why)}" if one.why else ""
    with st.container(gap="xxsmall"):
        st.markdown(f"**{plain(one.name)}** {one.what}{often}")
        st.caption(f"{day_and_time(one.at)}{why}")


def _more() -> None:
    st.session_state["accesses_shown"] = st.session_state.get("accesses_shown", AT_ONCE) + AT_ONCE
