"""Deleting a check, after a question."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from core.errors import NotFound
from core.people import Identity, Role
from dashboard.identity import guarded
from data.database import transaction
from pipeline import results


@st.dialog("Delete this check?")
@guarded(Role.USER)
def ask_to_delete(who: Identity, analysis_id: UUID) -> None:
    st.markdown(
        "The photo, the marked pictures and all scores of this check are erased at once, also "
        "from your trends. This cannot be undone."
    )
    with st.container(horizontal=True):
        delete = st.button("Delete this check", type="primary", key="confirm-delete")
        if st.button("Keep it"):
            st.rerun()
    if delete:
        try:
            with transaction() as session:
                results.delete(session, who.user_id, analysis_id)
        except NotFound:
            pass  # deleted in another tab: what was wanted is done
        st.switch_page("pages/today.py")
