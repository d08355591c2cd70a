"""Asking for a code at sign-in, and setting up the app where there is none yet."""

from __future__ import annotations

import streamlit as st

from core.errors import SkincareError
from dashboard import authenticator, code_step, identity
from dashboard.code_step import Entered
from dashboard.words import plain
from data.database import transaction
from pipeline import second_factor


def ask(entered: Entered) -> None:
    """The whole step; ends by sending the browser to its session."""
    if entered.recovery_codes:
        _show_recovery_codes(entered)
    elif entered.wanted.code:
        _ask_for_code(entered)
    else:
        _set_up(entered)
    if st.button("Start again", type="tertiary"):
        code_step.forget()
        st.rerun()


def _ask_for_code(entered: Entered) -> None:
    st.title("Enter your code", anchor=False)
    st.markdown("Open your authenticator app and type the six digits for Skincare AI.")
    with st.form("code", border=False):
        code = st.text_input("Code", autocomplete="one-time-code", max_chars=40)
        st.caption("No phone at hand? A recovery code works too, once.")
        sent = st.form_submit_button("Sign in", type="primary")
    if not sent:
        return
    try:
        with transaction() as session:
            second_factor.check(session, entered.user_id, code, address=identity.address())
    except SkincareError as error:
        st.error(plain(str(error)))
        return
    code_step.forget()
    authenticator.start_session(entered.user_id)


def _set_up(entered: Entered) -> None:
    st.title("Set up your second factor", anchor=False)
    st.markdown(
        "Your role sees other people's data, so a password alone is not enough. Scan this with an "
        "authenticator app on your phone, then type the six digits that it shows."
    )
    with transaction() as session:
        enrolment = second_factor.begin(session, entered.user_id)
    with st.container(horizontal_alignment="center"):
        st.image(enrolment.qr_svg, width=220)
    st.caption("Or type this key into the app:")
    st.code(enrolment.secret, language=None)
    with st.form("first_code", border=False):
        code = st.text_input("Code", autocomplete="one-time-code", max_chars=40)
        sent = st.form_submit_button("Confirm", type="primary")
    if not sent:
        return
    try:
        with transaction() as session:
            entered.recovery_codes = second_factor.confirm(
                session, entered.user_id, code, address=identity.address()
            )
    except SkincareError as error:
        st.error(plain(str(error)))
        return
    st.rerun()


def _show_recovery_codes(entered: Entered) -> None:
    st.title("Keep these recovery codes", anchor=False)
    st.markdown(
        "Each stands in for your phone once. Print them or put them into a password manager: they "
        "are not shown again."
    )
    st.code("\n".join(entered.recovery_codes), language=None)
    st.download_button(
        "Save as a file",
        "\n".join(entered.recovery_codes) + "\n",
        file_name="skincare-ai-recovery-codes.txt",
        on_click="ignore",
        icon=":material/download:",
    )
    if st.button("I have kept them: go on", type="primary"):
        code_step.forget()
        authenticator.start_session(entered.user_id)
