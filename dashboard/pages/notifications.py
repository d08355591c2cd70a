"""What the person was told, and what they want to be told when."""

from __future__ import annotations

import streamlit as st

from core.people import Role
from dashboard.identity import identity
from dashboard.look import page_header
from dashboard.widgets.news_list import news_list
from dashboard.widgets.news_preferences import news_preferences
from dashboard.widgets.reminder_form import reminder_form
from data.database import read
from pipeline import notification_preferences
from pipeline.notify import KEPT

who = identity()
with read() as session:
    preferences = notification_preferences.read(session, who.user_id)

page_header("Notifications")
names = ["News", "Reminders", "Settings"] if who.role is Role.USER else ["News", "Settings"]
tabs = dict(zip(names, st.tabs(names), strict=True))
with tabs["News"]:
    news_list(who)
    st.caption(f"Notifications are removed after {KEPT.days} days.")
if "Reminders" in tabs:
    with tabs["Reminders"]:
        reminder_form(who, preferences)
with tabs["Settings"]:
    news_preferences(who, preferences)
