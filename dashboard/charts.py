"""Charts of scores over time. Altair: it draws in a tenth of the time that Plotly takes to load."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from core.metrics import FACTS, Metric
from dashboard.words_of_scores import day_and_time, likely, local
from pipeline.change import Verdict
from pipeline.trends import Point
from pipeline.trials.judgement import Judged

# Resolved by Streamlit's theme to the first and second categorical colour, light or dark.
_LINE, _REAL = "score", "real change"


def course_frame(points: Sequence[Point]) -> pd.DataFrame:
    """One row a measured point: `at` (local time, naive), `value`, `low`, `high` in points."""
    return pd.DataFrame(
        [
            {
                "at": local(point.at).replace(tzinfo=None),
                "when": day_and_time(point.at),
                "value": point.score.value,
                "low": point.score.low,
                "high": point.score.high,
                "likely": likely(point.score),
                "verdict": point.change.verdict.value if point.change else "first check",
                "kind": _REAL if point.change and point.change.verdict is Verdict.REAL else _LINE,
                # A line joins only what one model has scored.
                "part": sum(p.model_changed for p in points[: number + 1]),
                "model_changed": point.model_changed,
            }
            for number, point in enumerate(points)
            if point.score.value is not None
        ]
    )


def _around(frame: pd.DataFrame) -> list[float]:
    """The part of 0–100 that holds the band with room to spare; never less than 40 points."""
    if frame.empty:
        return [0, 100]
    low, high = float(frame["low"].min()) - 8, float(frame["high"].max()) + 8
    missing = max(0.0, 40 - (high - low)) / 2
    low, high = low - missing, high + missing
    return [max(0.0, min(low, 60.0)), min(100.0, max(high, 40.0))]


def course_chart(
    points: Sequence[Point], metric: Metric, smallest_detectable_change: float | None
) -> alt.LayerChart | alt.FacetChart:
    """The course of one metric with its 90 % interval as a band.

    Dashed lines stand one smallest detectable change above and below the first measured point
    that the newest model scored: beyond them the skin has changed, not only the photo.
    """
    frame = course_frame(points)
    time = alt.X("at:T", title=None, axis=alt.Axis(format="%d %b", labelOverlap=True, grid=False))
    scale = alt.Scale(domain=_around(frame))
    base = alt.Chart(frame).encode(x=time)
    band = base.mark_area(opacity=0.18).encode(
        y=alt.Y("low:Q", title=FACTS[metric].name, scale=scale),
        y2="high:Q",
        detail="part:N",
        color=alt.value("#3f9484"),
    )
    line = base.mark_line(strokeWidth=2.5).encode(
        y="value:Q", detail="part:N", color=alt.value("#3f9484")
    )
    legend = alt.Legend(title=None, orient="top")
    dots = base.mark_point(filled=True, opacity=1).encode(
        y="value:Q",
        color=alt.Color(
            "kind:N",
            scale=alt.Scale(domain=[_LINE, _REAL], range=["#3f9484", "#c8714f"]),
            legend=legend,
        ),
        shape=alt.Shape(
            "kind:N",
            scale=alt.Scale(domain=[_LINE, _REAL], range=["circle", "diamond"]),
            legend=legend,
        ),
        size=alt.condition(alt.datum.kind == _REAL, alt.value(130), alt.value(55)),
        tooltip=[
            alt.Tooltip("when:N", title="Check"),
            alt.Tooltip("value:Q", title="Score", format=".0f"),
            alt.Tooltip("likely:N", title="Range"),
            alt.Tooltip("verdict:N", title="Against the check before"),
        ],
    )
    layers: list[alt.Chart] = [band, line, dots]
    if smallest_detectable_change is not None and len(frame):
        start = frame[frame["part"] == frame["part"].max()]["value"].iloc[0]
        low, high = _around(frame)
        limits = [start - smallest_detectable_change, start + smallest_detectable_change]
        rules = pd.DataFrame({"limit": [limit for limit in limits if low <= limit <= high]})
        layers.append(
            alt.Chart(rules)
            .mark_rule(strokeDash=[6, 5], opacity=0.55, color="#7a857f")
            .encode(y="limit:Q")
        )
    switches = frame[frame["model_changed"]] if len(frame) else frame
    if len(switches):
        layers.append(
            alt.Chart(switches).mark_rule(color="#8a6d1d", strokeWidth=1.5).encode(x="at:T")
        )
    return alt.layer(*layers).properties(height=340)


def effects_chart(judged: Sequence[Judged]) -> alt.LayerChart | alt.FacetChart:
    """Of each metric of a trial the change in points, a dot, with its 90 % interval as a bar."""
    frame = pd.DataFrame(
        {
            "metric": FACTS[each.metric].name,
            "effect": each.effect,
            "low": each.low,
            "high": each.high,
        }
        for each in judged
    )
    widest = max(20.0, float(frame[["low", "high"]].abs().to_numpy().max()) + 2)
    scale = alt.Scale(domain=[-widest, widest])
    base = alt.Chart(frame).encode(
        y=alt.Y("metric:N", title=None, sort=None, axis=alt.Axis(labelLimit=90))
    )
    bars = base.mark_bar(height=10, opacity=0.35, cornerRadius=5, color="#3f9484").encode(
        x=alt.X("low:Q", title="Change in points", scale=scale), x2="high:Q"
    )
    dots = base.mark_point(filled=True, opacity=1, size=110, color="#3f9484").encode(x="effect:Q")
    zero = alt.Chart(pd.DataFrame({"x": [0]})).mark_rule(strokeDash=[5, 4], color="#7a857f")
    return alt.layer(bars, zero.encode(x="x:Q"), dots).properties(height=50 + 44 * len(frame))
