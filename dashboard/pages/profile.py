"""The person's own account: what they said of themselves, agreed to, and where they are in."""

from __future__ import annotations

import streamlit as st

from dashboard.identity import identity
from dashboard.look import page_header
from dashboard.widgets.about_you import about_you
from dashboard.widgets.account_forms import change_password, delete_account
from dashboard.widgets.consent_ledger import consent_ledger
from dashboard.widgets.session_list import session_list
from dashboard.words import plain
from dashboard.words_of_scores import short_day
from data.database import read
from pipeline import consents, profiles, web_sessions

who = identity()
with read() as session:
    profile = profiles.read(session, who.user_id)
    given = consents.current(session, who.user_id)
    sessions = web_sessions.live(session, who.user_id)

page_header(
    "Profile", f"{plain(profile.email)}, with an account since {short_day(profile.created_at)}."
)
you, agreed, signed_in, account = st.tabs(["About you", "Consents", "Sign-ins", "Account"])
with you:
    about_you(who, profile)
with agreed:
    consent_ledger(given)
with signed_in:
    session_list(who, sessions)
with account:
    change_password(who)
    delete_account(who)
