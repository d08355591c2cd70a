"""Going from one check to another."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.analyses import Status
from dashboard import address
from dashboard.words_of_scores import day_and_time, names_of
from data.analyses import Analysis

_STATE = {
    Status.SCORED: "",
    Status.REJECTED: " · not scored",
    Status.FAILED: " · not scored",
    Status.QUEUED: " · under way",
    Status.RUNNING: " · under way",
}


def check_picker(shown: Analysis, newest: Sequence[Analysis], total: int) -> None:
    """A list of the newest checks, with the one that is shown; picking one shows it."""
    by_id = {check.analysis_id: check for check in (*newest, shown)}
    if len(by_id) < 2:
        st.text(day_and_time(shown.created_at), width="content")
        return
    ids = sorted(by_id, key=lambda check: (by_id[check].created_at, check), reverse=True)
    more = f"The {len(newest)} newest of {total}. Older ones: Trends." if total > len(ids) else None
    names = names_of({check: by_id[check].created_at for check in ids})
    picked = st.selectbox(
        "Check of",
        ids,
        index=ids.index(shown.analysis_id),
        format_func=lambda check: names[check] + _STATE[by_id[check].status],
        width=260,
        help=more,
    )
    if picked != shown.analysis_id:
        st.query_params.update(address.of(picked))
        st.rerun()
