"""Notes of colleagues to each other about a case."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from core.people import Identity, Role
from dashboard.identity import guarded
from dashboard.widgets.notice import hear, tell, told
from dashboard.words import plain
from dashboard.words_of_scores import day_and_time
from data import answers as written
from data.database import read, transaction
from pipeline.reviews import answers
from pipeline.reviews.reading import Opened

PLACE = "case_notes"


def notes_panel(who: Identity, opened: Opened) -> None:
    case_id = opened.case.consultation.consultation_id
    with read() as session:
        notes = answers.notes(session, who, case_id)
        minutes = written.minutes(session, case_id)
    for note in notes:
        with st.container(border=True):
            name = plain(note.author_name or "A former colleague")
            st.markdown(f"**{name}** :gray[· {day_and_time(note.written_at)}]")
            st.text(note.text)
    if not notes:
        st.caption("No notes yet.")
    with st.container(key="notes_panel"):
        st.text_area("Note to colleagues", max_chars=answers.LONGEST_NOTE, key="case_note")
    st.caption("Not shown to the person in the app; in the export of their data it is.")
    with st.container(key="case_main_action"):
        st.button("Keep the note", key="case_note_keep", on_click=_add, args=(case_id,))
    hear(PLACE)
    st.caption(
        f"Time spent on this case: about {minutes} min, all readers together.",
        help="Kept of the case in whole minutes, never of a dermatologist.",
    )


@guarded(Role.DERMATOLOGIST)
def _add(who: Identity, case_id: UUID) -> None:
    def add() -> None:
        with transaction() as session:
            answers.add_note(session, who, case_id, str(st.session_state.get("case_note", "")))

    if told(PLACE, add):
        st.session_state["case_note"] = ""
        tell(PLACE, "Kept.")
