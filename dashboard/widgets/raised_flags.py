"""Raised red flags: how urgent each is, where to turn, what it holds back, and closing it."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import streamlit as st
from streamlit.errors import StreamlitPageNotFoundError

from core.people import Identity, Role
from core.red_flags import Raised, Urgency
from dashboard.identity import guarded
from dashboard.widgets.notice import hear, tell, told
from dashboard.widgets.where_to_turn import where_to_turn
from dashboard.words_of_scores import day
from data.database import transaction
from pipeline.safety import answers, words

_PLACE = "raised_flags"
_CLOSED = "Noted. What it held back goes on again."


def raised_flags(flags: Sequence[Raised]) -> None:
    """Each open flag, the most urgent first."""
    for flag in flags:
        with st.container(border=True):
            _flag(flag)


def what_happened() -> None:
    """What came of closing one; also where none is left."""
    hear(_PLACE)


def _flag(flag: Raised) -> None:
    where_to_turn(flag)
    st.markdown(f"You told us on {day(flag.raised_at)}:")
    st.markdown("\n".join(f"- {reason}" for reason in flag.because))
    st.caption(words.held_back(flag.stops))
    # An answer within a day is too late for an emergency.
    if flag.urgency is not Urgency.EMERGENCY:
        with contextlib.suppress(StreamlitPageNotFoundError):  # where nobody can be asked
            st.page_link(
                "pages/ask.py",
                label="Ask a dermatologist here, with these answers",
                icon=":material/forum:",
                query_params={"flag": flag.flag_id},
            )
    with st.expander("Somebody qualified has seen it"):
        _seen(flag)


def _seen(flag: Raised) -> None:
    today = datetime.now(UTC).date()  # only where the calendar opens; the database checks
    first = answers.first_day(flag.urgency, flag.raised_at)
    on = st.date_input(
        "On which day?",
        value=max(today, first),
        min_value=first,
        max_value=max(today, first) + timedelta(days=1),
        key=f"seen_on_{flag.raised_id}",
    )
    st.caption(
        "A doctor, dermatologist, midwife, nurse or therapist. Not an app, a photo or a score."
    )
    st.button(
        "It was seen on this day",
        key=f"seen_{flag.raised_id}",
        on_click=_close,
        args=(flag.raised_id, on),
    )


@guarded(Role.USER)
def _close(who: Identity, raised_id: UUID, on: date) -> None:
    def close() -> None:
        with transaction() as session:
            answers.seen(session, who, raised_id, on)

    if told(_PLACE, close):
        tell(_PLACE, _CLOSED)
