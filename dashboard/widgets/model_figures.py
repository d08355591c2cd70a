"""A recalibration to look at: its curves, what it gains, and for which tones of skin."""

from __future__ import annotations

import altair as alt
import pandas as pd
import streamlit as st

from core.metrics import FACTS
from core.recalibration import KNOTS, Figures, Gain, Recalibration
from pipeline.analytics.words import of_value

PART = "Part of it?"


def curves(one: Recalibration) -> None:
    """Score before against score after, a line a metric; the thin line changes nothing."""
    rows = [
        {"Metric": FACTS[metric].name, "before": before, "after": min(100.0, max(0.0, after))}
        for metric, curve in one.curves.items()
        for before, after in zip(KNOTS, curve.at_knots, strict=True)
    ]
    scale = alt.Scale(domain=[0, 100])
    same = (
        alt.Chart(pd.DataFrame({"before": [0, 100], "after": [0, 100]}))
        .mark_line(strokeDash=[4, 4], opacity=0.5, color="gray")
        .encode(x="before:Q", y="after:Q")
    )
    lines = (
        alt.Chart(pd.DataFrame(rows))
        .mark_line(point=True, strokeWidth=2.5)
        .encode(
            x=alt.X("before:Q", title="Score now, points", scale=scale),
            y=alt.Y("after:Q", title="Score after", scale=scale),
            color=alt.Color("Metric:N", legend=alt.Legend(orient="bottom", title=None, columns=3)),
            tooltip=[
                "Metric:N",
                alt.Tooltip("before:Q", title="Now"),
                alt.Tooltip("after:Q", title="After", format=".0f"),
            ],
        )
    )
    st.altair_chart((same + lines).properties(height=320), width="stretch")


def figures(one: Recalibration) -> None:
    """A row a metric: part of it or not, and why not."""
    rows = [
        {
            "Metric": FACTS[metric].name,
            "Mean error, points": "–" if of.gain is None else _errors(of.gain),
            "Gain": "–" if of.gain is None else _gain(of.gain),
            "Interval holds": _held(of),
            "People": of.people,
            PART: of.left_out_because or "Yes",
        }
        for metric, of in one.figures.items()
    ]
    st.dataframe(rows, hide_index=True, width="stretch")


def tones(one: Recalibration) -> None:
    """The same by tone of skin, of the metrics that are part of it."""
    rows = [
        {
            "Metric": FACTS[metric].name,
            "Tone of skin": of_value(tone),
            "Mean error, points": _errors(gain),
            "Gain": _gain(gain),
            "People": gain.people,
        }
        for metric, of in one.figures.items()
        if metric in one.curves
        for tone, gain in of.by_tone.items()
    ]
    if not rows:
        st.caption("No tone of skin has ten graded people yet: nothing can be said by tone.")
        return
    st.markdown("**By tone of skin**, where ten people or more were graded")
    st.dataframe(rows, hide_index=True, width="stretch")


def _errors(of: Gain) -> str:
    return f"{of.mae_before:.1f} → {of.mae_after:.1f}"


def _gain(of: Gain) -> str:
    gain = of.gain
    return f"{gain.value:+.1f} ({gain.low:+.1f} to {gain.high:+.1f})".replace("-", "−")


def _held(of: Figures) -> str:
    if of.coverage_before is None or of.coverage_after is None:
        return "–"
    return f"{of.coverage_before:.0%} → {of.coverage_after:.0%}"
