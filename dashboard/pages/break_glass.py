"""Break-glass: open a case that is not one's own, with a reason; and who has done so."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from core.people import Role
from dashboard.identity import require
from dashboard.look import page_header
from dashboard.widgets import break_glass_form, break_glass_list
from dashboard.widgets.break_glass_case import break_glass_case
from dashboard.widgets.notice import hear
from data.database import read
from pipeline import break_glass

who = require(Role.DERMATOLOGIST, Role.ADMIN)
try:
    case_id = UUID(st.query_params["case"]) if "case" in st.query_params else None
except ValueError:
    case_id = None
with read() as session:
    opening = break_glass.standing(session, who, case_id) if case_id else None
if case_id is not None and opening is not None:
    break_glass_case(who, case_id, opening)
    st.stop()

page_header(
    "Break-glass",
    "Opens a case that is not yours, where somebody may come to harm otherwise: for 60 minutes, "
    "to read, nothing else.",
)
hear(break_glass_form.PLACE)
break_glass_form.form(who, case_id)
break_glass_list.openings(who)
