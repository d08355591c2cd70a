"""Who is asking: the database's answer of this moment, for pages, callbacks and fragments.

The gate looked at the cookie when the websocket opened, perhaps hours ago. Since then the person
may have signed out elsewhere, been deactivated, or got another role; Streamlit would still run
their callbacks and fragments. Hence nothing here is remembered.
"""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable
from typing import Concatenate, NoReturn, ParamSpec, TypeVar

import streamlit as st

from core.people import Identity, Role
from dashboard.redirect import go_to
from data.database import transaction
from pipeline import web_sessions

P = ParamSpec("P")
R = TypeVar("R")

VISITOR_PREFIX = "visitor:"


def known() -> Identity | None:
    """Who is asking, or None: nobody signed in, or not any more. Asks the database."""
    claimed = session_id()
    if claimed is None:
        return None
    with transaction() as session:
        return web_sessions.identity_of(session, claimed)


def session_id() -> uuid.UUID | None:
    """The session that the gate found when the websocket opened; it may have ended since."""
    header = _session_header()
    if header is None or header.startswith(VISITOR_PREFIX):
        return None
    try:
        return uuid.UUID(header)
    except ValueError:
        return None


def identity() -> Identity:
    """Who is asking; if nobody, the run ends here and the browser goes to the sign-in page."""
    who = known()
    if who is None:
        leave()
    return who


def require(*roles: Role) -> Identity:
    """`identity()` in one of these roles; otherwise the run ends with a sentence saying so."""
    who = identity()
    if who.role not in roles:
        st.info("Your account does not include this page.")
        st.stop()
    return who


def guarded(
    *roles: Role,
) -> Callable[[Callable[Concatenate[Identity, P], R]], Callable[P, R | None]]:
    """For callbacks and fragments: the function gets the `Identity`, or is not called at all.

    Without roles, whoever is signed in may.

        @guarded(Role.USER)
        def delete(identity: Identity, analysis_id: UUID) -> None: ...

        st.button("Delete", on_click=delete, args=(analysis_id,))

    and for a fragment `@st.fragment` above `@guarded(...)`. When it is not called, the browser
    loads the start page anew, which shows what the account may do now. (`st.stop` would be no
    use: in a callback it would end the page's run as well.)
    """

    def decorate(action: Callable[Concatenate[Identity, P], R]) -> Callable[P, R | None]:
        @functools.wraps(action)
        def run(*args: P.args, **kwargs: P.kwargs) -> R | None:
            who = known()
            if who is None or (roles and who.role not in roles):
                go_to("/")
                return None
            return action(who, *args, **kwargs)

        return run

    return decorate


def visitor() -> str | None:
    """The anonymous visitor's id, to which a sign-in ticket is bound; None if signed in."""
    header = _session_header()
    if header is None or not header.startswith(VISITOR_PREFIX):
        return None
    return header.removeprefix(VISITOR_PREFIX)


def address() -> str:
    """The address that the request came from, as the gate saw it."""
    return st.context.headers.get("x-auth-address") or "unknown"


def user_agent() -> str:
    return (st.context.headers.get("user-agent") or "")[:400]


def leave() -> NoReturn:
    """End this run and load the start page anew. Does not return."""
    st.info("You are signed out.")
    go_to("/")
    st.stop()


def _session_header() -> str | None:
    value = st.user.get("session")
    return value if isinstance(value, str) and value else None
