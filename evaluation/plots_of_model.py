"""Plots of the model's own figures: a title, a sentence, a figure each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go

from evaluation.card_words import name
from evaluation.steadiness import WIDTHS
from models.scorer import MAPPED

Document = Mapping[str, Any]
Plot = tuple[str, str, go.Figure]

NAMES = [m.value for m in MAPPED]
LABELS = [name(m) for m in NAMES]
COLOURS = [
    "#1f6b5e", "#b85f3f", "#3b6fb0", "#a8527f", "#8a6d1d", "#4d8fa8", "#6b5aa6", "#5c6b66",
]  # fmt: skip
_GOOD, _QUIET = "rgba(31,107,94,.12)", "#c9c2b5"


def plots(document: Document) -> Iterator[Plot]:
    yield from _of_phantoms(document["phantoms"])
    if "faces" in document:
        yield from _of_people(document)


def _of_phantoms(of: Document) -> Iterator[Plot]:
    figure = go.Figure()
    skill = of["skill"]
    for key, words, colour in (
        ("constant_mae", "always the median", _QUIET),
        ("mae", "the model", COLOURS[0]),
    ):
        figure.add_bar(x=LABELS, y=[skill[m][key] for m in NAMES], name=words, marker_color=colour)
    figure.update_layout(barmode="group", height=340, yaxis_title="points")
    yield (
        "Error on held-out phantoms",
        "Mean error in points of 0–100, beside what a constant answer would be off by.",
        figure,
    )

    figure = go.Figure()
    for m, label in zip(NAMES, LABELS, strict=True):
        row = of["by_tone"][m]
        figure.add_scatter(
            x=list(row["mae"]),
            y=list(row["mae"].values()),
            error_y={"array": list(row["standard_error"].values()), "thickness": 1},
            name=label,
            mode="lines+markers",
        )
    figure.update_layout(height=420, yaxis_title="points", yaxis_rangemode="tozero")
    yield (
        "Error by skin tone",
        "Mean error in points; ITA in degrees from darkest to lightest; bars are bootstrap errors.",
        figure,
    )

    figure = go.Figure()
    figure.add_hrect(y0=85, y1=95, fillcolor=_GOOD, line_width=0)
    for kind, words in (
        ("region", "a region"),
        ("face", "a face"),
        ("three_shots", "three shots"),
        ("difference", "difference of two checks"),
    ):
        figure.add_scatter(
            x=LABELS,
            y=[100 * of["coverage"][kind][m] for m in NAMES],
            name=words,
            mode="markers",
            marker_size=10,
        )
    figure.update_layout(height=360, yaxis_title="truths held, %", yaxis_range=[60, 101])
    yield (
        "Do 90 % intervals hold what they say?",
        "Fitted on one half of the phantoms, tried on the other; the band is what was asked for.",
        figure,
    )

    figure = go.Figure()
    conditions = list(of["abstention"])
    for key, words, colour in (
        ("error_of_all", "everything shown", _QUIET),
        ("error_of_shown", "what is left", COLOURS[0]),
    ):
        means = [_mean([of["abstention"][c][m][key] for m in NAMES]) for c in conditions]
        figure.add_bar(y=conditions, x=means, name=words, marker_color=colour, orientation="h")
    figure.update_layout(barmode="group", height=420, xaxis_title="points")
    figure.update_yaxes(autorange="reversed")
    yield (
        "What abstaining spares",
        "Phantoms whose skin is hidden: the mean error of all signs against the bare skin, with "
        "and without what the product withholds.",
        figure,
    )


def _of_people(document: Document) -> Iterator[Plot]:
    of = document["faces"]
    yield _noise(document)

    change = of["directions"]["mean_change"]
    rows = [what for what in change if not what.endswith("0.5")]
    values = [[_number(change[what].get(m)) for m in NAMES] for what in rows]
    yield (
        "Signs added to real faces",
        f"Mean change in points on {of['directions']['faces']} held-out people. Each row should be "
        "strong in its own column only.",
        _grid(values, rows, -60, 60, "RdBu_r", "{:+.0f}"),
    )

    steady = of["steadiness"]
    rows = list(steady["by_variation"])
    values = [[_percent(steady["by_variation"][v][m]) for m in NAMES] for v in rows]
    yield (
        "The same photo taken a little differently",
        f"Share of scores of {steady['photos']} people that move by less than their smallest "
        "detectable change, in percent; 95 was asked for.",
        _grid(values, rows, 80, 100, "BrBG", "{:.0f}"),
    )

    figure = go.Figure()
    for condition, found in of["gate"]["same_faces"]["by_condition"].items():
        refused = found["refused_percent"]
        figure.add_bar(x=list(refused), y=list(refused.values()), name=condition)
    figure.update_layout(barmode="group", height=360, yaxis_title="refused, %")
    figure.update_yaxes(range=[0, 100])
    yield (
        "Whom the gate refuses",
        f"The same {of['gate']['same_faces']['faces']} faces with other melanin, as they are and "
        "in worse photos.",
        figure,
    )

    figure = go.Figure()
    figure.add_hrect(y0=0, y1=0.1, fillcolor=_GOOD, line_width=0)
    tones = document["phantoms"]["tone_only"]
    real = of["gate"]["scores_by_tone"]
    figure.add_bar(x=LABELS, y=[abs(tones[m]["score"]) for m in NAMES], name="phantoms")
    figure.add_bar(x=LABELS, y=[abs(real[m]["spearman"]) for m in NAMES], name="real faces")
    figure.update_layout(barmode="group", height=340, yaxis_title="|Spearman| with ITA")
    yield (
        "Does pigment alone move a score?",
        "Only the melanin differs; the band is what was asked for.",
        figure,
    )

    figure = go.Figure()
    for m, label in zip(NAMES, LABELS, strict=True):
        drift = of["widths"]["drift_of_nine_in_ten"][m]
        figure.add_scatter(
            x=[int(w) for w in drift], y=list(drift.values()), name=label, mode="lines+markers"
        )
    figure.update_layout(height=400, xaxis_title="face width, pixels", yaxis_title="drift, points")
    figure.update_xaxes(type="log", tickvals=list(WIDTHS))
    yield (
        "How wide a face has to be",
        "Drift that nine of ten faces stay below when a wide face is made smaller.",
        figure,
    )


def _noise(document: Document) -> Plot:
    of = document["faces"]["repeatability"]
    pairs, mild = of["pairs"]["metrics"], of["within_photo"]["sdc"]
    rows = {
        "one photo, varied": [mild[m] for m in NAMES],
        "two expressions, without their shift": [
            pairs.get(m, {}).get("sdc_about_shift") for m in NAMES
        ],
        "two expressions": [pairs.get(m, {}).get("sdc_with_shift") for m in NAMES],
    }
    figure = go.Figure()
    for words, values in rows.items():
        figure.add_scatter(x=values, y=LABELS, name=words, mode="markers", marker_size=10)
    figure.add_scatter(
        x=[document["calibration"]["sdc"][m] for m in NAMES],
        y=LABELS,
        name="in service",
        mode="markers",
        marker={"size": 18, "symbol": "circle-open", "color": "#22302d", "line": {"width": 2}},
    )
    figure.update_layout(height=400, xaxis_title="points")
    figure.update_xaxes(rangemode="tozero")
    figure.update_yaxes(autorange="reversed")
    return (
        "How much a score moves when the skin does not",
        "Smallest detectable change: a lower bound from one photo varied, upper bounds from "
        "people photographed twice.",
        figure,
    )


def _grid(
    values: list[list[float]], rows: list[str], low: float, high: float, scale: str, form: str
) -> go.Figure:
    figure = go.Figure(
        go.Heatmap(
            z=values,
            x=LABELS,
            y=rows,
            zmin=low,
            zmax=high,
            colorscale=scale,
            showscale=False,
            text=[["" if np.isnan(v) else form.format(v) for v in row] for row in values],
            texttemplate="%{text}",
            xgap=2,
            ygap=2,
        )
    )
    figure.update_layout(height=90 + 30 * len(rows))
    figure.update_yaxes(autorange="reversed")
    return figure


def _mean(values: list[float | None]) -> float | None:
    known = [v for v in values if v is not None]
    return sum(known) / len(known) if known else None


def _number(value: float | None) -> float:
    return float("nan") if value is None else value


def _percent(share: float | None) -> float:
    return float("nan") if share is None else 100 * share
