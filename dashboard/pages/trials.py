"""Trials on oneself: did this one change do anything, and how sure is that?"""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from core.care import TrialState
from core.people import Role
from dashboard.identity import require
from dashboard.look import page_header
from dashboard.preferences import Preferences
from dashboard.widgets.notice import hear
from dashboard.widgets.trial_parts import PLACE, finished, plan_form, under_way
from dashboard.words import plain
from dashboard.words_of_scores import short_day
from data.database import transaction
from pipeline import notify, profiles, wellbeing
from pipeline.trials import conduct

NEWEST = 50  # trials in the list


def _named() -> UUID | None:
    """The trial that the address names."""
    try:
        return UUID(st.query_params.get("trial", ""))
    except ValueError:
        return None


who = require(Role.USER)
wanted = _named()
with transaction() as session:
    current = conduct.current(session, who.user_id)
    past = [
        each
        for each in conduct.listed(session, who.user_id, limit=NEWEST, offset=0)[0]
        if each.state in (TrialState.ENDED, TrialState.STOPPED)
    ]
    watched = Preferences.of(profiles.read(session, who.user_id).preferences).watched
    gently = wellbeing.of_person(session, who.user_id).is_on
    if any(each.trial_id == wanted for each in past) and wanted is not None:
        notify.seen(session, who.user_id, wanted)

page_header(
    "Trials", "Change one thing, keep the rest, and see after weeks whether it did anything."
)
hear(PLACE)
if current is not None:
    under_way(current)
else:
    st.subheader("A new trial", anchor=False)
    st.markdown(
        "First at least three checks as you are, then the change, then a check a week. The verdict "
        "says for each score how much it changed, and how likely that is a real change."
    )
    with st.expander("Plan a trial", expanded=not past, icon=":material/science:"):
        plan_form(watched[:4])

if past:
    st.subheader("Earlier trials", anchor=False)
for number, trial in enumerate(past):
    opened = trial.trial_id == wanted or (wanted is None and number == 0)
    title = f"{plain(trial.change)}, {short_day(trial.began_at or trial.created_at)}"
    with st.expander(title, expanded=opened):
        finished(trial, gently=gently)
