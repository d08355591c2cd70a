"""The house template of Plotly, light and dark, in the colours of `.streamlit/config.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import Any

import plotly.graph_objects as go
import streamlit as st
from plotly.colors import sample_colorscale

from core.settings import ROOT

FONT = "Figtree, 'Segoe UI', system-ui, sans-serif"
# From little to much, the same in print and for the colour-blind: paper to deep green, or the
# reverse in the dark. Between two signs: clay to green over paper.
_LITTLE_TO_MUCH = {
    "light": ["#f3ede3", "#c9ddd2", "#8fbfae", "#4f9a88", "#1f6b5e", "#123f37"],
    "dark": ["#1d2624", "#214a43", "#2c6f63", "#469b8a", "#7ccbb9", "#c9efe5"],
}
_TWO_SIGNS = {
    "light": ["#8f3f22", "#dd9f85", "#f3ede3", "#8fbfae", "#1f6b5e"],
    "dark": ["#f0a688", "#8b4a34", "#1d2624", "#2c6f63", "#7ccbb9"],
}


def kind() -> str:
    """Either light or dark, as this browser shows the page."""
    return "dark" if st.context.theme.type == "dark" else "light"


@cache
def template(kind: str) -> go.layout.Template:
    """The look of every chart of ours."""
    colours = _theme()[kind]
    text, grid = colours["textColor"], colours["borderColor"]
    axis: dict[str, Any] = {
        "gridcolor": grid,
        "linecolor": grid,
        "zerolinecolor": grid,
        "tickfont": {"color": text, "size": 13},
        "title": {"font": {"color": text, "size": 13}, "standoff": 8},
        "automargin": True,
        "ticks": "",
    }
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "color": text, "size": 14},
            "paper_bgcolor": colours["backgroundColor"],
            "plot_bgcolor": colours["backgroundColor"],
            "colorway": colours["chartCategoricalColors"],
            "colorscale": {
                "sequential": scale(_LITTLE_TO_MUCH[kind]),
                "diverging": scale(_TWO_SIGNS[kind]),
            },
            "xaxis": axis | {"showgrid": False},
            "yaxis": axis,
            "legend": {
                "orientation": "h",
                "y": 1.02,
                "yanchor": "bottom",
                "x": 0,
                "font": {"color": text, "size": 13},
                "title": {"text": ""},
            },
            "hoverlabel": {
                "bgcolor": colours["secondaryBackgroundColor"],
                "font": {"color": text, "family": FONT},
                "bordercolor": grid,
            },
            "margin": {"l": 8, "r": 8, "t": 36, "b": 8},
            "dragmode": "select",
            "modebar": {
                "bgcolor": "rgba(0,0,0,0)",
                "color": colours["grayTextColor"],
                "activecolor": colours["primaryColor"],
            },
        }
    )


def scale(colours: list[str]) -> list[list[object]]:
    """Evenly spaced stops, as Plotly wants them."""
    return [[place / (len(colours) - 1), colour] for place, colour in enumerate(colours)]


def ink(scale: list[list[object]], share: float) -> str:
    """Black or white, whichever stands out more from the colour at `share` (0 to 1) of a scale."""
    [colour] = sample_colorscale(scale, [min(1.0, max(0.0, share))], colortype="tuple")
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]  # WCAG 2.2
    return "#000000" if (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) else "#ffffff"


def sequential() -> list[list[object]]:
    return scale(_LITTLE_TO_MUCH[kind()])


def diverging() -> list[list[object]]:
    return scale(_TWO_SIGNS[kind()])


def colours() -> list[str]:
    found: list[str] = _theme()[kind()]["chartCategoricalColors"]
    return found


def quiet() -> str:
    """The colour of what is only said beside the data."""
    return str(_theme()[kind()]["grayTextColor"])


def paper() -> str:
    return str(_theme()[kind()]["backgroundColor"])


def config(name: str, picture: str = "svg") -> dict[str, Any]:
    """The toolbar: only what helps; the camera saves the chart as `picture`."""
    return {
        "displaylogo": False,
        "modeBarButtonsToRemove": ["lasso2d", "autoScale2d", "pan2d", "zoomIn2d", "zoomOut2d"],
        "toImageButtonOptions": {"format": picture, "filename": name, "scale": 2},
        "responsive": True,
    }


@cache
def _theme() -> dict[str, Any]:
    with (ROOT / ".streamlit" / "config.toml").open("rb") as file:
        theme = tomllib.load(file)["theme"]
    shared = {k: v for k, v in theme.items() if not isinstance(v, dict)}
    return {name: {**shared, **theme[name]} for name in ("light", "dark")}
