"""Each metric over time, with what is a real change and what is noise."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from core.metrics import FACTS, Metric
from core.people import Role
from dashboard import address
from dashboard.charts import course_chart
from dashboard.identity import require
from dashboard.look import page_header
from dashboard.widgets.gentle import gentle_courses, wellbeing_hint
from dashboard.widgets.metric_cards import signed
from dashboard.widgets.period import choose_period
from dashboard.words_of_scores import day_and_time, direction, likely, points, whose_noise
from data import courses
from data.database import read
from data.demonstration import SIMULATED
from pipeline import repeatability, trends, wellbeing

who = require(Role.USER)
page_header("Trends", "Each score over time, and whether a change is more than noise.")

since, until = choose_period()
with read() as session:
    history = courses.history(session, who.user_id, since=since, until=until)
    noise = repeatability.of_person(session, who.user_id)
    mode = wellbeing.of_person(session, who.user_id)

if not history:
    st.info("There is no scored check in this period.")
    if st.button("New check", type="primary"):
        st.switch_page("pages/new_check.py")
    st.stop()

if mode.is_on:
    if any(check.model_version == SIMULATED for check in history):
        st.markdown(":orange-badge[Simulated checks: invented for the demonstration]")
    gentle_courses({m: trends.points(history, m, noise) for m in Metric})
    wellbeing_hint(mode)
    st.stop()

metric = st.pills(
    "Metric",
    list(Metric),
    default=Metric.SKIN_SCORE,
    format_func=lambda m: FACTS[m].name,
    required=True,
)
least = noise.least(metric, history[-1], history[-1])
course = trends.points(history, metric, noise)
measured = [point for point in course if point.score.value is not None]

st.subheader(FACTS[metric].name, anchor=False)
evidence = FACTS[metric].evidence.value.capitalize()
st.caption(f"{FACTS[metric].is_} {direction(metric).capitalize()}. {evidence}.")
if measured:
    st.altair_chart(
        course_chart(course, metric, None if least is None else least.points),
        alt=f"{FACTS[metric].name} at {len(measured)} checks, each with its likely range.",
    )
else:
    st.info("No photo of this period could measure it. The table says why.")
if least is not None:
    st.markdown(
        f"Band: the range each score is likely in. Dashed lines: **{least.points:.0f} points** "
        f"from the first check, the smallest change that is more than noise. {whose_noise(least)}"
    )
if any(point.model_version == SIMULATED for point in course):
    st.markdown(":orange-badge[Simulated checks: invented for the demonstration]")
if any(point.model_changed for point in course):
    st.markdown("Upright line: from here on another model scored. Scores across it do not compare.")

table = pd.DataFrame(
    {
        "Check": day_and_time(point.at),
        "Score": points(point.score),
        "Change": signed(point.change) if point.change and point.change.delta is not None else "",
        "Verdict": point.change.verdict.value if point.change else "first check",
        "Likely": likely(point.score).removeprefix("likely "),
        "Why": point.score.abstained_because or (point.change.because if point.change else ""),
    }
    for point in reversed(course)
)
st.dataframe(table, hide_index=True, column_config={"Why": st.column_config.Column(width="large")})
photographed = [check for check in history if check.model_version != SIMULATED]
if len(photographed) > 1 and st.button("See the first and the last photo side by side"):
    st.switch_page(
        "pages/result.py",
        query_params=address.of(photographed[-1].analysis_id, against=photographed[0].analysis_id),
    )
st.download_button(
    "Download all scores as CSV",
    trends.as_csv(history, noise),
    # Its own name for every person and state: Streamlit tells files apart by less than all bytes.
    file_name=f"skincare-scores-{datetime.now(UTC):%Y%m%d}-{history[-1].analysis_id.hex[-8:]}.csv",
    mime="text/csv",
    on_click="ignore",
)
