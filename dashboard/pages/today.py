"""Where the skin stands, what changed since the check before, and what to do next."""

from __future__ import annotations

import streamlit as st

from core.metrics import FACTS, Metric
from core.people import Role
from dashboard.identity import require
from dashboard.look import page_header
from dashboard.widgets.flag_banner import flag_banner
from dashboard.widgets.gentle import gentle_scores, next_check, wellbeing_hint
from dashboard.widgets.metric_cards import metric_card, signed
from dashboard.widgets.welcome import welcome
from dashboard.words import plain
from dashboard.words_of_scores import day, direction, short_day
from data import analyses
from data.database import read
from pipeline import repeatability, wellbeing
from pipeline.change import Verdict
from pipeline.safety.raised import raised
from pipeline.trends import changes, comparable_scores

COURSE = 12  # checks that a sparkline shows

who = require(Role.USER)
with read() as session:
    newest = analyses.latest(session, who.user_id, count=COURSE)
    pending, _ = analyses.listed(session, who.user_id, limit=1)
    flags = raised(session, who.user_id)

flag_banner(flags)
if pending and not pending[0].status.is_final:
    st.info("Your newest photo is being scored.")
    st.page_link(
        "pages/new_check.py", label="See how far it is", icon=":material/progress_activity:"
    )

if not newest:
    welcome(plain(who.first_name))
    st.stop()

latest, before = newest[0], newest[1] if len(newest) > 1 else None
with read() as session:
    noise = repeatability.of_person(session, who.user_id)
    mode = wellbeing.of_person(session, who.user_id)
found = changes(before, latest, noise)

page_header(f"Hello, {plain(who.first_name)}", f"Your last check: {day(latest.created_at)}.")
if latest.is_demonstration:
    st.badge("Simulated check: no photo", color="orange")
wellbeing_hint(mode)
if mode.is_on:
    gentle_scores(latest.scores, found)
    st.subheader("Next", anchor=False)
    next_check(mode)
    if st.button("Your routine"):
        st.switch_page("pages/routine.py")
    st.stop()
is_incomparable = before is not None and before.model_version != latest.model_version
real = [metric for metric, step in found.items() if step.verdict is Verdict.REAL]
if before is None:
    st.markdown("This was your first check. The next one will show what changes.")
elif is_incomparable:
    st.markdown(
        "The check before was scored by another model: changes can be told from the next one on."
    )
elif real:
    named = ", ".join(
        f"**{FACTS[metric].name}** {signed(found[metric])} ({direction(metric)})" for metric in real
    )
    st.markdown(f"Changed since {short_day(before.created_at)}: {named}. The rest is within noise.")
else:
    st.markdown(f"Nothing beyond noise has changed since {short_day(before.created_at)}.")


def card(metric: Metric, *, wide: bool = False) -> None:
    metric_card(
        metric,
        latest.scores[metric],
        course=comparable_scores(newest, metric),
        change=None if is_incomparable else found.get(metric),
        wide=wide,
    )


card(Metric.SKIN_SCORE, wide=True)
with st.grid(4, min_column_width=155, key="metrics"):
    for metric in Metric:
        if metric is not Metric.SKIN_SCORE:
            card(metric)

st.subheader("Next", anchor=False)
st.markdown(
    "Skin changes over weeks. A check a week is enough; take it in the same place and light."
)
with st.container(horizontal=True):
    if st.button("New check", type="primary"):
        st.switch_page("pages/new_check.py")
    if st.button("See where the scores come from"):
        st.switch_page("pages/result.py", query_params={"check": str(latest.analysis_id)})
    if st.button("Trends"):
        st.switch_page("pages/trends.py")
