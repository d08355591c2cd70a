"""Tables and plots of scores against labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import plotly.graph_objects as go

from core.metrics import FACTS, Metric
from evaluation.card_words import NOTHING, number, percent

Answer = Mapping[str, Any]
Table = tuple[str, str, tuple[str, ...], list[tuple[str, ...]]]
Plot = tuple[str, str, go.Figure]
_MOST_PLOTS = 3  # of each target: its strongest correlations


def tables(answer: Answer) -> Iterator[Table]:
    failed = [*answer["photos"]["unreadable"], *answer["photos"]["rejected"]]
    if failed:
        yield (
            "Photos without a score",
            "They count nowhere below.",
            ("file", "why"),
            [(one["file"], one["why"]) for one in failed],
        )
    for column, target in answer["targets"].items():
        head: tuple[str, ...] = ("score", "photos", "rank correlation (95 %)")
        if target["kind"] == "two kinds":
            head = (*head, f"AUC of {target['positive']} (95 %)")
        yield (
            f"Agreement with {column}",
            "Spearman's rank correlation. Intervals from drawing whole people anew.",
            head,
            [_row(m, row, target["kind"]) for m, row in target["metrics"].items()],
        )
        for of, values in target["by"].items():
            yield (
                f"… by {of}",
                "Rank correlation and number of photos in each group.",
                ("score", *values),
                [
                    (
                        _name(m),
                        *(
                            f"{number(group[m]['spearman']['value'], 2, signed=True)} "
                            f"({group[m]['photos']})"
                            for group in values.values()
                        ),
                    )
                    for m in target["metrics"]
                ],
            )
    if "repeats" in answer:
        yield (
            "Repeated photos of one person",
            "ICC(2,1) of Shrout & Fleiss; the smallest detectable change is 1.96 · √2 · SD within "
            "a person; limits are Bland & Altman's, second less first photo.",
            (
                "score", "people", "ICC(2,1)", "SD within a person", "smallest detectable change",
                "bias", "limits of agreement",
            ),
            [_repeat(m, row) for m, row in answer["repeats"].items()],
        )  # fmt: skip
    for of, values in answer["groups"].items():
        yield (
            f"Scores by {of}",
            "Median of each score, in brackets how often it was withheld.",
            ("score", *(f"{value} ({row['photos']})" for value, row in values.items())),
            [
                (
                    _name(m),
                    *(
                        f"{number(row['median'].get(m))} ({percent(row['withheld'][m])})"
                        for row in values.values()
                    ),
                )
                for m in Metric
            ],
        )


def plots(answer: Answer) -> Iterator[Plot]:
    for column, target in answer["targets"].items():
        strength = {
            m: abs(row["spearman"]["value"])
            for m, row in target["metrics"].items()
            if row["spearman"]["value"] is not None
        }
        for m in sorted(strength, key=lambda m: -strength[m])[:_MOST_PLOTS]:
            rows = [row for row in answer["scores"] if m in row]
            figure = go.Figure(
                go.Scatter(
                    x=[row[f"target {column}"] for row in rows],
                    y=[row[m] for row in rows],
                    text=[row["file"] for row in rows],
                    mode="markers",
                    marker={"size": 8, "opacity": 0.6},
                )
            )
            figure.update_layout(height=340, xaxis_title=column, yaxis_title=_name(m))
            yield f"{_name(m)} against {column}", "One point a photo.", figure
    for m, row in answer.get("repeats", {}).items():
        pairs, limits = row["pairs"], row["bland_altman"]
        if len(pairs) < 3 or limits["low"] is None:
            continue
        figure = go.Figure(
            go.Scatter(
                x=[(one + two) / 2 for one, two in pairs],
                y=[two - one for one, two in pairs],
                mode="markers",
                marker={"size": 8, "opacity": 0.6},
            )
        )
        for level, dash in (
            (limits["bias"], "solid"),
            (limits["low"], "dash"),
            (limits["high"], "dash"),
        ):
            figure.add_hline(y=level, line_dash=dash, line_color="#b85f3f")
        figure.update_layout(
            height=320, xaxis_title="mean of the two photos", yaxis_title="second less first"
        )
        yield f"{_name(m)}: two photos of one person", "Bland & Altman's plot.", figure


def _row(m: str, row: Mapping[str, Any], kind: str) -> tuple[str, ...]:
    cells: tuple[str, ...] = (_name(m), str(row["photos"]), _interval(row["spearman"], signed=True))
    return (*cells, _interval(row["auc"])) if kind == "two kinds" else cells


def _repeat(m: str, row: Mapping[str, Any]) -> tuple[str, ...]:
    limits = row["bland_altman"]
    return (
        _name(m), str(row["people"]), number(row["icc_2_1"], 2), number(row["within_sd"]),
        number(row["sdc"]), number(limits["bias"], signed=True),
        f"{number(limits['low'])} to {number(limits['high'])}",
    )  # fmt: skip


def _interval(of: Mapping[str, Any], *, signed: bool = False) -> str:
    if of["value"] is None:
        return NOTHING
    low, high = number(of["low"], 2, signed=signed), number(of["high"], 2, signed=signed)
    return f"{number(of['value'], 2, signed=signed)} ({low} to {high})"


def _name(m: str) -> str:
    return FACTS[Metric(m)].name
