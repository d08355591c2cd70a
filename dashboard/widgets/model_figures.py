"""A recalibration to look at: its curves, what it gains, and for which tones of skin."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TypeVar

import altair as alt
import pandas as pd
import streamlit as st

from core.analytics import TONE_BANDS
from core.metrics import FACTS, Metric
from core.recalibration import KNOTS, Figures, Gain, Recalibration
from pipeline.analytics.words import of_value

_Of = TypeVar("_Of")
_STYLE = "<style>.stays { margin: 0 0 0.3rem; }</style>"


def curves(one: Recalibration) -> None:
    """Score before against score after, a line a metric; the thin line changes nothing."""
    rows = [
        {"Metric": FACTS[metric].name, "before": before, "after": min(100.0, max(0.0, after))}
        for metric, curve in _in_order(one.curves)
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
    """A row a metric that was fitted; below, why the others stay as they are."""
    rows = [
        {
            "Metric": FACTS[metric].name,
            "Gain": _gain(of.gain),
            "Mean error, points": _errors(of.gain),
            "Interval holds": _held(of),
            "People": of.people,
        }
        for metric, of in _in_order(one.figures)
        if of.gain is not None
    ]
    if rows:
        st.dataframe(rows, hide_index=True, width="stretch", height="content")
    stays = [(m, of.left_out_because) for m, of in _in_order(one.figures) if of.left_out_because]
    if stays:
        st.markdown("**Stays as it is**")
        st.html(_STYLE + "".join(_line(FACTS[metric].name, why) for metric, why in stays))


def tones(one: Recalibration) -> None:
    """The same by tone of skin, of the metrics that are part of it."""
    rows = [
        {
            "Metric": FACTS[metric].name,
            "Tone of skin": of_value(tone),
            "Gain": _gain(gain),
            "Mean error, points": _errors(gain),
            "People": gain.people,
        }
        for metric, of in _in_order(one.figures)
        if metric in one.curves
        for tone in TONE_BANDS
        if (gain := of.by_tone.get(tone)) is not None
    ]
    if not rows:
        st.caption("No tone of skin has ten graded people yet: nothing can be said by tone.")
        return
    st.markdown("**By tone of skin**, where ten people or more were graded")
    st.dataframe(rows, hide_index=True, width="stretch", height="content")


def _in_order(by_metric: Mapping[Metric, _Of]) -> list[tuple[Metric, _Of]]:
    return [(metric, by_metric[metric]) for metric in Metric if metric in by_metric]


def _line(name: str, why: str) -> str:
    return f"<p class='stays'><b>{escape(name)}.</b> {escape(why)}</p>"


def _errors(of: Gain) -> str:
    return f"{of.mae_before:.1f} → {of.mae_after:.1f}"


def _gain(of: Gain) -> str:
    gain = of.gain
    return f"{gain.value:+.1f} ({gain.low:+.1f} to {gain.high:+.1f})".replace("-", "−")


def _held(of: Figures) -> str:
    if of.coverage_before is None or of.coverage_after is None:
        return "–"
    return f"{of.coverage_before:.0%} → {of.coverage_after:.0%}"
