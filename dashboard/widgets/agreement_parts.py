"""Lines of the agreement board: a chart with intervals, a table, and what the figures mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

import altair as alt
import pandas as pd
import streamlit as st

from core.metrics import FACTS, Metric
from core.reviews import SCALES, Scale
from pipeline.agreement.board import Between, Line
from pipeline.agreement.statistics import Agreement, Estimate

TONES: Mapping[str | None, str] = {
    None: "Everybody",
    "very_light": "Very light",
    "light": "Light",
    "intermediate": "Intermediate",
    "tan": "Tan",
    "brown": "Brown",
    "dark": "Dark",
}


class Figure(StrEnum):
    ICC = "icc"
    KAPPA = "kappa"
    BIAS = "bias"


FIGURES = {Figure.ICC: "ICC(2,1)", Figure.KAPPA: "Weighted κ", Figure.BIAS: "Bias and limits"}

MEANING = """
- **ICC(2,1)**: how much of what differs between two ratings of a skin is the skin and not the
  rating. 1 is all of it, 0 none (Shrout & Fleiss 1979).
- **Weighted κ**: agreement beyond chance on five classes of 20 points, or on a scale's levels; a
  step further apart weighs more, by its square (Cohen 1968).
- **Bias**: by how many points the second rating lies above the first on average. **Limits**: 95 of
  100 differences lie within (Bland & Altman 1986).
- In brackets: the interval that holds 95 of 100 figures when people are drawn again, 1000 times.
- **Nothing is shown of fewer than ten people**: it would tell little, and about few.
"""


def name_of(what: Metric | Scale) -> str:
    return SCALES[what].name if isinstance(what, Scale) else FACTS[what].name


def chart(lines: Sequence[Line], figure: Figure, *, by_tone: bool) -> None:
    """A dot with its interval for each line; with Bland–Altman's limits where bias is asked."""
    rows = [row for line in lines if (row := _row(line, figure, by_tone)) is not None]
    if not rows:
        return
    domain = [-100.0, 100.0] if figure is Figure.BIAS else [-0.2, 1.0]
    base = alt.Chart(pd.DataFrame(rows)).encode(
        y=alt.Y("name:N", title=None, sort=None, axis=alt.Axis(labelLimit=200))
    )
    scale = alt.Scale(domain=domain, clamp=True)
    within = base.mark_rule(strokeWidth=8, opacity=0.25).encode(
        x=alt.X("from:Q", title=FIGURES[figure], scale=scale), x2="to:Q", color=alt.value("#3f9484")
    )
    interval = base.mark_rule(strokeWidth=2.5).encode(
        x="low:Q", x2="high:Q", color=alt.value("#3f9484")
    )
    dot = base.mark_point(filled=True, size=90, opacity=1).encode(
        x="value:Q",
        color=alt.value("#c8714f"),
        tooltip=[
            alt.Tooltip("name:N", title=" "),
            alt.Tooltip("said:N", title=FIGURES[figure]),
            alt.Tooltip("people:Q", title="People"),
        ],
    )
    drawn = alt.layer(within, interval, dot) if figure is Figure.BIAS else interval + dot
    st.altair_chart(drawn.properties(height=40 + 32 * len(rows)), width="stretch")


def _row(line: Line, figure: Figure, by_tone: bool) -> dict[str, object] | None:
    if line.agreement is None or (found := _estimate(line.agreement, figure)) is None:
        return None
    limits = line.agreement.limits if figure is Figure.BIAS else None
    return {
        "name": TONES[line.tone] if by_tone else name_of(line.what),
        "value": found.value,
        "low": found.low,
        "high": found.high,
        "from": limits[0].value if limits else found.low,
        "to": limits[1].value if limits else found.high,
        "said": _said(found, 1 if figure is Figure.BIAS else 2),
        "people": line.people,
    }


def _estimate(found: Agreement, figure: Figure) -> Estimate | None:
    return {Figure.ICC: found.icc, Figure.KAPPA: found.kappa, Figure.BIAS: found.bias}[figure]


def table(lines: Sequence[Line], *, by_tone: bool) -> None:
    """Every figure with its interval, and what is missing where there is none."""
    rows = []
    for line in lines:
        found = line.agreement
        limits = found.limits if found else None
        rows.append(
            {
                "Tone of skin" if by_tone else "Graded": (
                    TONES[line.tone] if by_tone else name_of(line.what)
                ),
                "People": line.people,
                "Pairs": found.pairs if found else None,
                "ICC(2,1)": _figure(line, found.icc if found else None, 2),
                "Weighted κ": _figure(line, found.kappa if found else None, 2),
                "Bias": _figure(line, found.bias if found else None, 1),
                "95 % limits": (
                    f"{limits[0].value:+.1f} to {limits[1].value:+.1f}" if limits else "–"
                ),
            }
        )
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")


def _figure(line: Line, found: Estimate | None, digits: int) -> str:
    if line.missing:
        return f"{line.missing} people missing"
    return "not defined" if found is None else _said(found, digits)


def _said(found: Estimate, digits: int) -> str:
    sign = "+" if digits == 1 else ""
    low, high = f"{found.low:{sign}.{digits}f}", f"{found.high:{sign}.{digits}f}"
    return f"{found.value:{sign}.{digits}f} [{low}, {high}]"


BETWEEN = {
    Between.MODEL: "Model and dermatologists",
    Between.READERS: "Dermatologists among themselves",
}
EMPTY = {
    Between.MODEL: "No check was graded blind yet. Grades that dermatologists give before the "
    "scores are shown to them appear here.",
    Between.READERS: "No check was graded by two dermatologists yet.",
}
