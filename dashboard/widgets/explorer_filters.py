"""The explorer's question as widgets, kept equal to the address of the page.

The address is the truth: whatever is chosen is written into it, and a changed address (a link, a
saved view, Back) fills the widgets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

import streamlit as st

from core.analytics import FIRST_MONDAY, MEASURES, Fact
from core.errors import InvalidInput
from core.metrics import FACTS, Metric, Region
from dashboard.words import plain
from data.tables import FACE
from pipeline.analytics import questions
from pipeline.analytics.questions import GROUPED, OF_WHO_RETURNS, Question, View, Where, written
from pipeline.analytics.words import FACT_NAMES, FACT_VALUES, of_metric, of_region, of_value

VIEWS = {
    View.SPREAD: "Distribution",
    View.TREND: "Trend",
    View.AGE_AND_TONE: "Age × tone",
    View.TOGETHER: "Correlations",
    View.INGREDIENTS: "Ingredients",
    View.RETURNING: "Coming back",
    View.PHOTOS: "Photos",
}
_WRITTEN = "explorer_address"  # what this page has put into the address


def from_address() -> None:
    """Fill the widgets where the address is not what this page has written into it."""
    pairs = [(name, value) for name in st.query_params for value in st.query_params.get_all(name)]
    text = _as_address(pairs)
    if st.session_state.get(_WRITTEN) == text:
        return
    try:
        question = questions.of_pairs(pairs)
    except InvalidInput as error:
        st.warning(f"{plain(str(error))} Here is the usual view instead.")
        question = Question()
    fill(question)
    st.session_state[_WRITTEN] = text


def into_address(question: Question) -> None:
    text = written(question)
    if st.session_state.get(_WRITTEN) != text:
        pairs: dict[str, list[str]] = {}
        for name, value in parse_qsl(text):
            pairs.setdefault(name, []).append(value)
        st.query_params.from_dict(pairs)
        st.session_state[_WRITTEN] = text


def _as_address(pairs: Sequence[tuple[str, str]]) -> str:
    try:
        return written(questions.of_pairs(pairs))
    except InvalidInput:
        return repr(pairs)


def fill(question: Question) -> None:
    """Set every widget to this question; before the widgets are drawn, or in a callback."""
    state = st.session_state
    state["x_view"] = question.view
    state["x_metric"] = question.metric
    state["x_measure"] = question.measure
    state["x_region"] = question.region
    state["x_by"] = question.by
    state["x_adjusted"] = question.is_adjusted
    state["x_compare"] = question.against is not None
    until = None if question.until is None else question.until - timedelta(days=1)
    state["x_since"], state["x_until"] = question.since, until
    for fact in Fact:
        state[f"x_a_{fact}"] = list(question.where.get(fact, ()))
        state[f"x_b_{fact}"] = list((question.against or {}).get(fact, ()))


def choose(versions: Sequence[str]) -> Question:
    """Draw the widgets; the question they ask. Raises InvalidInput with what does not fit."""
    state = st.session_state
    view = st.pills(
        "Way to look",
        list(View),
        format_func=VIEWS.__getitem__,
        key="x_view",
        required=True,
        label_visibility="collapsed",
    )
    view = View(view or View.SPREAD)
    if state.get("x_by") not in _facts(view):  # chosen in another view
        state["x_by"] = None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if view is View.PHOTOS:
            st.selectbox(
                "Measure", list(MEASURES), format_func=of_metric, key="x_measure", width=300
            )
        elif view not in (View.TOGETHER, View.INGREDIENTS, View.RETURNING):
            st.selectbox(
                "Metric",
                list(Metric),
                format_func=lambda m: FACTS[m].name,
                key="x_metric",
                width=220,
            )
            st.selectbox(
                "Part of the face",
                [FACE, *Region],
                format_func=lambda region: of_region(region).capitalize(),
                key="x_region",
                width=200,
            )
        if view in GROUPED:
            st.selectbox(
                "By", _facts(view), format_func=FACT_NAMES.__getitem__, key="x_by", index=None,
                placeholder="Everybody together", width=220,
            )  # fmt: skip
    is_comparable = view in (View.SPREAD, View.TREND, View.PHOTOS)
    chosen = sum(bool(state.get(f"x_a_{fact}")) for fact in Fact)
    label = "Filters and second cohort" if is_comparable else "Filters"
    label += f" · {chosen} chosen" if chosen else ""
    with st.expander(label, icon=":material/tune:"):
        with st.container(horizontal=True):
            least = FIRST_MONDAY
            st.date_input("From", None, min_value=least, key="x_since", width=170)
            st.date_input("To", None, min_value=least, key="x_until", width=170)
        if view is not View.INGREDIENTS:
            _cohort("a", versions, view)
        if is_comparable:
            st.toggle("Compare with a second cohort", key="x_compare")
            if state.get("x_compare"):
                st.caption("Second cohort (B). Without a choice it is everybody.")
                _cohort("b", versions, view)
        if view is View.SPREAD:
            st.toggle("Adjust for light, device and age", key="x_adjusted")
    until = state.get("x_until")
    return Question(
        view=view,
        metric=Metric(state.get("x_metric") or Metric.SKIN_SCORE),
        measure=state.get("x_measure") or "rejected",
        region=state.get("x_region") or FACE,
        by=state.get("x_by") if view in GROUPED else None,
        where=_chosen("a", view) if view is not View.INGREDIENTS else {},
        against=_chosen("b", view) if is_comparable and state.get("x_compare") else None,
        since=state.get("x_since"),
        until=None if until is None else until + timedelta(days=1),
        is_adjusted=bool(state.get("x_adjusted")) and view is View.SPREAD,
    )


def _facts(view: View) -> list[Fact]:
    return list(OF_WHO_RETURNS if view is View.RETURNING else Fact)


def _cohort(cohort: str, versions: Sequence[str], view: View) -> None:
    with st.container(horizontal=True):
        for fact in _facts(view):
            st.multiselect(
                FACT_NAMES[fact],
                FACT_VALUES[fact] or _with_chosen(versions, cohort),
                format_func=of_value,
                key=f"x_{cohort}_{fact}",
                placeholder="All",
                width=260,
            )


def _with_chosen(versions: Sequence[str], cohort: str) -> list[str]:
    chosen = st.session_state.get(f"x_{cohort}_{Fact.MODEL_VERSION}") or []
    return list(dict.fromkeys([*versions, *chosen]))


def _chosen(cohort: str, view: View) -> Where:
    state = st.session_state
    found: Mapping[Fact, Any] = {f: state.get(f"x_{cohort}_{f}") for f in _facts(view)}
    return {fact: tuple(values) for fact, values in found.items() if values}
