"""Changing the password, and ending the account. Both ask for the password first."""

from __future__ import annotations

import streamlit as st

from core.errors import SkincareError
from core.people import Identity
from dashboard.redirect import go_to
from dashboard.widgets import erasure_receipt
from dashboard.words import plain
from data.database import transaction
from pipeline import accounts, leaving

_LATER = "Close it now, erase everything in 30 days"
_NOW = "Erase everything now"


def change_password(who: Identity) -> None:
    with st.form("password", enter_to_submit=False, clear_on_submit=True):
        st.subheader("Change your password", anchor=False)
        current = _password("Password now", "current-password")
        new = _password("New password", "new-password")
        again = _password("New password again", "new-password")
        sent = st.form_submit_button("Change password")
    if not sent:
        return
    refusal = None if new == again else "The two new passwords are not the same."
    if refusal is None:
        try:
            with transaction() as session:
                accounts.change_password(session, who, current=current, new=new)
        except SkincareError as error:
            refusal = str(error)
    if refusal:
        st.error(plain(refusal))
    else:
        st.success("The password was changed. Everywhere else you are signed out.")


def delete_account(who: Identity) -> None:
    with st.form("delete", enter_to_submit=False, clear_on_submit=True):
        st.subheader("Delete your account", anchor=False)
        st.markdown(
            "You are signed out everywhere at once and cannot sign in again. "
            "Photos, pictures, scores and everything about you are erased."
        )
        when = st.radio("When", [_LATER, _NOW], label_visibility="collapsed")
        password = _password("Your password", "current-password")
        sure = st.checkbox("I understand that this cannot be undone.", value=False)
        sent = st.form_submit_button("Delete my account")
    if not sent:
        return
    refusal = None if sure else "Tick the box to say that you are sure. Nothing was deleted."
    if refusal is None:
        try:
            with transaction() as session:
                at_once = when == _NOW
                entry = leaving.delete_account(session, who, password=password, at_once=at_once)
        except SkincareError as error:
            refusal = str(error)
    if refusal:
        st.error(plain(refusal))
        return
    st.success("Your account is closed. Goodbye.")
    go_to(f"/?{erasure_receipt.PARAMETER}={entry}" if when == _NOW else "/session/end")
    st.stop()


def _password(label: str, kind: str) -> str:
    return st.text_input(
        label,
        type="password",
        autocomplete=kind,
        max_chars=128,
        key=f"{label.lower().replace(' ', '_')}_field",
    )
