"""A case that was opened although it is not one's own: to read, until the hour is over."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from core.consultations import Author
from core.errors import SkincareError
from core.people import Identity
from dashboard.identity import guarded
from dashboard.widgets.break_glass_form import PLACE
from dashboard.widgets.case_photos import pictures
from dashboard.widgets.case_question import what_was_asked
from dashboard.widgets.case_style import STYLE
from dashboard.widgets.notice import hear, tell, told
from dashboard.widgets.thread import thread
from dashboard.words import plain
from dashboard.words_of_consultations import STATES_FOR_STAFF, span
from data.break_glass import Opening
from data.database import now as database_now
from data.database import read, transaction
from pipeline import break_glass
from pipeline.consultations import photos
from pipeline.reviews import person as people

EVERY = 10  # seconds after which the page sees that the hour, or the consent, is over
_PICTURE_SIDE = 640  # pixels, in the thread; the viewer shows it whole


def break_glass_case(who: Identity, case_id: UUID, opening: Opening) -> None:
    """Photos on the left; what was asked and answered on the right."""
    st.html(STYLE)
    try:
        with transaction() as session:
            opened = break_glass.open_(session, who, case_id)
            person = people.of_case(session, opened.case)
            now = database_now(session)
    except SkincareError as error:
        st.error(plain(str(error)))
        return
    words, colour = STATES_FOR_STAFF[opened.case.consultation.state]
    with st.container(horizontal=True, vertical_alignment="center", key="case_head"):
        st.markdown("# Case", width="content")
        st.badge("Break-glass", color="red", icon=":material/emergency:")
        st.badge(words, color=colour)  # type: ignore[arg-type]
        st.markdown(f":gray[{span(opening.ends_at - now)} left]")
        st.space("stretch")
        st.button("Close it", on_click=_end, args=(case_id,))
    hear(PLACE)
    st.caption("To read only. The person has been told, and each photo you open is recorded.")
    left, right = st.columns([7, 5], gap="medium")
    with left, st.container(key="case_left"):
        pictures(case_id, break_glass)
    with right:
        what_was_asked(opened.case.consultation, person)
        st.markdown("##### Messages")
        if not opened.case.messages:
            st.caption("None yet.")

        def picture(photo_id: UUID) -> bytes | None:
            try:
                with transaction() as session:
                    jpeg = break_glass.photo(session, who, case_id, photo_id)
            except SkincareError:
                return None
            return photos.smaller(jpeg, _PICTURE_SIDE)

        thread(opened.case.messages, picture, me=Author.DERMATOLOGIST)
    _watch(case_id)


@st.fragment(run_every=EVERY)
@guarded(*break_glass.ROLES)
def _watch(who: Identity, case_id: UUID) -> None:
    """Draw the page anew when it may not be read any more."""
    with read() as session:
        is_open = break_glass.standing(session, who, case_id) is not None
    if not is_open:
        st.rerun()


@guarded(*break_glass.ROLES)
def _end(who: Identity, case_id: UUID) -> None:
    def end() -> None:
        with transaction() as session:
            break_glass.end(session, who, case_id)

    if told(PLACE, end):
        st.query_params.clear()
        tell(PLACE, "The case is closed to you again.")
