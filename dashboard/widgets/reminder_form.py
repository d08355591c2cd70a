"""When the person is reminded of what, on their own clock."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from core import clocks
from core.notification_preferences import Preferences
from core.notifications import FACTS, REMINDERS, Kind
from core.people import Identity, Role
from dashboard.identity import guarded
from dashboard.widgets.notice import hear, tell, told
from data.database import read, transaction
from data.reminders import Reminder
from pipeline import notification_preferences, reminders
from pipeline.reminders import CHECK_EVERY_DAYS, Change

_PLACE = "reminders"
_PACE = {7: "a week", 14: "two weeks", 28: "four weeks"}


def reminder_form(who: Identity, preferences: Preferences) -> None:
    """A form of every reminder, and the zone by which it goes."""
    with read() as session:
        now = reminders.current(session, who.user_id)
    zone = preferences.time_zone or clocks.FALLBACK
    here = st.context.timezone
    names = [*clocks.zones()]
    if zone not in names:
        names.append(zone)
    st.markdown("Reminders come at the time of your own clock, in summer and in winter.")
    with st.form("reminders", enter_to_submit=False, border=False):
        for kind in REMINDERS:
            with st.container(border=True):
                _one(now[kind], zone)
        st.selectbox("Your time zone", names, index=names.index(zone), key="reminder_zone")
        if here and here != zone and clocks.is_zone(here):
            st.caption(
                f"This device is in {here}. Reminders go by the zone above until you change it."
            )
        st.form_submit_button("Save", type="primary", on_click=_save, key="save_reminders")
    hear(_PLACE)


def _one(reminder: Reminder, zone: str) -> None:
    kind = reminder.kind.value
    with st.container(horizontal=True, vertical_alignment="center"):
        st.toggle(FACTS[reminder.kind].name, reminder.is_on, key=f"{kind}_on", width=190)
        st.time_input(
            f"{FACTS[reminder.kind].name} at",
            reminder.at,
            key=f"{kind}_at",
            step=300,
            width=120,
            label_visibility="collapsed",
        )
        if reminder.kind is Kind.CHECK_DUE:
            st.selectbox(
                "How long after the last check",
                CHECK_EVERY_DAYS,
                CHECK_EVERY_DAYS.index(reminder.every_days),
                format_func=lambda days: f"{_PACE[days]} after the last check",
                key=f"{kind}_days",
                width=290,
                label_visibility="collapsed",
            )
    st.caption(_next(reminder, zone))


def _next(reminder: Reminder, zone: str) -> str:
    if not reminder.is_on:
        return "Off."
    if reminder.next_due_at is None:
        if reminder.unanswered:
            return "Asked often enough; starts again with your next check."
        return "Starts with your first check."
    return f"Next: {_there(reminder.next_due_at, zone)}."


def _there(moment: datetime, zone: str) -> str:
    """As in “Tuesday, 24 November, 07:30”, on the clock of the zone."""
    there = moment.astimezone(clocks.zone(zone))
    return f"{there:%A}, {there.day} {there:%B, %H:%M}"


@guarded(Role.USER)
def _save(who: Identity) -> None:
    entered = st.session_state
    changes = {
        kind: Change(
            is_on=entered[f"{kind.value}_on"],
            at=entered[f"{kind.value}_at"] or reminders.DEFAULTS[kind].at,
            every_days=entered.get(f"{kind.value}_days", 1),
        )
        for kind in REMINDERS
    }

    def save() -> None:
        with transaction() as session:
            before = notification_preferences.read(session, who.user_id)
            if before.time_zone != entered["reminder_zone"]:
                reminders.live_in(session, who.user_id, entered["reminder_zone"])
            reminders.change(session, who.user_id, changes)

    if told(_PLACE, save):
        tell(_PLACE, "Saved.")
