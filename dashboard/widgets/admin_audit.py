"""Searching the audit: who did what to whose data, and when."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import streamlit as st

from core.people import Identity, Role
from dashboard.identity import guarded
from dashboard.widgets.notice import hear, told
from dashboard.words_of_scores import day_and_time, midnight
from data.database import read, transaction
from data.operations import Noted
from pipeline import operations

PLACE = "admin_audit"
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_FOUND = "admin_audit_found"  # (whose search, rows): kept for this browser tab only


def show(who: Identity) -> None:
    """The form, and what the last search found."""
    hear(PLACE)
    with read() as session:
        actions = operations.actions(session, who)
        names = operations.names(session, who)
    with st.form("admin_audit", border=True):
        st.text_input(
            "E-mail address of the person", key="admin_audit_email", placeholder="Everybody"
        )
        left, right = st.columns(2)
        left.selectbox(
            "What was done",
            actions,
            index=None,
            placeholder="Anything",
            format_func=_words,
            key="admin_audit_action",
        )
        right.date_input("Since", value=None, key="admin_audit_since")
        st.form_submit_button("Search", type="primary", icon=":material/search:", on_click=_search)
    st.caption("Every search is noted in the audit itself.")
    whose, found = st.session_state.get(_FOUND, (None, []))
    if whose != who.user_id:
        return
    if not found:
        st.info("Nothing was found.")
        return
    st.dataframe(
        {
            "When": [day_and_time(row.at) for row in found],
            "What": [_words(row.action) for row in found],
            "Who": [_name(row.actor, names) for row in found],
            "About": [_name(row.subject, names, nobody="") for row in found],
            "Details": [_details(row.details) for row in found],
        },
        hide_index=True,
        width="stretch",
    )
    if len(found) % operations.A_PAGE == 0:
        st.button("Older ones", on_click=_older, key="admin_audit_older")


@guarded(Role.ADMIN)
def _search(who: Identity) -> None:
    st.session_state.pop(_FOUND, None)
    told(PLACE, _look, who, None)


@guarded(Role.ADMIN)
def _older(who: Identity) -> None:
    whose, found = st.session_state.get(_FOUND, (None, []))
    if whose == who.user_id and found:
        told(PLACE, _look, who, found[-1].event_id)


def _look(who: Identity, before: int | None) -> None:
    since: date | None = st.session_state.get("admin_audit_since")
    with transaction() as session:
        rows = operations.search(
            session,
            who,
            email=st.session_state.get("admin_audit_email", ""),
            action=st.session_state.get("admin_audit_action"),
            since=None if since is None else midnight(since),
            before=before,
        )
    earlier: list[Noted] = st.session_state[_FOUND][1] if before is not None else []
    st.session_state[_FOUND] = (who.user_id, [*earlier, *rows])


def _words(action: str) -> str:
    return action.replace("_", " ").capitalize()


def _name(pseudonym: str | None, names: Mapping[str, str], nobody: str = "The product") -> str:
    if pseudonym is None:
        return nobody
    return names.get(pseudonym, f"Person {pseudonym[-6:]}")


def _details(details: Mapping[str, Any]) -> str:
    """Without ids, which say nothing to a person."""
    return ", ".join(
        f"{key.replace('_', ' ')}: {value}"
        for key, value in details.items()
        if value is not None and not _ID.fullmatch(str(value))
    )
