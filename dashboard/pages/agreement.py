"""The agreement board, for dermatologists, analysts and administrators."""

from __future__ import annotations

import streamlit as st

from core.people import Role
from core.reviews import GRADED
from dashboard.identity import require
from dashboard.look import page_header
from dashboard.widgets.agreement_parts import (
    BETWEEN,
    EMPTY,
    FIGURES,
    MEANING,
    Figure,
    chart,
    name_of,
    table,
)
from data.database import read
from pipeline.agreement.board import Between, board

who = require(Role.DERMATOLOGIST, Role.ANALYST, Role.ADMIN)
page_header(
    "Agreement",
    "How close the model and dermatologists come. Only grades given before the scores were "
    "shown count.",
)
with read() as session:
    found = board(session, who, st.session_state.get("agreement_version"))

between = st.segmented_control(
    "Between",
    list(Between),
    default=Between.MODEL,
    format_func=BETWEEN.__getitem__,
    required=True,
    label_visibility="collapsed",
    key="agreement_between",
)
if between is Between.MODEL and len(found.versions) > 1:
    st.selectbox("Version of the model", found.versions, width=220, key="agreement_version")
lines = found.model if between is Between.MODEL else found.readers
if not any(line.people for line in lines):
    st.info(EMPTY[between])
else:
    figure = st.segmented_control(
        "Figure",
        list(Figure),
        default=Figure.ICC,
        format_func=FIGURES.__getitem__,
        required=True,
        key="agreement_figure",
    )
    everybody = [line for line in lines if line.tone is None]
    chart(everybody, figure, by_tone=False)
    table(everybody, by_tone=False)

    st.subheader("By tone of skin", anchor=False)
    metric = st.selectbox("Metric", GRADED, format_func=name_of, width=220, key="agreement_metric")
    of_metric = [line for line in lines if line.what is metric]
    chart(of_metric, figure, by_tone=True)
    table(of_metric, by_tone=True)

    left_out = f"Left out: {found.cannot_tell:,} that a reader could not tell"
    if between is Between.MODEL:
        left_out += f", {found.not_measured:,} that the model did not measure"
    st.caption(f"{left_out}, {found.not_blind:,} graded with the scores in view.")
with st.expander("What these figures mean", icon=":material/help:"):
    st.markdown(MEANING)
