"""The person's scores over time, each with its interval; nothing of it while they are hidden."""

from __future__ import annotations

import streamlit as st

from core.metrics import FACTS, Metric
from dashboard.charts import course_chart
from dashboard.words_of_scores import direction, likely
from data.database import read
from pipeline import trends
from pipeline.reviews import reading
from pipeline.reviews.reading import Opened


def history_panel(opened: Opened) -> None:
    if not opened.case.may_show:
        st.info("The person shows no scores.")
        return
    if opened.is_hidden:
        st.info(
            "Hidden until you have graded: earlier scores would lead you as well.",
            icon=":material/visibility_off:",
        )
        return
    with read() as session:
        history, noise = reading.history(session, opened)
    if not history:
        st.info("The person has no scored check.")
        return
    metric = st.pills(  # a selectbox of an enumeration is None to mypy
        "Metric",
        list(Metric),
        default=Metric.SKIN_SCORE,
        format_func=lambda each: FACTS[each].name,
        required=True,
        key="case_metric",
    )
    course = trends.points(history, metric, noise)
    measured = [point for point in course if point.score.value is not None]
    st.caption(f"{FACTS[metric].is_} {direction(metric).capitalize()}.")
    if not measured:
        st.info("No photo could measure it.")
        return
    least = noise.least(metric, history[-1], history[-1])
    st.altair_chart(
        course_chart(course, metric, None if least is None else least.points),
        alt=f"{FACTS[metric].name} at {len(measured)} checks, each with its likely range.",
    )
    newest = history[-1].scores
    for each in Metric:
        score = newest.get(each)
        if score is not None and score.value is not None:
            st.text(f"{FACTS[each].name}: {score.value:.0f} ({likely(score)})")
