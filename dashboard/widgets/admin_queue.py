"""How much waits, who works, and what came of the checks of the last hour."""

from __future__ import annotations

import streamlit as st

from core.analyses import Status
from data import load
from pipeline.health import DELAYED_AFTER
from pipeline.jobs import HOUSEKEEPING, PHOTOS
from pipeline.operations import State

NAMES = {
    PHOTOS: "Photos",
    HOUSEKEEPING: "Housekeeping",
    "reminders": "Reminders",
    "mail": "Mail",
    "statistics": "Statistics",
}
OUTCOMES = {
    Status.QUEUED: "Waiting",
    Status.RUNNING: "Running",
    Status.SCORED: "Scored",
    Status.REJECTED: "Rejected",
    Status.FAILED: "Failed",
}


def show(state: State) -> None:
    """Figures of this moment; the button looks again."""
    photos = state.backlogs.get(PHOTOS, load.NOTHING)
    if not state.workers:
        st.error("No worker is alive: photos wait until one is started.", icon=":material/error:")
    elif photos.oldest_seconds > DELAYED_AFTER:
        st.warning(
            f"Photos have waited for {_seconds(photos.oldest_seconds)}: more workers would help.",
            icon=":material/hourglass:",
        )
    with st.container(horizontal=True):
        st.metric("Photos waiting", photos.waiting, border=True)
        st.metric("Longest wait", _seconds(photos.oldest_seconds), border=True)
        st.metric("Signed in", state.sessions, border=True)
    st.subheader("Queues", anchor=False)
    rows = {name: state.backlogs.get(name, load.NOTHING) for name in (*NAMES, *state.backlogs)}
    st.dataframe(
        {
            "Queue": [NAMES.get(name, name) for name in rows],
            "Waiting": [row.waiting for row in rows.values()],
            "Running": [row.running for row in rows.values()],
            "Longest wait": [_seconds(row.oldest_seconds) for row in rows.values()],
        },
        hide_index=True,
        width="stretch",
    )
    st.caption(
        f"{state.workers} queue workers said within the last seconds that they live. "
        "A worker process has one for each queue."
    )
    st.subheader("Checks of the last hour", anchor=False)
    with st.container(horizontal=True):
        for status, label in OUTCOMES.items():
            st.metric(label, state.checks.by_status.get(status.value, 0), border=True)
    spent = state.checks.model_seconds
    if spent:
        st.caption(
            f"Computing a check takes {_seconds(spent[0.5])}; for one in twenty more than "
            f"{_seconds(spent[0.95])}."
        )
    st.button("Look again", icon=":material/refresh:")


def _seconds(seconds: float) -> str:
    if seconds < 10:
        return f"{seconds:.1f} s" if seconds else "0 s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"
