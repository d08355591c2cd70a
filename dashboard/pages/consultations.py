"""Questions to dermatologists: the list, and one with its clock and its thread."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from core.consultations import OVER, Author
from core.errors import NotFound
from core.people import Identity, Purpose, Role
from dashboard.identity import require
from dashboard.look import page_header
from dashboard.widgets import consultation_parts as parts
from dashboard.widgets.consent_box import consent_box
from dashboard.widgets.notice import hear
from dashboard.widgets.thread import thread, writing
from dashboard.words import plain
from data import consultations
from data.database import read, transaction
from pipeline import consents, notify
from pipeline.consultations import thread as threads

A_PAGE = 20


def _chosen() -> UUID | None:
    try:
        return UUID(st.query_params["consultation"])
    except KeyError:
        return None
    except ValueError:
        raise NotFound(consultations.NO_SUCH) from None


def _all(who: Identity) -> None:
    page_header("Dermatologist", "Your questions and their answers.")
    if st.button("Ask a dermatologist", type="primary", icon=":material/forum:"):
        st.switch_page("pages/ask.py")
    first = int(st.session_state.get("consultations_from", 0))
    with read() as session:
        found, total = consultations.listed(session, who.user_id, limit=A_PAGE, offset=first)
    if not total:
        st.info(
            "You have asked nothing yet. Ask about anything on your skin that worries you: a "
            "dermatologist answers within 24 hours."
        )
    for case in found:
        parts.line(case)
    if total > A_PAGE:
        last = (total - 1) // A_PAGE * A_PAGE
        st.select_slider(
            "Page",
            range(0, last + 1, A_PAGE),
            format_func=lambda offset: str(offset // A_PAGE + 1),
            key="consultations_from",
        )


def _one(who: Identity, consultation_id: UUID) -> None:
    with transaction() as session:
        case = consultations.get(session, who.user_id, consultation_id)
        messages = consultations.messages(session, consultation_id)
        agreed = consents.current(session, who.user_id)[Purpose.DERMATOLOGIST]
        notify.seen(session, who.user_id, consultation_id)
    page_header("Your question")
    if st.button("All questions", icon=":material/arrow_back:", type="tertiary"):
        st.query_params.clear()
        st.rerun()
    st.text(case.question)
    parts.standing(consultation_id)
    hear(parts.PLACE)
    parts.what_was_told(who, case)
    thread(
        messages,
        lambda photo_id: parts.own_picture(who, consultation_id, photo_id, 480),
        me=Author.PERSON,
    )
    parts.letter_to_take_along(who, case)
    if case.state not in OVER:
        has_agreed = agreed is not None and agreed.in_force
        is_hidden = case.consent_withdrawn_at is not None

        def send(text: str, pictures: list[bytes]) -> None:
            with transaction() as session:
                threads.reply(session, who, consultation_id, text, pictures)

        label = "Write to the dermatologist"
        writing(f"reply_{consultation_id}", send, label=label, pictures=has_agreed)
        if not has_agreed and not is_hidden and consent_box(Purpose.DERMATOLOGIST):
            with transaction() as session:
                consents.give(session, who.user_id, Purpose.DERMATOLOGIST)
            st.rerun()
    parts.rating(case)
    parts.actions(case)


who = require(Role.USER)
try:
    chosen = _chosen()
    if chosen is None:
        _all(who)
    else:
        _one(who, chosen)
except NotFound as error:
    page_header("Dermatologist")
    st.error(plain(str(error)))
    if st.button("To your questions", type="primary"):
        st.query_params.clear()
        st.rerun()
