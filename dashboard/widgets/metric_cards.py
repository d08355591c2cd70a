"""One metric as a card: value, likely range, direction, course so far, and what changed."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.examination import Score
from core.metrics import FACTS, Metric
from dashboard.words_of_scores import direction, likely, points
from pipeline.change import Change, Verdict


def metric_card(
    metric: Metric, score: Score, *, course: Sequence[float] = (), change: Change | None = None
) -> None:
    """Draw the card into the current container. `course` is the values so far, oldest first."""
    facts = FACTS[metric]
    with st.container(border=True, gap="xsmall", height="stretch"):
        st.metric(
            facts.name,
            points(score),
            likely(score),
            delta_color="off",
            delta_arrow="off",
            chart_data=list(course) if len(course) > 1 else None,
            help=f"{facts.is_} {facts.is_not} ({facts.evidence.value})",
        )
        if score.abstained_because:
            st.caption(score.abstained_because)
        else:
            st.caption(direction(metric))
        if change is not None and change.verdict is not Verdict.NOT_COMPARABLE:
            change_badge(change)


def change_badge(change: Change) -> None:
    """The verdict in a word or two, with its reason as a tooltip."""
    match change.verdict:
        case Verdict.REAL:
            st.badge(f"{signed(change)} · real change", color="primary", help=change.because)
        case Verdict.NOISE:
            st.badge(f"{signed(change)} · within noise", color="gray", help=change.because)
        case Verdict.NOT_COMPARABLE:
            st.badge("not comparable", color="gray", help=change.because)


def signed(change: Change) -> str:
    """As in “+4” or “−11”, with a true minus sign; “±0” for less than half a point."""
    rounded = round(change.delta or 0)
    return "±0" if rounded == 0 else f"{rounded:+d}".replace("-", "−")
