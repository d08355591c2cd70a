"""Operations: the queue, what broke, models, roles and the audit, for administrators."""

from __future__ import annotations

import streamlit as st

from core.people import Role
from dashboard.identity import require
from dashboard.look import page_header
from dashboard.widgets import admin_audit, admin_broken, admin_people, admin_queue
from data.database import read
from pipeline import operations

who = require(Role.ADMIN)
page_header("Operations", "How the product runs, what broke, who may do what, and who did what.")
queue, broken, people, audit = st.tabs(["Queue", "Broken", "People and roles", "Audit"])
with read() as session:
    state = operations.state(session, who)
with queue:
    admin_queue.show(state)
    st.page_link("pages/models.py", label="Versions of the model", icon=":material/tune:")
with broken:
    admin_broken.show(state)
with people:
    admin_people.show(who)
with audit:
    admin_audit.show(who)
