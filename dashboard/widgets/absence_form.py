"""A dermatologist's days away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

import streamlit as st

from core.people import Identity, Role
from dashboard.identity import guarded
from dashboard.widgets.notice import tell, told
from dashboard.widgets.queue_lines import PLACE
from dashboard.words_of_scores import midnight, short_day
from data.absences import Absence
from data.database import transaction
from pipeline.consultations import claims


def absence_form(found: Sequence[Absence], today: date) -> None:
    for absence in found:
        with st.container(horizontal=True, vertical_alignment="center"):
            until = absence.ends_at - timedelta(seconds=1)
            st.markdown(f"{short_day(absence.starts_at)} to {short_day(until)}")
            st.button(
                "Strike out",
                key=f"back_{absence.absence_id}",
                type="tertiary",
                on_click=_be_back,
                args=(absence.absence_id,),
            )
    left, right = st.columns(2)
    first = left.date_input("First day", value=today, min_value=today, key="away_from")
    last = right.date_input("Last day", value=first, min_value=first, key="away_until")
    st.caption("Cases in your hands go back to the queue when it begins; none is assigned to you.")
    st.button("I am away then", on_click=_be_away, args=(first, last))


@guarded(Role.DERMATOLOGIST)
def _be_away(who: Identity, first: date, last: date) -> None:
    def be_away() -> None:
        with transaction() as session:
            claims.be_away(session, who, midnight(first), midnight(last + timedelta(days=1)))

    if told(PLACE, be_away):
        tell(PLACE, "Noted. Have a good time.")


@guarded(Role.DERMATOLOGIST)
def _be_back(who: Identity, absence_id: UUID) -> None:
    def be_back() -> None:
        with transaction() as session:
            claims.be_back(session, who, absence_id)

    if told(PLACE, be_back):
        tell(PLACE, "Struck out.")
