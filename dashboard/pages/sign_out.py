"""Sign out: at once from the navigation, after a question when the address was opened by itself."""

from __future__ import annotations

import streamlit as st

from dashboard.authenticator import Authenticator
from dashboard.identity import identity

who = identity()

# A link on another site can open this address in a new tab, but it cannot click in our pages.
came_by_navigation = st.session_state.get("page_before") not in (None, "sign-out")
if came_by_navigation:  # kept: a run that follows before the browser has gone must not ask
    st.session_state["is_signing_out"] = True
if st.session_state.get("is_signing_out") or st.button("Sign out", type="primary"):
    st.session_state["authentication_status"] = True  # the library asks for it
    Authenticator().logout(location="unrendered")
    st.info("You are signed out.")
    st.stop()
st.text("This ends your session in this browser, in every tab.")
