"""Accepting, declining, going back: what an administrator does with a recalibration."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from core.people import Identity, Role
from core.recalibration import Recalibration, State
from dashboard.identity import address, guarded
from dashboard.widgets.notice import tell, told
from data.database import read, transaction
from pipeline import second_factor
from pipeline.recalibration import proposals

PLACE = "models"


def decide(who: Identity, one: Recalibration) -> None:
    """The forms that fit its state."""
    with read() as session:
        asks_code = second_factor.wanted(session, who.user_id).code
    of = str(one.recalibration_id)
    if one.state is State.PROPOSED:
        with st.form(f"accept_{of}", border=False):
            st.markdown("**Accept it**: new checks are scored by it from then on.")
            _code(asks_code, f"accept_code_{of}")
            st.form_submit_button(
                "Accept",
                type="primary",
                icon=":material/check:",
                on_click=_accept,
                args=(one.recalibration_id, one.version),
            )
        with st.form(f"decline_{of}", border=False):
            st.text_input("Why it is declined", key=f"decline_reason_{of}", max_chars=500)
            st.form_submit_button("Decline", on_click=_decline, args=(one.recalibration_id,))
    elif one.state is State.ACCEPTED:
        with st.form(f"withdraw_{of}", border=False):
            st.markdown("**Go back**: new checks are scored as the model was trained.")
            st.text_input("Why", key=f"withdraw_reason_{of}", max_chars=500)
            _code(asks_code, f"withdraw_code_{of}")
            st.form_submit_button(
                "Go back", icon=":material/undo:", on_click=_withdraw, args=(one.recalibration_id,)
            )


def _code(asked: bool, key: str) -> None:
    if asked:
        st.text_input(
            "Code of your authenticator app", key=key, autocomplete="one-time-code", max_chars=40
        )


@guarded(Role.ADMIN)
def _accept(who: Identity, of: UUID, version: str) -> None:
    code = st.session_state.pop(f"accept_code_{of}", None)

    def accept() -> None:
        with transaction() as session:
            proposals.accept(session, who, of, code=code, address=address())

    if told(PLACE, accept):
        tell(PLACE, f"New checks are scored by version {version} now.")


@guarded(Role.ADMIN)
def _decline(who: Identity, of: UUID) -> None:
    reason = st.session_state.get(f"decline_reason_{of}", "")

    def decline() -> None:
        with transaction() as session:
            proposals.decline(session, who, of, reason=reason)

    if told(PLACE, decline):
        tell(PLACE, "Declined. It stays in the list with your reason.")


@guarded(Role.ADMIN)
def _withdraw(who: Identity, of: UUID) -> None:
    reason = st.session_state.get(f"withdraw_reason_{of}", "")
    code = st.session_state.pop(f"withdraw_code_{of}", None)

    def withdraw() -> None:
        with transaction() as session:
            proposals.withdraw(session, who, of, reason=reason, code=code, address=address())

    if told(PLACE, withdraw):
        tell(PLACE, "New checks are scored as the model was trained. Results stay as they are.")
