"""A small line of scores with the ranges they are likely in.

Drawn here, as a picture: a chart of Vega's costs each card of the first page more than the rest of
it, and stretches every line to its card's height, so that noise looks like drama.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence

import streamlit as st

from core.examination import Score

LEAST_SPAN = 40.0  # points from bottom to top: smaller movements shall look small
_WIDTH, _HEIGHT, _MARGIN = 200.0, 48.0, 4.0

# Light and dark as in .streamlit/config.toml; a picture does not see the page's colours.
_STYLE = (
    ".b{fill:#1f6b5e;opacity:.16}.l{stroke:#1f6b5e}"
    "@media (prefers-color-scheme:dark){.b{fill:#7ccbb9;opacity:.2}.l{stroke:#7ccbb9}}"
)


def sparkline(course: Sequence[Score], *, height: str = "3rem") -> None:
    """Draw measured scores, oldest first; nothing for fewer than two."""
    if len(course) < 2:
        return
    picture = base64.b64encode(drawn(course).encode()).decode()
    st.html(
        f'<img src="data:image/svg+xml;base64,{picture}" alt="{described(course)}" '
        f'style="display:block;width:100%;height:{height};margin:0.2rem 0">'
    )


def described(course: Sequence[Score]) -> str:
    first, last = (f"{score.value:.0f}" for score in (course[0], course[-1]))
    return f"The last {len(course)} checks: from {first} to {last}."


def drawn(course: Sequence[Score]) -> str:
    """The line as SVG, with the intervals as a band; the newest score is a dot."""
    lows, values, highs = zip(*(_numbers(score) for score in course), strict=True)
    bottom, top = _span(min(lows), max(highs))

    def at(number: int, value: float) -> str:
        x = _MARGIN + number * (_WIDTH - 2 * _MARGIN) / (len(course) - 1)
        y = _HEIGHT - _MARGIN - (value - bottom) / (top - bottom) * (_HEIGHT - 2 * _MARGIN)
        return f"{x:.1f},{y:.1f}"

    line = " ".join(at(n, value) for n, value in enumerate(values))
    back = " ".join(at(n, low) for n, low in reversed(list(enumerate(lows))))
    band = " ".join(at(n, high) for n, high in enumerate(highs)) + " " + back
    stroke = 'class="l" fill="none" vector-effect="non-scaling-stroke" stroke-linecap="round"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH:.0f} {_HEIGHT:.0f}" '
        f'preserveAspectRatio="none"><style>{_STYLE}</style><polygon class="b" points="{band}"/>'
        f'<polyline {stroke} stroke-width="2" stroke-linejoin="round" points="{line}"/>'
        # A line without length and with round ends stays a dot however the picture is stretched.
        f'<path {stroke} stroke-width="7" d="M{at(len(course) - 1, values[-1])}h0"/></svg>'
    )


def _numbers(score: Score) -> tuple[float, float, float]:
    if score.value is None or score.low is None or score.high is None:
        raise ValueError("an abstention has no place on a line")
    return score.low, score.value, score.high


def _span(low: float, high: float) -> tuple[float, float]:
    """At least LEAST_SPAN around the scores, within 0–100."""
    missing = max(0.0, LEAST_SPAN - (high - low))
    bottom = min(max(0.0, low - missing / 2), 100.0 - max(LEAST_SPAN, high - low))
    return bottom, bottom + max(LEAST_SPAN, high - low)
