"""What reaches the person, by which way, and when nothing shall."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import streamlit as st

from core.notification_preferences import UNTIL_RESUMED, Preferences, Quiet
from core.notifications import FACTS, Channel, Kind, kinds_for
from core.people import Identity
from dashboard.identity import guarded
from dashboard.widgets.notice import hear, tell, told
from dashboard.words_of_scores import day_and_time
from data.database import read, transaction
from pipeline import notification_preferences

_PLACE = "news_preferences"
_NIGHT = Quiet(time(22), time(7))
_PAUSES = {"A day": timedelta(days=1), "A week": timedelta(days=7), "Until I resume": None}


def news_preferences(who: Identity, preferences: Preferences) -> None:
    """Pause, kinds by channel, and quiet hours."""
    _pause(preferences)
    with read() as session:
        why_no_mail = notification_preferences.why_no_mail(session, who.user_id)
    with st.form("news_preferences", enter_to_submit=False, border=False):
        _pills("In the app", Channel.APP, who, preferences)
        st.caption("News about the safety of your account always arrives in the app.")
        _pills("By e-mail", Channel.EMAIL, who, preferences)
        st.caption(
            why_no_mail
            or "An e-mail only says that something is waiting. What it is, stands here alone."
        )
        quiet = preferences.quiet or _NIGHT
        st.toggle("Quiet hours without e-mail", preferences.quiet is not None, key="quiet_on")
        with st.container(horizontal=True):
            st.time_input("From", quiet.begins, key="quiet_from", width=140)
            st.time_input("Until", quiet.ends, key="quiet_until", width=140)
        st.form_submit_button("Save", type="primary", on_click=_save, key="save_news")
    hear(_PLACE)


def _pills(label: str, channel: Channel, who: Identity, preferences: Preferences) -> None:
    kinds = _choosable(who, channel)
    st.pills(
        label,
        kinds,
        selection_mode="multi",
        default=[kind for kind in kinds if preferences.is_on(kind, channel)],
        format_func=lambda kind: FACTS[kind].name,
        key=f"by_{channel.value}",
    )


def _choosable(who: Identity, channel: Channel) -> list[Kind]:
    return [
        kind
        for kind in kinds_for(who.role)
        if channel is not Channel.APP or not FACTS[kind].is_mandatory
    ]


def _pause(preferences: Preferences) -> None:
    until = preferences.paused_until
    if until is not None and until > datetime.now(UTC):
        how_long = "until you resume" if until == UNTIL_RESUMED else f"until {day_and_time(until)}"
        st.warning(
            f"Paused {how_long}. Nothing calls you but the safety of your account; "
            "news is kept in the list, reminders are left out.",
            icon=":material/notifications_paused:",
        )
        st.button("Resume", on_click=_pause_for, args=(timedelta(0),))
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**Pause everything**")
        for name, span in _PAUSES.items():
            st.button(name, on_click=_pause_for, args=(span,))


@guarded()
def _pause_for(who: Identity, span: timedelta | None) -> None:
    until = UNTIL_RESUMED if span is None else datetime.now(UTC) + span if span else None

    def pause() -> None:
        with transaction() as session:
            now = notification_preferences.read(session, who.user_id)
            wanted = replace(now, paused_until=until, choices={})
            notification_preferences.save(session, who, wanted)

    told(_PLACE, pause)


@guarded()
def _save(who: Identity) -> None:
    entered = st.session_state
    choices = {
        (kind, channel): kind in entered[f"by_{channel.value}"]
        for channel in Channel
        for kind in _choosable(who, channel)
    }
    quiet = None
    if entered["quiet_on"]:
        quiet = Quiet(entered["quiet_from"] or _NIGHT.begins, entered["quiet_until"] or _NIGHT.ends)

    def save() -> None:
        with transaction() as session:
            now = notification_preferences.read(session, who.user_id)
            wanted = replace(now, quiet=quiet, choices=choices)
            notification_preferences.save(session, who, wanted)

    if told(_PLACE, save):
        tell(_PLACE, "Saved.")
