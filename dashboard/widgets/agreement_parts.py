"""Lines of the agreement board: a chart with intervals, a table, and what the figures mean."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import altair as alt
import pandas as pd
import streamlit as st

from core.analytics import FLOOR
from core.metrics import FACTS, Metric
from core.reviews import SCALES, Scale
from pipeline.agreement.board import Between, Line
from pipeline.agreement.statistics import Agreement, Estimate
from pipeline.analytics.words import of_value


class Figure(StrEnum):
    ICC = "icc"
    KAPPA = "kappa"
    BIAS = "bias"


FEW = f"under {FLOOR}"
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
        x=alt.X("low:Q", title=FIGURES[figure], scale=scale, axis=alt.Axis(tickCount=6)),
        x2="high:Q",
        color=alt.value("#3f9484"),
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
    st.altair_chart(drawn.properties(height=90 + 28 * len(rows)), width="stretch")


def _row(line: Line, figure: Figure, by_tone: bool) -> dict[str, object] | None:
    if isinstance(line.what, Scale) and figure is Figure.BIAS:
        return None  # in levels, not in points
    if line.agreement is None or (found := _estimate(line.agreement, figure)) is None:
        return None
    limits = line.agreement.limits if figure is Figure.BIAS else None
    return {
        "name": of_value(line.tone) if by_tone else name_of(line.what),
        "value": found.value,
        "low": found.low,
        "high": found.high,
        "from": limits[0].value if limits else found.low,
        "to": limits[1].value if limits else found.high,
        "said": _said(found, figure),
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
                    of_value(line.tone) if by_tone else name_of(line.what)
                ),
                "People": f"{line.people:,}" if found else FEW,
                "Pairs": f"{found.pairs:,}" if found else "–",
                "ICC(2,1)": _figure(found, Figure.ICC),
                "Weighted κ": _figure(found, Figure.KAPPA),
                "Bias": _figure(found, Figure.BIAS),
                "95 % limits": (
                    f"{limits[0].value:+.1f} to {limits[1].value:+.1f}" if limits else "–"
                ),
            }
        )
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch", height="content")


def _figure(found: Agreement | None, figure: Figure) -> str:
    if found is None:
        return "–"
    estimate = _estimate(found, figure)
    return "not defined" if estimate is None else _said(estimate, figure)


def _said(found: Estimate, figure: Figure) -> str:
    form = "+.1f" if figure is Figure.BIAS else ".2f"
    return f"{found.value:{form}} [{found.low:{form}}, {found.high:{form}}]"


BETWEEN = {
    Between.MODEL: "Model and dermatologists",
    Between.READERS: "Dermatologists among themselves",
}
EMPTY = {
    Between.MODEL: "No check was graded blind yet. Grades that dermatologists give before the "
    "scores are shown to them appear here.",
    Between.READERS: "No check was graded by two dermatologists yet.",
}
