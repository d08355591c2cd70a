"""Deleting a check, after a question."""

from __future__ import annotations

import contextlib
from uuid import UUID

import streamlit as st

from core.errors import NotFound
from core.people import Identity, Role
from dashboard.identity import guarded
from dashboard.widgets.notice import hear, told
from data.database import transaction
from pipeline import results

_PLACE = "deletion"


@st.dialog("Delete this check?")
@guarded(Role.USER)
def ask_to_delete(_who: Identity, analysis_id: UUID) -> None:
    st.markdown(
        "The photo, the marked pictures and all scores of this check are erased at once, also "
        "from your trends. This cannot be undone."
    )
    with st.container(horizontal=True):
        pressed = st.button(
            "Delete this check",
            type="primary",
            key="confirm-delete",
            on_click=_delete,
            args=(analysis_id,),
        )
        if st.button("Keep it"):
            st.rerun()
    if pressed and not hear(_PLACE):
        st.switch_page("pages/today.py")


@guarded(Role.USER)
def _delete(who: Identity, analysis_id: UUID) -> None:
    def delete() -> None:
        with contextlib.suppress(NotFound), transaction() as session:  # gone in another tab: fine
            results.delete(session, who.user_id, analysis_id)

    told(_PLACE, delete)
