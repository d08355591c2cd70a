"""Which checks to look at: a usual span, or a person's own dates."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import streamlit as st

from dashboard.words_of_scores import local, midnight

_SPANS = {"4 weeks": 28, "3 months": 91, "6 months": 183, "1 year": 365, "All": None}
_OWN = "Own dates"

Period = tuple[datetime | None, datetime | None]  # from (included) to (not included); None: open


def choose_period() -> Period:
    """Draw the choice; days are those of the person's time zone."""
    span = st.segmented_control(
        "Period", [*_SPANS, _OWN], default="6 months", required=True, wrap=True
    )
    now = datetime.now(UTC)
    if span == _OWN:
        today = local(now).date()
        return _whole_days(
            st.date_input("From and to", (today - timedelta(days=91), today), max_value=today)
        )
    days = _SPANS[span]
    return (None if days is None else now - timedelta(days=days), None)


def _whole_days(chosen: date | tuple[date, ...]) -> Period:
    """From the first day's start to the last day's end; one day while the second is not chosen."""
    days = chosen if isinstance(chosen, tuple) else (chosen,)
    if not days:
        return None, None
    return midnight(days[0]), midnight(days[-1] + timedelta(days=1))
