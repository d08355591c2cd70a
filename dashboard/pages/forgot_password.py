"""Forgot your password: ask for a link to the mailbox of the account."""

from __future__ import annotations

import streamlit as st

from core.errors import SkincareError
from dashboard import identity
from dashboard.look import page_header
from dashboard.words import plain
from data.database import transaction
from pipeline import password_reset

with st.container(key="narrow"):
    page_header(
        "Forgot your password?",
        "We send a link to the e-mail address of your account. With it you set a new password.",
    )
    with st.form("forgot_password", enter_to_submit=True):
        email = st.text_input("E-mail", autocomplete="email", max_chars=254)
        sent = st.form_submit_button("Send me a link", type="primary")
    if sent:
        try:
            with transaction() as session:
                password_reset.ask(session, email=email, address=identity.address())
        except SkincareError as error:
            st.error(plain(str(error)))
        else:
            st.success(password_reset.ANSWER, icon=":material/mail:")
    st.page_link("pages/sign_in.py", label="Back to sign in")
