"""Sign in: e-mail, password, and the way to an account for those who have none."""

from __future__ import annotations

import streamlit as st

from dashboard import code_step
from dashboard.authenticator import Authenticator, is_leaving
from dashboard.look import page_header
from dashboard.widgets import erasure_receipt, second_factor
from dashboard.words import plain
from pipeline.mail import outbox

if is_leaving():
    st.info("Signing you in …")
    st.stop()

entered = code_step.current()
if entered is not None:
    with st.container(key="narrow"):
        second_factor.ask(entered)
    st.stop()

with st.container(key="narrow"):
    erasure_receipt.show()
    page_header(
        "What a photo shows of your skin",
        "Scores with the range they are likely in, where each comes from, and what has changed.",
    )
    authenticator = Authenticator()
    authenticator.login(
        fields={
            "Form name": "Sign in",
            "Username": "E-mail",
            "Password": "Password",
            "Login": "Sign in",
        },
        key="sign_in",
    )
    if code_step.current() is not None:
        st.rerun()
    if authenticator.authentication_controller.refusal:
        st.error(plain(authenticator.authentication_controller.refusal))
    if outbox.is_available():
        st.page_link("pages/forgot_password.py", label="Forgot your password?")
    st.page_link("pages/register.py", label="I have no account yet: create one")
