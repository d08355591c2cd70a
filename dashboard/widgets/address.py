"""The e-mail address of the account: whether it is confirmed, and how to confirm it."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from core.people import Identity
from dashboard import identity
from dashboard.identity import guarded
from dashboard.widgets import notice
from dashboard.words import plain
from dashboard.words_of_scores import short_day
from data.database import transaction
from pipeline import verification
from pipeline.mail import outbox

_HERE = "address"


def address(who: Identity, confirmed_at: datetime | None) -> None:
    """Shown to the person themselves; `confirmed_at` is None while it is not confirmed."""
    st.subheader("E-mail address", anchor=False)
    st.text(who.email)
    if confirmed_at is not None:
        st.markdown(f":green-badge[Confirmed] on {plain(short_day(confirmed_at))}.")
        if outbox.is_available():
            st.caption("Which news come by mail stands under Notifications.")
    if not outbox.is_available():
        st.caption(
            "This installation sends no mail: news come in the app only, and a forgotten password "
            "cannot be reset by mail."
        )
    elif confirmed_at is None:
        st.markdown(":orange-badge[Not confirmed] No news come by mail until it is.")
        st.button("Send me a link to confirm it", on_click=_send_link, key="confirm_address")
    notice.hear(_HERE)


@guarded()
def _send_link(who: Identity) -> None:
    def send() -> None:
        with transaction() as session:
            verification.ask(session, who, address=identity.address())

    if notice.told(_HERE, send):
        notice.tell(_HERE, "A mail with a link is on its way. The link works for 24 hours.")
