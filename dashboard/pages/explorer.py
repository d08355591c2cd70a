"""The analyst's explorer: a question at a time, in the address, answered from what is released."""

from __future__ import annotations

import streamlit as st

from core.errors import InvalidInput
from core.people import Role
from dashboard.identity import require
from dashboard.look import page_header
from dashboard.widgets import explorer_filters, explorer_linked, explorer_parts
from dashboard.words import plain
from data import analytics
from data.database import read
from pipeline.analytics import saved_views
from pipeline.analytics.questions import written

who = require(Role.ANALYST, Role.ADMIN)
page_header(
    "Explorer",
    "Skin metrics of groups of people. Nothing here is of fewer than ten, and nobody can be seen.",
)
with analytics.reading() as session:
    versions = [version for version, _ in analytics.versions(session)]
explorer_filters.from_address()
try:
    question = explorer_filters.choose(versions)
except InvalidInput as error:
    st.info(plain(str(error)))
    st.stop()
explorer_filters.into_address(question)
st.session_state["x_shown"] = written(question)
with read() as session:
    kept = saved_views.all_of(session, who)
explorer_parts.saved(kept, question)

explorer_parts.show(explorer_parts.answered(who, question, "x_answer"))
explorer_linked.show(who, question)
