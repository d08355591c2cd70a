"""Charts beside the answer, by other facts and over time: selecting in one filters all of them.

Each chart leaves out the filter by its own fact, so that what is selected stands among the others.
Figures are released by two facts, so a chart that would need a third says so instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from core.analytics import Fact, Period
from core.errors import InvalidInput
from core.people import Identity
from dashboard import plots
from dashboard.widgets import explorer_filters
from dashboard.widgets.explorer_charts import means, trend
from dashboard.widgets.explorer_parts import answered
from dashboard.words import plain
from pipeline.analytics import questions
from pipeline.analytics.lines import Answer
from pipeline.analytics.questions import Question, View, Where
from pipeline.analytics.words import FACT_NAMES, of_value

FACTS = (Fact.AGE_BAND, Fact.TONE_BAND, Fact.DEVICE, Fact.LIGHT, Fact.SKIN_TYPE)
LINKED = (View.SPREAD, View.TREND, View.PHOTOS)
_WHEN = "when"
_FADED = 0.25


def show(who: Identity, question: Question) -> None:
    """Below the answer; asks nothing until somebody wants it, since each chart is a question."""
    if question.view not in LINKED:
        return
    st.divider()
    if not st.toggle(
        "Linked charts: the same people by age, tone, device, light, skin type and over time",
        key="x_linked",
        help="Each chart is a question of the day's budget.",
    ):
        return
    st.caption(
        ":material/ads_click: Click a point (with Shift: several) to see that group alone in all "
        "the other charts; over time, draw a box over some weeks."
    )
    _chosen(question)
    charts = [*FACTS] if question.view is View.PHOTOS else [None, *FACTS]
    columns = st.columns(2)
    for number, fact in enumerate(charts):
        with columns[number % 2]:
            _one(who, question, fact)


def beside(question: Question, fact: Fact | None) -> Question:
    """The question of one chart; None is the course over time. Raises InvalidInput."""
    parts: dict[str, Any] = {
        name: getattr(question, name) for name in ("metric", "measure", "region")
    }
    if fact is None:
        return Question(view=View.TREND, where=question.where, **parts)
    where = {name: values for name, values in question.where.items() if name is not fact}
    view = View.PHOTOS if question.view is View.PHOTOS else View.SPREAD
    parts |= {"since": question.since, "until": question.until}
    return Question(view=view, by=fact, where=where, **parts)


def of_groups(question: Question, fact: Fact, values: Sequence[str]) -> Question:
    """After a selection in the chart of a fact: of these groups; of all when none is selected.

    The newest wish counts: the grouping goes first, then the older filters.
    """
    others = {name: chosen for name, chosen in question.where.items() if name is not fact}
    mine: Where = {fact: tuple(values)} if values else {}
    for where, by in (
        ({**others, **mine}, question.by),
        ({**others, **mine}, None),
        (mine, question.by),
        (mine, None),
    ):
        try:
            return Question(**{**_parts(question), "where": where, "by": by})
        except InvalidInput:
            continue
    return question


def of_days(question: Question, days: Sequence[date]) -> Question:
    """After a selection in the course: of these weeks or blocks; of all when none is selected."""
    if not days:
        return Question(**{**_parts(question), "since": None, "until": None})
    period = Period.WEEK if len(question.where) < 2 else Period.BLOCK
    ends = {"since": min(days), "until": max(days) + period.length}
    return Question(**{**_parts(question), **ends})


def _parts(question: Question) -> dict[str, Any]:
    return {name: getattr(question, name) for name in Question.__dataclass_fields__}


def _chosen(question: Question) -> None:
    """What filters now, each with a way to take it away."""
    filters: Mapping[Fact, tuple[str, ...]] = question.where
    is_some = bool(filters) or question.since is not None or question.until is not None
    if not is_some:
        return
    with st.container(horizontal=True):
        for fact, values in filters.items():
            said = f"{FACT_NAMES[fact]}: {', '.join(of_value(value) for value in values)}"
            st.button(
                plain(said), icon=":material/close:", key=f"x_drop_{fact}",
                on_click=_take, args=(of_groups(question, fact, ()),),
            )  # fmt: skip
        if question.since is not None or question.until is not None:
            since = "the first day" if question.since is None else f"{question.since:%d %b %Y}"
            last = question.until and question.until - timedelta(days=1)
            until = "now" if last is None else f"{last:%d %b %Y}"
            st.button(
                f"{since} to {until}", icon=":material/close:", key="x_drop_days",
                on_click=_take, args=(of_days(question, ()),),
            )  # fmt: skip


def _take(question: Question) -> None:
    explorer_filters.fill(question)


def _one(who: Identity, question: Question, fact: Fact | None) -> None:
    name = fact or _WHEN
    st.markdown(f"**By {FACT_NAMES[fact].lower()}**" if fact else "**Over time**")
    try:
        answer = answered(who, beside(question, fact), f"x_linked_{name}")
    except InvalidInput as error:
        st.caption(plain(str(error)))
        return
    shown = [line for line in answer.lines if line.value is not None]
    hidden = len(answer.lines) - len(shown)
    if not shown:
        st.caption("Nothing of this can be shown: too few people.")
        return
    figure = means(answer, shown) if fact else trend(answer, shown)
    _narrow(figure, answer)
    _mark(figure, question, fact)
    key = f"linked_{name}_{questions.written(question)}"
    st.plotly_chart(
        figure,
        theme=None,
        key=key,
        on_select=lambda: _on_select(key, fact),
        selection_mode="points" if fact else "box",  # with both, Streamlit hears no click
        config=plots.config("skincare-statistics"),
        alt=answer.asks,
    )
    if hidden:
        st.caption(f"{hidden} not shown: too few people, or they would give such a group away.")


def _narrow(figure: go.Figure, answer: Answer) -> None:
    figure.update_layout(template=plots.template(plots.kind()), showlegend=False)
    if answer.question.view is View.TREND:
        figure.update_layout(height=300)
    else:
        figure.update_xaxes(rangemode="normal")


def _mark(figure: go.Figure, question: Question, fact: Fact | None) -> None:
    """What is selected stays as it is; the others fade."""

    def is_chosen(place: int, trace: Any) -> bool:
        if fact is not None:
            return trace.customdata[place][0] in question.where[fact]
        day = trace.x[place]
        after = question.since is None or day >= question.since
        return after and (question.until is None or day < question.until)

    filtered = question.since or question.until if fact is None else question.where.get(fact)
    if not filtered:
        return
    for trace in figure.data:
        if trace.customdata is not None:
            places = range(len(trace.customdata))
            trace.selectedpoints = [place for place in places if is_chosen(place, trace)]
            trace.unselected = {"marker": {"opacity": _FADED}}


def _on_select(key: str, fact: Fact | None) -> None:
    shown = st.session_state.get("x_shown")
    event = st.session_state.get(key)
    if not isinstance(shown, str) or event is None:
        return
    question, points = questions.read(shown), event["selection"]["points"]
    if fact is None:
        days = [date.fromisoformat(str(point["x"])[:10]) for point in points if point.get("x")]
        explorer_filters.fill(of_days(question, days))
        return
    of = [point["customdata"][0] for point in points if point.get("customdata")]
    explorer_filters.fill(of_groups(question, fact, list(dict.fromkeys(v for v in of if v))))
