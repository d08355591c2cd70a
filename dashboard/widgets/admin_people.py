"""Who is of the staff, and giving roles."""

from __future__ import annotations

import streamlit as st

from core.people import Identity, Role
from dashboard.identity import address, guarded
from dashboard.widgets.notice import hear, tell, told
from dashboard.words_of_scores import day_and_time
from data.database import read, transaction
from pipeline import operations, second_factor

PLACE = "admin_people"
ROLES = {
    Role.USER: "Person",
    Role.DERMATOLOGIST: "Dermatologist",
    Role.ANALYST: "Analyst",
    Role.ADMIN: "Administrator",
}


def show(who: Identity) -> None:
    """The list of staff, and the form."""
    hear(PLACE)
    with read() as session:
        staff = operations.staff(session, who)
        asks_code = second_factor.wanted(session, who.user_id).code
    st.dataframe(
        {
            "Name": [one.name for one in staff],
            "Role": [ROLES[one.role] for one in staff],
            "E-mail": [one.email for one in staff],
            "Last sign-in": [
                day_and_time(one.last_login) if one.last_login else "never" for one in staff
            ],
            "Active": [one.is_active for one in staff],
        },
        hide_index=True,
        width="stretch",
    )
    with st.form("admin_role", border=True):
        st.markdown("**Give a role.** The person is signed out everywhere and signs in anew.")
        st.text_input("E-mail address of the account", key="admin_role_email", max_chars=254)
        st.selectbox("Role", list(Role), format_func=ROLES.__getitem__, key="admin_role_role")
        if asks_code:
            st.text_input(
                "Code of your authenticator app",
                key="admin_role_code",
                autocomplete="one-time-code",
                max_chars=40,
            )
        st.form_submit_button("Give this role", type="primary", on_click=_give)


@guarded(Role.ADMIN)
def _give(who: Identity) -> None:
    email = st.session_state.get("admin_role_email", "")
    role = st.session_state.get("admin_role_role", Role.USER)
    code = st.session_state.pop("admin_role_code", None)

    def give() -> None:
        with transaction() as session:
            operations.give_role(session, who, email=email, role=role, code=code, address=address())

    if told(PLACE, give):
        tell(PLACE, f"{email} has the role {ROLES[role]} now.")
