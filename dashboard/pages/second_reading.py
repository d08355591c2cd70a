"""A second reading: a face to grade, for comparison with its first reader and the model."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from core.errors import SkincareError
from core.people import Identity, Role
from dashboard.identity import guarded, require
from dashboard.look import page_header
from dashboard.widgets.case_grade import filled_in, forget, grade_form
from dashboard.widgets.case_photos import pictures
from dashboard.widgets.case_style import STYLE
from dashboard.widgets.notice import hear, tell, told
from dashboard.words import plain
from data.database import transaction
from pipeline.reviews import second

PLACE = "second_reading"


@guarded(Role.DERMATOLOGIST)
def _take(who: Identity) -> None:
    def take() -> None:
        with transaction() as session:
            second.take(session, who)

    told(PLACE, take)


@guarded(Role.DERMATOLOGIST)
def _keep(who: Identity, case_id: UUID) -> None:
    given, severity = filled_in()

    def keep() -> None:
        with transaction() as session:
            second.give(session, who, case_id, given, severity)

    if told(PLACE, keep):
        tell(PLACE, "Kept, thank you. The face is closed again.")
        forget()


@guarded(Role.DERMATOLOGIST)
def _put_back(who: Identity, case_id: UUID) -> None:
    def put_back() -> None:
        with transaction() as session:
            second.put_back(session, who, case_id)

    if told(PLACE, put_back):
        forget()


who = require(Role.DERMATOLOGIST)
st.html(STYLE)
page_header(
    "Second reading",
    "Some faces are graded by two dermatologists, so that readers and the model can be compared. "
    "Nobody waits for it, and you see neither question, scores nor the other grades.",
)
hear(PLACE)
with transaction() as session:
    case_id = second.current(session, who)
    is_waiting = second.is_waiting(session, who)
if case_id is None:
    if is_waiting:
        st.text("A face waits.")
        st.button("Take the next", type="primary", on_click=_take)
    else:
        st.info("No second reading waits for you.")
    st.stop()
try:
    with transaction() as session:
        opened = second.open_(session, who, case_id)
except SkincareError as error:
    st.info(plain(str(error)))
    st.button("Put it back", on_click=_put_back, args=(case_id,))
    st.stop()
left, right = st.columns([7, 5], gap="medium")
with left, st.container(key="case_left"):
    pictures(case_id, second)
with right:
    with st.container(key="grade_panel"):
        grade_form(opened, _keep, case_id)
    st.button("Put it back", type="tertiary", on_click=_put_back, args=(case_id,))
