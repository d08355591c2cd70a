"""What was answered and when, and what somebody qualified has seen to."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.red_flags import ClosedBy
from dashboard.words_of_scores import day
from data.safety import Answered
from pipeline.safety.questions import questionnaire
from pipeline.safety.raised import Seen

_NOT_ASKED_ANY_MORE = "something that is not asked any more"


def safety_history(history: Sequence[Answered], closed: Sequence[Seen]) -> None:
    """Nothing where nothing was ever answered."""
    if not history:
        return
    words = {item.id: item.text for item in questionnaire().items()}
    with st.expander("Your earlier answers"):
        for seen in closed:
            reasons = "; ".join(seen.raised.because)
            st.markdown(f"**{_closed(seen)}**: {reasons}")
        for each in history:
            told = [words.get(item, _NOT_ASKED_ANY_MORE) for item in each.ticked]
            st.markdown(f"**{day(each.answered_at)}**: {'; '.join(told) or 'nothing of it'}")


def _closed(seen: Seen) -> str:
    if seen.by is ClosedBy.DERMATOLOGIST or seen.seen_on is None:
        return f"Answered by a dermatologist here on {day(seen.closed_at)}"
    return f"Seen on {seen.seen_on:%-d %B %Y}, as you told us"
