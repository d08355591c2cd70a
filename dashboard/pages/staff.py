"""Home of dermatologists, analysts and administrators: what their account can do today."""

from __future__ import annotations

import streamlit as st

from core.people import Role
from dashboard.identity import require

who = require(Role.DERMATOLOGIST, Role.ANALYST, Role.ADMIN)

st.title("Home")
st.text(f"Signed in as {who.email}, with the role {who.role.value}.")
st.markdown(
    """
    With this account you can keep your own profile, see where you are signed in, change your
    password and delete the account, all under **Profile**.

    Checks of photos belong to personal accounts. To use them yourself, sign out and create one
    with another e-mail address.
    """
)
if who.role is Role.ADMIN:
    st.markdown(
        "Roles are given where the product runs: `python3 run.py grant EMAIL ROLE`, "
        "with one of `user`, `dermatologist`, `analyst`, `admin`."
    )
