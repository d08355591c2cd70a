"""Set a new password with the link of a mail. The token leaves the address bar at once."""

from __future__ import annotations

import streamlit as st

from core.errors import NotFound, SkincareError
from dashboard.look import page_header
from dashboard.widgets.new_password import new_password
from dashboard.words import plain
from data.database import read, transaction
from pipeline import password_reset

_TOKEN, _DONE = "reset_token", "reset_done"  # session_state

if "token" in st.query_params:  # not kept where a history or a shoulder sees it
    st.session_state[_TOKEN] = st.query_params["token"]
    st.session_state.pop(_DONE, None)
    st.query_params.clear()
token = st.session_state.get(_TOKEN, "")


def set_password() -> None:
    """What the form has sent; says what went wrong, or notes that it is done."""
    if password != again:
        st.error("The two passwords are not the same.")
        return
    try:
        with transaction() as session:
            password_reset.reset(session, token=token, password=password)
    except SkincareError as error:
        st.error(plain(str(error)))
        return
    st.session_state.pop(_TOKEN)
    st.session_state[_DONE] = True
    st.rerun()


with st.container(key="narrow"):
    page_header("Set a new password")
    if st.session_state.get(_DONE):
        st.success(
            "Your new password is set, and everywhere else you are signed out.",
            icon=":material/check:",
        )
        st.link_button("Sign in", "/", type="primary", width="stretch")
        st.stop()
    try:
        with read() as session:
            password_reset.check(session, token=token)
    except NotFound as error:
        st.error(plain(str(error)))
        st.link_button("Ask for a new link", "/forgot-password", width="stretch")
        st.stop()
    with st.form("reset_password", enter_to_submit=False):
        password, again = new_password("New password")
        if st.form_submit_button("Set new password", type="primary"):
            set_password()
