"""One metric as a card: value, likely range, direction, course so far, and what changed."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.examination import Score
from core.metrics import FACTS, Metric
from dashboard.widgets.sparkline import sparkline
from dashboard.words_of_scores import direction, likely, points
from pipeline.change import Change, Verdict


def metric_card(
    metric: Metric,
    score: Score,
    *,
    course: Sequence[Score] = (),
    change: Change | None = None,
    wide: bool = False,
) -> None:
    """Draw the card into the current container. `course` is the scores so far, oldest first."""
    with st.container(border=True, gap="xsmall", height="stretch"):
        if wide:
            number, line = st.columns([1, 2], vertical_alignment="center")
        else:
            number = line = st.container(gap="xsmall")
        with number:
            _number(metric, score)
        with line:
            sparkline(course, height="5rem" if wide else "3rem")
        with number:
            if change is not None:
                change_badge(change)
            st.caption(f"{direction(metric).capitalize()} · {FACTS[metric].evidence.value}")


def _number(metric: Metric, score: Score) -> None:
    facts = FACTS[metric]
    st.metric(
        facts.name,
        points(score),
        likely(score),
        delta_color="off",
        delta_arrow="off",
        help=f"{facts.is_} {facts.is_not}",
    )
    if score.abstained_because:
        st.caption(score.abstained_because)


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
