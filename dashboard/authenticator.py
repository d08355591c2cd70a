"""streamlit-authenticator's sign-in and sign-out widgets over our accounts and sessions.

Its forms only. Its own controllers keep every account in a dictionary and the session in a cookie
that JavaScript can read and nobody can revoke; docs/decisions/web-authenticator.md says more.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

import streamlit as st
import streamlit_authenticator as stauth

from core.errors import NotAllowed, SkincareError
from dashboard import code_step, identity
from dashboard.redirect import go_to
from data.database import transaction
from pipeline import accounts, web_sessions

_LEAVING = "leaving_to"  # session_state: where the browser is being sent


class Authenticator(stauth.Authenticate):  # type: ignore[misc]  # the library has no types
    """`login()` and `logout()` as the library draws them; what they do is ours.

    `super().__init__` is not called on purpose: it would read a JWT cookie and copy accounts.
    """

    def __init__(self) -> None:
        self.api_key = self.path = None
        self.attrs = {"login_sleep_time": 0}
        self.secret_key = ""
        self.authentication_controller = _Accounts()
        self.cookie_controller = _Sessions(self.authentication_controller)


class _Accounts:
    """In place of the library's AuthenticationController."""

    def __init__(self) -> None:
        self.user_id: UUID | None = None
        self.refusal: str | None = None

    def login(self, username: str = "", password: str = "", *_: Any, **__: Any) -> bool:
        """Whether the session may begin: e-mail and password are right, and no code is asked.

        The password is not touched: blanks count.
        """
        try:
            user_id = sign_in(username, password)
            if code_step.is_needed(user_id):
                return False
        except SkincareError as error:
            self.refusal = str(error)
            return False
        self.user_id = user_id
        return True

    def logout(self, _callback: object = None) -> None:
        sign_out()


class _Sessions:
    """In place of the library's CookieController."""

    def __init__(self, entered: _Accounts) -> None:
        self._entered = entered

    def get_cookie(self) -> None:
        """The gate has read the cookie already; whoever sees the form has none."""

    def set_cookie(self) -> None:
        if self._entered.user_id is not None:
            start_session(self._entered.user_id)

    def delete_cookie(self) -> None:
        go_to("/session/end")


def sign_in(email: str, password: str) -> UUID:
    """The user's id, or NotAllowed or TooMany. A failed attempt counts although this raises."""
    with transaction() as session:
        return accounts.sign_in(
            session,
            email=email,
            password=password,
            address=identity.address(),
            user_agent=identity.user_agent(),
        )


def start_session(user_id: UUID) -> None:
    """Send the browser to fetch its cookie with a ticket that only this visitor can use."""
    visitor = identity.visitor()
    if visitor is None:
        raise NotAllowed("This page was opened before you signed in. Load it again.")
    with transaction() as session:
        ticket = web_sessions.issue_ticket(session, user_id, visitor=visitor)
    st.session_state[_LEAVING] = f"/session/start?ticket={quote(ticket)}"
    go_to(st.session_state[_LEAVING])


def is_leaving() -> bool:
    """Whether this page has sent the browser away already; if so, sends it again.

    A click in that moment starts another run, and Streamlit drops what the last one still had to
    say.
    """
    address = st.session_state.get(_LEAVING)
    if address is not None:
        go_to(address)
    return address is not None


def sign_out() -> None:
    """End the session in the database: every tab and every copy of the cookie."""
    who = identity.known()
    if who is not None:
        with transaction() as session:
            accounts.sign_out(session, who.session_id)
