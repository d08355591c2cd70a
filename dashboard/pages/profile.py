"""The person's own account: what they said of themselves, agreed to, and where they are in."""

from __future__ import annotations

import streamlit as st

from core.people import Purpose, Role
from dashboard.identity import identity
from dashboard.look import page_header
from dashboard.widgets.about_you import about_you
from dashboard.widgets.access_list import access_list
from dashboard.widgets.account_forms import change_password, delete_account
from dashboard.widgets.address import address
from dashboard.widgets.consent_ledger import consent_ledger
from dashboard.widgets.gentle import wellbeing_toggle
from dashboard.widgets.health_answers import health_questions
from dashboard.widgets.retention_list import retention_list
from dashboard.widgets.session_list import session_list
from dashboard.words import plain
from dashboard.words_of_scores import short_day
from data.database import read
from pipeline import consents, health_answers, profiles, verification, web_sessions, wellbeing

who = identity()
with read() as session:
    profile = profiles.read(session, who.user_id)
    given = consents.current(session, who.user_id)
    sessions = web_sessions.live(session, who.user_id)
    answers = health_answers.read(session, who.user_id)
    mode = wellbeing.of_person(session, who.user_id)
    confirmed_at = verification.since(session, who.user_id)

page_header(
    "Profile", f"{plain(profile.email)}, with an account since {short_day(profile.created_at)}."
)
names = ["About you", "Health", "Consents", "Sign-ins", "Account"]
you, health, agreed, signed_in, account = st.tabs(names)
with you:
    about_you(who, profile)
    if who.role is Role.USER:
        wellbeing_toggle(mode)
with health:
    if who.role is Role.USER:
        to_answers = given[Purpose.HEALTH_ANSWERS]
        health_questions(answers, agreed=to_answers is not None and to_answers.in_force)
    else:
        st.caption("Advice is for people who check their skin; your account makes no checks.")
with agreed:
    consent_ledger(given)
    if who.role is Role.USER:
        access_list()
with signed_in:
    session_list(who, sessions)
with account:
    address(who, confirmed_at)
    retention_list()
    change_password(who)
    delete_account(who)
