"""Drift by week: what has moved, in words first, then the course, then every number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.metrics import Metric
from dashboard import plots
from dashboard.widgets.explorer_parts import identity_address
from dashboard.words import plain
from pipeline.analytics import reproduce_drift
from pipeline.analytics.drift import MOVED, OVER, WATCH, Verdict, Week
from pipeline.analytics.words import of_metric

_SHOWN = {
    Verdict.STABLE: ":green-badge[Stable]",
    Verdict.WATCH: ":orange-badge[Watch]",
    Verdict.MOVED: ":red-badge[Moved]",
}


def show(found: Mapping[str, Sequence[Week]]) -> None:
    """Draw the board; says so where there are too few weeks."""
    st.subheader("Are scores and photos distributed as they were?", anchor=False)
    known = {name: weeks for name, weeks in found.items() if weeks}
    if not known:
        st.info(
            "There are too few weeks yet: eight to compare with and one more, each of at least "
            "ten people."
        )
        return
    st.caption(
        "Each week against the eight weeks that began half a year before the last one. Seasons, "
        "new people and a new version of the model move scores as well as a fault does."
    )
    latest = {name: weeks[-1] for name, weeks in known.items()}
    for verdict in (Verdict.MOVED, Verdict.WATCH):
        names = [of_metric(name) for name, week in latest.items() if week.verdict is verdict]
        if names:
            st.markdown(f"{_SHOWN[verdict]} {plain(', '.join(names))}")
    if all(week.verdict is Verdict.STABLE for week in latest.values()):
        st.markdown(f"{_SHOWN[Verdict.STABLE]} Nothing has moved in the last week.")
    name = st.selectbox(
        "Course of",
        list(known),
        index=max(range(len(known)), key=lambda i: list(latest.values())[i].index),
        format_func=of_metric,
        key="drift_of",
        width=280,
    )
    st.plotly_chart(
        _course(known[name]),
        theme=None,
        key=f"drift_{name}",
        config=plots.config("skincare-drift"),
        alt=f"Population stability index of {of_metric(name)} by week.",
    )
    table = pd.DataFrame(
        {
            "What": of_metric(name),
            "Verdict": week.verdict.value,
            "Week": week.start.isoformat(),
            "People": week.people,
            "Stability index": round(week.index, 3),
            "by chance alone": round(week.chance, 3),
            "KS distance": round(week.distance, 3),
            "KS limit (1 %)": round(week.distance_limit, 3),
        }
        for name, weeks in known.items()
        for week in reversed(weeks)
    )
    with st.expander(f"Table · {len(table)} weeks", icon=":material/table:"):
        st.dataframe(table, hide_index=True)
    with st.container(horizontal=True):
        st.download_button(
            "CSV",
            table.to_csv(index=False).encode(),
            file_name="skincare-drift.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
        if name in set(Metric):  # the API has measures of the photos by block only
            first = max(week.start for week in latest.values()) - OVER
            st.download_button(
                "Python",
                reproduce_drift.as_python(Metric(name), first, identity_address()),
                file_name="drift.py",
                mime="text/x-python",
                icon=":material/code:",
                on_click="ignore",
            )


def _course(weeks: Sequence[Week]) -> go.Figure:
    figure = go.Figure()
    colour, quiet = plots.colours()[0], plots.quiet()
    days = [week.start for week in weeks]
    figure.add_scatter(
        x=days,
        y=[week.index for week in weeks],
        mode="lines+markers",
        line={"color": colour, "width": 2.2},
        name="Stability index",
        customdata=[[week.people, week.distance] for week in weeks],
        hovertemplate="%{y:.3f}, KS distance %{customdata[1]:.3f}<br>"
        "about %{customdata[0]:,} people<extra></extra>",
    )
    for limit, dash, said in ((MOVED, "dash", "moved"), (WATCH, "dot", "watch")):
        figure.add_scatter(
            x=days,
            y=[limit + week.chance for week in weeks],
            mode="lines",
            line={"color": quiet, "width": 1, "dash": dash},
            name=f"Above: {said}",
            hoverinfo="skip",
        )
    figure.update_layout(template=plots.template(plots.kind()), height=340)
    figure.update_yaxes(title="Population stability index", rangemode="tozero")
    return figure
