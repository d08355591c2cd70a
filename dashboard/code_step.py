"""The step after the password: a code of the authenticator app, or setting one up.

Who has shown the right password is remembered in the Streamlit session, which lives on the server
and belongs to one tab, for a few minutes.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from uuid import UUID

import streamlit as st

from data.database import transaction
from pipeline import second_factor

_KEY = "password_was_right"
_LASTS = 600.0  # seconds: long enough to install an app


@dataclass
class Entered:
    """Somebody whose password was right a moment ago."""

    user_id: UUID
    wanted: second_factor.Wanted
    until: float  # time.monotonic()
    recovery_codes: tuple[str, ...] = ()  # just made, to be written down


def is_needed(user_id: UUID) -> bool:
    """Whether a code comes before the session; if so, the page goes on with `current`."""
    with transaction() as session:
        wanted = second_factor.wanted(session, user_id)
    if not (wanted.code or wanted.enrolment):
        return False
    st.session_state[_KEY] = Entered(user_id, wanted, time.monotonic() + _LASTS)
    return True


def current() -> Entered | None:
    """Who is between password and code in this tab."""
    entered: Entered | None = st.session_state.get(_KEY)
    if entered is not None and time.monotonic() > entered.until:
        forget()
        return None
    return entered


def forget() -> None:
    st.session_state.pop(_KEY, None)
