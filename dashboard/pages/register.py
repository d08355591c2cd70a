"""Create an account; whoever does is signed in at once, or gets a mail with a link first."""

from __future__ import annotations

import streamlit as st

from core.errors import SkincareError
from core.people import Purpose, SkinType
from dashboard.authenticator import is_leaving, start_session
from dashboard.identity import address
from dashboard.widgets.new_password import new_password
from dashboard.words import plain
from data.database import transaction
from pipeline import registration
from pipeline.consents import WORDING

if is_leaving():
    st.info("Creating your account …")
    st.stop()


with st.container(key="narrow"):
    place = st.empty()
    with place.form("register", enter_to_submit=False):
        st.subheader("Create an account")
        email = st.text_input("E-mail", autocomplete="email", max_chars=254)
        first, last = st.columns(2)
        first_name = first.text_input("First name", autocomplete="given-name", max_chars=100)
        last_name = last.text_input("Last name", autocomplete="family-name", max_chars=100)
        password, again = new_password("Password")
        left, right = st.columns(2)
        age = left.number_input(  # whole numbers as floats: Streamlit drops NaN only among those
            "Age (optional)", min_value=0.0, max_value=150.0, value=None, step=1.0, format="%.0f"
        )
        skin_type = right.selectbox(
            "Skin type (optional)",
            list(SkinType),
            index=None,
            format_func=lambda kind: kind.value.capitalize(),
            placeholder="As you call it yourself",
        )
        consent = st.checkbox(WORDING[Purpose.ANALYSIS], value=False)
        sent = st.form_submit_button("Create account", type="primary")

    if sent:
        refusal = None
        try:
            if password != again:
                refusal = "The two passwords are not the same."
            else:
                with transaction() as session:
                    user_id = registration.register(
                        session,
                        email=email,
                        address=address(),
                        password=password,
                        first_name=first_name,
                        last_name=last_name,
                        age=None if age is None else int(age),
                        skin_type=skin_type,
                        consent_to_analysis=consent,
                    )
                if user_id is None:  # whether it is new is for its mailbox only
                    place.empty()
                    st.success(registration.ANSWER, icon=":material/mail:")
                else:
                    start_session(user_id)
                    st.info("Creating your account …")
        except SkincareError as error:
            refusal = str(error)
        if refusal:
            st.error(plain(refusal))

    st.page_link("pages/sign_in.py", label="I have an account: sign in")
