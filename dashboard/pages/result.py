"""One check: where its scores come from, region by region, and what they may claim."""

from __future__ import annotations

import streamlit as st

from core.analyses import Status
from core.errors import NotFound
from core.people import Role
from dashboard import address
from dashboard.identity import require
from dashboard.look import page_header
from dashboard.preferences import Preferences
from dashboard.widgets.check_picker import check_picker
from dashboard.widgets.deletion import ask_to_delete
from dashboard.widgets.flag_banner import flag_banner
from dashboard.widgets.gentle import gentle_scores, wellbeing_hint
from dashboard.widgets.outcomes import show_unscored, try_another_photo
from dashboard.widgets.overlay_viewer import explore
from dashboard.widgets.result_parts import (
    MADE_UP,
    about_the_model,
    about_the_scores,
    all_scores,
    headline,
    what_next,
)
from dashboard.widgets.shots import shots
from dashboard.words import plain
from data import analyses
from data.database import read, transaction
from pipeline import notify, profiles, wellbeing
from pipeline.safety.raised import raised

NEWEST = 50  # checks in the list

who = require(Role.USER)
page_header("Result")
try:
    wanted = address.check_in_address()
    with read() as session:
        newest, total = analyses.listed(session, who.user_id, limit=NEWEST)
        scored = analyses.latest(session, who.user_id)
        shown = next(iter([*scored, *newest]), None)
        if wanted is not None:
            shown = analyses.get(session, who.user_id, wanted)
        preferences = Preferences.of(profiles.read(session, who.user_id).preferences)
        mode = wellbeing.of_person(session, who.user_id)
        flags = raised(session, who.user_id)
except NotFound as error:
    st.error(plain(str(error)))
    if st.button("To your newest result", type="primary"):
        st.switch_page("pages/result.py")
    st.stop()

flag_banner(flags)
if shown is None:
    st.info("You have no check yet. It takes one photo, and a few seconds.")
    if st.button("Make the first check", type="primary"):
        st.switch_page("pages/new_check.py")
    st.stop()

if shown.status.is_final:
    with transaction() as session:
        notify.seen(session, who.user_id, shown.analysis_id)  # the bell need not call any more
check_picker(shown, newest, total)
if shown.status is Status.SCORED and mode.is_on:
    if shown.is_demonstration:
        st.badge(MADE_UP, icon=":material/science:", color="orange")
    gentle_scores(shown.scores, {})
    wellbeing_hint(mode)
    what_next(shown)
elif shown.status is Status.SCORED:
    headline(shown)
    explore(shown, preferences, newest)
    shots(shown)
    all_scores(shown, preferences)
    about_the_scores(shown, preferences)
    about_the_model(shown)
    what_next(shown)
elif shown.status.is_final:
    show_unscored(shown)
    try_another_photo()
    if len(shown.shots) > 1:
        shots(shown)
else:
    st.info("This photo is being scored.")
    if st.button("See how far it is", type="primary"):
        st.switch_page("pages/new_check.py", query_params=address.of(shown.analysis_id))

if st.button("Delete this check", icon=":material/delete:", type="tertiary"):
    ask_to_delete(shown.analysis_id)
