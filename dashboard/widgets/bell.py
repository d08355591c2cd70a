"""The bell of every page: how many unread notifications there are, kept up to date by itself.

The browser hears from `/events/unread` (api.routes.events) that there is another number than the
one drawn; only then the bell is drawn again, and not a word of the page around it. That does not
count as using the session, or a tab left open would never be signed out.
"""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from core.people import Identity
from dashboard import identity
from dashboard.widgets.component import component_of
from data import notifications
from data.database import read, transaction
from pipeline import reminders, web_sessions

PAGE = "pages/notifications.py"
PAGES = "pages_of_account"  # in the session's state: by the path in their address
NEWS_SINCE = "news_since"  # in the session's state: unread ones when the open list was drawn
_ZONE_SAID = "time_zone_said"


def bell(who: Identity, pages: Iterable[st.Page]) -> None:
    """Draw it, in the bar at the top whatever the page. Also learns where the person's clock is.

    `pages` are those that the account may open: where notifications can lead.
    """
    _learn_time_zone(who)
    st.session_state[PAGES] = {page.url_path: page for page in pages}
    st.session_state.pop(NEWS_SINCE, None)  # the list sets it, where it is shown
    with st.container(key="bell"):
        _bell([who])


@st.fragment
def _bell(just_known: list[Identity]) -> None:
    """`just_known` is who the page's run has found a moment ago; a run of the bell alone asks."""
    claimed = identity.session_id()
    if claimed is None:
        return
    with read() as session:
        who = just_known.pop() if just_known else web_sessions.watching(session, claimed)
        if who is None:
            return  # signed out elsewhere: the next click says so
        number = notifications.unread(session, who.user_id)
    if st.session_state.get(NEWS_SINCE, number) != number:
        st.rerun()  # the list is open, and something has come or was read elsewhere
    many = number >= notifications.MOST_COUNTED
    shown = f"{number - 1}+" if many else str(number)
    label = f"Notifications: {shown} unread" if number else "Notifications: nothing new"
    st.page_link(PAGE, label=label, icon=":material/notifications:")
    if number:
        st.html(f'<span class="unread" aria-hidden="true">{shown}</span>')
    st.html(f'<span class="heard" role="status">{label if number else ""}</span>')
    component_of("bell", "bell")(
        data={"shown": number, "address": "/events/unread"},
        key="bell_ears",
        on_changed_change=_drawn_anew,
    )


def _drawn_anew() -> None:
    """Nothing more to do: that the browser has spoken runs the fragment."""


def _learn_time_zone(who: Identity) -> None:
    """Once a tab: the browser knows the zone by which the person's reminders are reckoned."""
    if st.session_state.get(_ZONE_SAID):
        return
    st.session_state[_ZONE_SAID] = True
    zone = st.context.timezone
    if zone:
        with transaction() as session:
            reminders.learn_time_zone(session, who.user_id, zone)
