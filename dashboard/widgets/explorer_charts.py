"""Charts of an answer: each shows its interval, and leaves out what is suppressed, saying so."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from typing import Any

import plotly.graph_objects as go

from core.analytics import AGE_BANDS, BINS, NOT_KNOWN, TONE_BANDS
from core.metrics import Metric
from dashboard import plots
from pipeline.analytics.answers import name_of
from pipeline.analytics.lines import Answer, Line
from pipeline.analytics.questions import View
from pipeline.analytics.words import of_metric, of_value

_HATCHED = "▨"  # in cells of a heat map that are not shown


def chart(answer: Answer) -> go.Figure | None:
    """The chart of this way to look; None: nothing can be shown."""
    shown = [line for line in answer.lines if line.value is not None]
    if not shown:
        return None
    drawn = {
        View.SPREAD: spread,
        View.TREND: trend,
        View.AGE_AND_TONE: age_and_tone,
        View.TOGETHER: together,
        View.INGREDIENTS: ingredients,
        View.RETURNING: returning,
        View.PHOTOS: means,
    }[answer.question.view](answer, shown)
    drawn.update_layout(template=plots.template(plots.kind()))
    return drawn


def spread(answer: Answer, shown: Sequence[Line]) -> go.Figure:
    """A ridge for each group: the share of people in each bin, and the mean with its interval."""
    figure = go.Figure()
    width = (answer.scale.high - answer.scale.low) / BINS
    middles = [answer.scale.low + width * (n + 0.5) for n in range(BINS)]
    colours = plots.colours()
    ordered = list(reversed(shown))
    tallest = 0.0
    ridges = []
    for line in ordered:
        ridge = _ridge(line)
        ridges.append(ridge)
        tallest = max([tallest, *ridge])
    for place, (line, ridge) in enumerate(zip(ordered, ridges, strict=True)):
        colour = colours[0 if line.cohort == "A" else 1]
        if ridge:
            heights = [place + share / tallest * 1.35 for share in ridge]
            figure.add_scatter(
                x=[middles[0], *middles, middles[-1]], y=[place, *heights, place],
                mode="lines", line={"color": colour, "width": 1.5},
                fill="toself", fillcolor=_pale(colour), hoverinfo="skip", showlegend=False,
            )  # fmt: skip
        figure.add_scatter(
            x=[line.value], y=[place], mode="markers",
            marker={"color": colour, "size": 11, "line": {"color": plots.paper(), "width": 1.5}},
            error_x=_reach(line, colour), customdata=[[line.group, line.other]], showlegend=False,
            hovertemplate=_hover(line), name=_name(line, answer),
        )  # fmt: skip
    figure.update_yaxes(
        tickvals=list(range(len(ordered))),
        ticktext=[_name(line, answer) for line in ordered],
        range=[-0.35, len(ordered) + 0.55],
        showgrid=False,
        zeroline=False,
    )
    low, high = answer.scale.low, answer.scale.high
    figure.update_xaxes(title=_axis(answer.scale.unit), range=[low, high])
    figure.update_layout(height=max(260, 110 + 62 * len(ordered)))
    return figure


def trend(answer: Answer, shown: Sequence[Line]) -> go.Figure:
    """A line and its band for each group; upright lines where a version of the model begins."""
    figure = go.Figure()
    groups = list(dict.fromkeys((line.cohort, line.group) for line in shown))
    colours = plots.colours()
    for number, key in enumerate(groups):
        colour = colours[number % len(colours)]
        of = sorted(
            (line for line in shown if (line.cohort, line.group) == key),
            key=lambda line: str(line.period_start),
        )
        days = [line.period_start for line in of]
        figure.add_scatter(
            x=[*days, *reversed(days)],
            y=[*(line.high for line in of), *(line.low for line in reversed(of))],
            fill="toself", fillcolor=_pale(colour), line={"width": 0}, hoverinfo="skip",
            showlegend=False, legendgroup=str(key),
        )  # fmt: skip
        figure.add_scatter(
            x=days, y=[line.value for line in of], mode="lines+markers",
            line={"color": colour, "width": 2.2}, marker={"size": 6}, legendgroup=str(key),
            name=_name(of[0], answer), customdata=[[line.group, line.other] for line in of],
            hovertemplate=[_hover(line) for line in of], showlegend=len(groups) > 1,
        )  # fmt: skip
    for version, day in answer.releases[1:]:
        figure.add_vline(
            x=day.isoformat(), line={"color": plots.quiet(), "dash": "dot", "width": 1}
        )
        figure.add_annotation(
            x=day.isoformat(), y=1, yref="paper", text=f"Model {version}", showarrow=False,
            xanchor="left", yanchor="top", xshift=4, font={"color": plots.quiet(), "size": 12},
        )  # fmt: skip
    figure.update_yaxes(title=f"{name_of(answer.question)}, {answer.scale.unit}")
    figure.update_layout(height=400)
    return figure


def age_and_tone(answer: Answer, shown: Sequence[Line]) -> go.Figure:
    """A cell for each age and skin tone; hatched where it is not shown, and it says why."""
    ages = [a for a in AGES if any(line.group == a for line in answer.lines)]
    tones = [t for t in TONES if any(line.other == t for line in answer.lines)]
    found = {(line.group, line.other): line for line in answer.lines if line.cohort == "A"}
    grid = [[found.get((age, tone)) for age in ages] for tone in tones]
    values = [line.value for line in answer.lines if line.value is not None]
    figure = go.Figure()
    _heat(
        figure, grid, _cell, plots.sequential(), (min(values), max(values)),
        x=[of_value(age) for age in ages], y=[of_value(tone) for tone in tones],
        hoverinfo="skip",
    )  # fmt: skip
    hidden = [
        (of_value(age), of_value(tone), age, tone, line)
        for tone, row in zip(tones, grid, strict=True)
        for age, line in zip(ages, row, strict=True)
        if line is None or line.value is None
    ]
    # Points over the cells: what is clicked and what is hovered where a heat map is empty
    every = [(of_value(a), of_value(t), a, t, found.get((a, t))) for a in ages for t in tones]
    figure.add_scatter(
        x=[x for x, *_ in every], y=[y for _, y, *_ in every], mode="markers",
        marker={"size": 34, "opacity": 0, "symbol": "square"}, showlegend=False,
        customdata=[[a, t] for *_, a, t, _ in every],
        hovertemplate=[_hover_text(line) + "<extra></extra>" for *_, line in every],
    )  # fmt: skip
    figure.add_scatter(
        x=[x for x, *_ in hidden], y=[y for _, y, *_ in hidden], mode="text",
        text=[_HATCHED] * len(hidden), textfont={"color": plots.quiet(), "size": 20},
        hoverinfo="skip", showlegend=False,
    )  # fmt: skip
    figure.update_xaxes(title="Age", type="category", side="bottom")
    figure.update_yaxes(title=None, type="category", autorange="reversed", showgrid=False)
    figure.update_layout(height=110 + 48 * len(tones))
    return figure


def together(answer: Answer, shown: Sequence[Line]) -> go.Figure:
    """The triangle of correlations, of everybody or of the first group."""
    group = shown[0].group
    metrics = [metric.value for metric in Metric]
    found = {
        pair: line
        for line in answer.lines
        if line.group == group
        for pair in ((line.about, line.other), (line.other, line.about))
    }
    below = [
        [found.get((row, column)) if i > j else None for j, column in enumerate(metrics)]
        for i, row in enumerate(metrics)
    ]
    grid = [row[:-1] for row in below[1:]]
    figure = go.Figure()
    _heat(
        figure, grid, _two, plots.diverging(), (-1, 1),
        x=[of_metric(m) for m in metrics[:-1]], y=[of_metric(m) for m in metrics[1:]],
        customdata=[[_hover_text(line) for line in row] for row in grid],
        hovertemplate="%{y} and %{x}<br>%{customdata}<extra></extra>", hoverongaps=False,
    )  # fmt: skip
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_layout(height=440)
    return figure


def _heat(
    figure: go.Figure,
    grid: Sequence[Sequence[Line | None]],
    written: Callable[[Line | None], str],
    scale: list[list[object]],
    ends: tuple[float, float],
    **more: Any,
) -> None:
    """Cells with their numbers, in the ink that can be read on each cell's colour.

    A trace for each ink, since a trace has one; Plotly makes the numbers fit where it is narrow.
    """
    low, high = ends

    def ink(line: Line | None) -> str | None:
        if line is None or line.value is None:
            return None
        return plots.ink(scale, (line.value - low) / ((high - low) or 1))

    for colour in sorted({found for row in grid for line in row if (found := ink(line))}):
        of = [[line if ink(line) == colour else None for line in row] for row in grid]
        figure.add_heatmap(
            z=[[line and line.value for line in row] for row in of],
            text=[["" if line is None else written(line) for line in row] for row in of],
            texttemplate="%{text}", textfont={"color": colour},
            zmin=low, zmax=high, colorscale=scale, xgap=3, ygap=3,
            showscale=False,  # the number stands in each cell, and a phone needs the room
            **more,
        )  # fmt: skip


def _axis(unit: str) -> str:
    """A unit under an axis, in lines that a phone has room for."""
    return "<br>".join(textwrap.wrap(unit, 24))


def ingredients(answer: Answer, shown: Sequence[Line]) -> go.Figure:
    """Effects from those that are least likely chance, each with its interval, and a line at 0."""
    figure = go.Figure()
    most = sorted(shown, key=lambda line: (line.q if line.q is not None else 1, line.p or 1))[:24]
    colours = plots.colours()
    for is_found, name in ((True, "q below 0.05"), (False, "within chance")):
        of = [line for line in most if (line.q is not None and line.q < 0.05) is is_found]
        if of:
            colour = colours[0] if is_found else plots.quiet()
            figure.add_scatter(
                x=[line.value for line in of],
                y=[f"{of_value(line.group)} → {of_metric(line.about).lower()}" for line in of],
                error_x={
                    "array": [(line.high or 0) - (line.value or 0) for line in of],
                    "arrayminus": [(line.value or 0) - (line.low or 0) for line in of],
                    "color": colour, "thickness": 2, "width": 0,
                },
                mode="markers", marker={"color": colour, "size": 10}, name=name,
                hovertemplate=[_hover(line) for line in of],
            )  # fmt: skip
    names = [f"{of_value(line.group)} → {of_metric(line.about).lower()}" for line in most]
    figure.update_yaxes(
        categoryorder="array", categoryarray=names, autorange="reversed", showgrid=False
    )
    figure.add_vline(x=0, line={"color": plots.quiet(), "width": 1})
    figure.update_xaxes(title=_axis(answer.scale.unit), showgrid=True)
    figure.update_layout(height=130 + 30 * len(most))
    return figure


def returning(answer: Answer, shown: Sequence[Line]) -> go.Figure:
    """The share that came back by time since the first check, a line for each group."""
    figure = go.Figure()
    colours = plots.colours()
    groups = list(dict.fromkeys(line.group for line in shown))
    for number, group in enumerate(groups):
        of = sorted(
            (line for line in shown if line.group == group), key=lambda line: int(line.other or 0)
        )
        colour = colours[number % len(colours)]
        weeks = [4 * int(line.other or 0) for line in of]
        figure.add_scatter(
            x=[*weeks, *reversed(weeks)],
            y=[*(line.high for line in of), *(line.low for line in reversed(of))],
            fill="toself", fillcolor=_pale(colour), line={"width": 0}, hoverinfo="skip",
            showlegend=False,
        )  # fmt: skip
        figure.add_scatter(
            x=weeks, y=[line.value for line in of], mode="lines+markers",
            line={"color": colour, "width": 2.2}, name=of_value(group),
            customdata=[[line.group, None] for line in of],
            hovertemplate=[_hover(line) for line in of], showlegend=len(groups) > 1,
        )  # fmt: skip
    figure.update_xaxes(title="Weeks after the first check", dtick=8)
    figure.update_yaxes(title=answer.scale.unit, range=[0, 102])
    figure.update_layout(height=380)
    return figure


def means(answer: Answer, shown: Sequence[Line]) -> go.Figure:
    """A dot and its interval for each group."""
    figure = go.Figure()
    colours = plots.colours()
    several = len({line.about for line in shown}) > 1
    for cohort in dict.fromkeys(line.cohort for line in shown):
        of = [line for line in shown if line.cohort == cohort]
        colour = colours[0 if cohort == "A" else 1]
        figure.add_scatter(
            x=[line.value for line in of],
            y=[of_metric(line.about) if several else of_value(line.group) for line in of],
            error_x={
                "array": [(line.high or 0) - (line.value or 0) for line in of],
                "arrayminus": [(line.value or 0) - (line.low or 0) for line in of],
                "color": colour, "thickness": 2, "width": 0,
            },
            mode="markers", marker={"color": colour, "size": 11}, name=f"Cohort {cohort}",
            customdata=[[line.group, line.other] for line in of],
            hovertemplate=[_hover(line) for line in of],
            showlegend=answer.question.against is not None,
        )  # fmt: skip
    figure.update_yaxes(autorange="reversed", showgrid=False, type="category")
    figure.update_xaxes(title=_axis(answer.scale.unit), showgrid=True, rangemode="tozero")
    figure.update_layout(height=130 + 34 * len({(line.about, line.group) for line in shown}))
    return figure


TONES = (*TONE_BANDS, NOT_KNOWN)
AGES = (*AGE_BANDS, NOT_KNOWN)


def _ridge(line: Line) -> list[float]:
    """The share of people in each bin that can be shown; 0 in the others."""
    bins = [b or 0 for b in line.bins or ()]
    total = max(line.counted, sum(bins))
    return [b / total for b in bins] if total else []


def _name(line: Line, answer: Answer) -> str:
    group = of_value(line.group)
    if answer.question.against is None:
        return group
    return f"{line.cohort}: {group}" if line.group else f"Cohort {line.cohort}"


def _reach(line: Line, colour: str) -> dict[str, object]:
    value = line.value or 0
    return {
        "array": [(line.high or value) - value],
        "arrayminus": [value - (line.low or value)],
        "color": colour,
        "thickness": 2.5,
        "width": 5,
    }


def _hover(line: Line) -> str:
    return f"{_hover_text(line)}<extra></extra>"


def _hover_text(line: Line | None) -> str:
    if line is None:
        return "Nobody"
    names = [of_value(v) for v in (line.group, line.other) if v is not None]
    about = f"{' · '.join(names)}<br>" if names else ""
    if line.value is None:
        return f"{about}Not shown: {line.why}"
    return (
        f"{about}{line.value:.2f} ({line.low:.2f} to {line.high:.2f})<br>"
        f"about {line.people:,} people"
    )


def _cell(line: Line | None) -> str:
    return "" if line is None or line.value is None else f"{line.value:.0f}"


def _two(line: Line | None) -> str:
    return "" if line is None or line.value is None else f"{line.value:.2f}".replace("-", "−")


def _pale(colour: str) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.22)"
