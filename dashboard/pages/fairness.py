"""How the model and the photo gate behave: over time, by skin tone, from version to version."""

from __future__ import annotations

import streamlit as st

from core.analytics import ABSTAINED, SPREAD, Fact
from core.metrics import FACTS, Metric
from core.people import Role
from dashboard.identity import require
from dashboard.look import page_header
from dashboard.widgets import drift_parts, explorer_parts
from data import analytics
from pipeline.analytics.questions import Question, View, Where

BOARDS = {
    "drift": "Drift",
    "rejected": "Not scored",
    ABSTAINED: "Not measurable",
    SPREAD: "Repeatability",
    "scoring_seconds": "Speed",
    "waited_seconds": "Waiting",
}

who = require(Role.ANALYST, Role.ADMIN)
page_header(
    "Model and fairness",
    "Whether the model stays the same and treats every skin tone alike. Agreement with "
    "dermatologists has its own page.",
)
board = st.pills(
    "Board",
    list(BOARDS),
    default="drift",
    format_func=BOARDS.__getitem__,
    required=True,
    label_visibility="collapsed",
    key="fairness_board",
    bind="query-params",
)
if board == "drift":
    drift_parts.show(explorer_parts.weeks_of_drift(who))
    st.stop()

with analytics.reading() as session:
    versions = [version for version, _ in analytics.versions(session)]
measure = board
if board in (ABSTAINED, SPREAD):
    metrics = [m for m in Metric if m is not Metric.SKIN_SCORE]
    metric = st.selectbox(
        "Metric", metrics, format_func=lambda m: FACTS[m].name, key="fairness_metric", width=240
    )
    measure = f"{board}{metric}"
new, old = None, None
if len(versions) > 1:
    with st.container(horizontal=True):
        new = st.selectbox("Model (A)", versions[::-1], key="fairness_new", width=240)
        old = st.selectbox("beside (B)", versions[::-1], index=1, key="fairness_old", width=240)
where: Where = {} if new is None else {Fact.MODEL_VERSION: (new,)}
against: Where | None = None if old in (None, new) else {Fact.MODEL_VERSION: (str(old),)}
question = Question(
    view=View.PHOTOS, measure=measure, by=Fact.TONE_BAND, where=where, against=against
)
found = explorer_parts.answered(who, question, "fairness_answer")
explorer_parts.show(found, can_click=False)
