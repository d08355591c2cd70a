"""What to do after a check: morning and evening, from when, why, and what was left out."""

from __future__ import annotations

import streamlit as st

from core.errors import NotFound
from core.people import Purpose, Role
from dashboard import address
from dashboard.identity import require
from dashboard.look import page_header
from dashboard.widgets import advice_parts
from dashboard.widgets.health_answers import health_questions
from dashboard.widgets.routine_steps import routine_steps
from dashboard.words import plain
from dashboard.words_of_advice import without_numbers
from dashboard.words_of_scores import day
from data import analyses
from data.database import transaction
from pipeline import consents, health_answers, profiles, recommendations, wellbeing

who = require(Role.USER)
try:
    wanted = address.check_in_address()
    with transaction() as session:  # it writes where an earlier advice does not hold any more
        if wanted is None:
            found = recommendations.latest(session, who.user_id)
        else:
            found = recommendations.of_check(session, who.user_id, wanted)
        if found is not None:
            check = analyses.get(session, who.user_id, found.analysis_id)
            before = recommendations.earlier(session, who.user_id, found.analysis_id)
        answers = health_answers.read(session, who.user_id)
        agreed = consents.current(session, who.user_id)[Purpose.HEALTH_ANSWERS]
        profile = profiles.read(session, who.user_id)
        in_words = wellbeing.of_person(session, who.user_id).is_on
except NotFound as error:
    page_header("Advice")
    st.error(plain(str(error)))
    if st.button("To your newest advice", type="primary"):
        st.query_params.clear()
        st.rerun()
    st.stop()

if found is None:
    page_header("Advice", "It follows from a check: what to do, why, and what not to do.")
    st.info("You have no scored check yet. It takes one photo, and a few seconds.")
    if st.button("Make the first check", type="primary"):
        st.switch_page("pages/new_check.py")
else:
    page_header("Advice", f"From your check of {day(check.created_at)}. Cosmetic guidance.")
    if check.is_demonstration:
        st.badge("Simulated check: no photo", color="orange")
    advice_parts.where_to_turn(found)

advice = None if found is None else found.advice
if advice is not None:
    if in_words:
        advice = without_numbers(advice)
    advice_parts.what_counts(advice)
if found is None or found.advice is not None:
    untold = advice.still_to_tell if advice is not None else ()
    asked = "Answer these to leave less out" if untold else "Your answers"
    if untold:
        st.info(
            f"We leave out more than we would have to. Not told yet: {'; '.join(untold)}.",
            icon=":material/edit_note:",
        )
    with st.expander(asked, expanded=False, icon=":material/edit_note:"):
        is_agreed = agreed is not None and agreed.in_force
        health_questions(answers, agreed=is_agreed, profile=profile)

if found is not None and advice is not None:
    advice_parts.for_you(advice)
    morning, evening = st.columns(2, gap="medium")
    with morning:
        st.subheader("Morning", anchor=False)
        routine_steps(advice.morning)
    with evening:
        st.subheader("Evening", anchor=False)
        routine_steps(advice.evening)
    if st.button("Follow this routine", type="primary", icon=":material/checklist:"):
        st.switch_page("pages/routine.py")
    st.subheader("The weeks ahead", anchor=False)
    advice_parts.course(advice)
    st.subheader("Read more", anchor=False)
    advice_parts.alternatives(advice)
    advice_parts.how_it_was_made(found, before)
    st.page_link("pages/evidence.py", label="Every ingredient and its evidence")
