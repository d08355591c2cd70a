"""A case on one screen: the photos on the left; question, grade, answer, history, notes right."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from core.errors import NotFound, SkincareError
from core.people import Role
from dashboard.identity import require
from dashboard.widgets.case_head import case_head, watch
from dashboard.widgets.case_keys import case_keys
from dashboard.widgets.case_panels import panel
from dashboard.widgets.case_photos import names_of, pictures
from dashboard.widgets.case_style import STYLE
from dashboard.words import plain
from data.database import transaction
from pipeline.reviews import photos, reading

who = require(Role.DERMATOLOGIST)
st.html(STYLE)
try:
    case_id = UUID(st.query_params.get("case", ""))
except ValueError:
    st.title("Case", anchor=False)
    st.info("Choose a case in the queue: those in your hands are listed there.")
    if st.button("To the queue", type="primary"):
        st.switch_page("pages/queue.py")
    st.stop()

try:
    with transaction() as session:
        opened = reading.open_(session, who, case_id)
        shown = names_of(opened, photos.of_case(session, opened))
        standing = reading.standing(session, who, case_id)
except SkincareError as error:
    st.error(plain(str(error)))
    if st.button("To the queue", type="primary"):
        st.switch_page("pages/queue.py")
    if isinstance(error, NotFound):
        st.page_link(
            "pages/break_glass.py",
            label="In an emergency: open it by break-glass",
            icon=":material/emergency:",
            query_params={"case": str(case_id)},
        )
    st.stop()

case_head(opened)
left, right = st.columns([7, 5], gap="medium")
with left, st.container(key="case_left"):
    pictures(case_id)
    case_keys(len(shown))
with right:
    panel(case_id)
watch(case_id, standing)
