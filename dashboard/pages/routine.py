"""What to do today: the steps to tick, and the diary. One page, for a phone in one hand."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from core.care import Source, StepKind
from core.people import Purpose, Role
from dashboard.identity import require
from dashboard.look import page_header
from dashboard.widgets.diary_form import diary_of_day
from dashboard.widgets.routine_day import brake_notice, routine_day
from dashboard.widgets.routine_edit import adopt_button, edit_steps, notices, own_button
from dashboard.words_of_care import name_of, recent
from data.database import transaction
from pipeline import consents, recommendations
from pipeline.routines import adopted, diary

DAYS_TO_ENTER = 3  # today and the two days before
WEEKS_SHOWN = timedelta(days=28)

who = require(Role.USER)
page_header("Routine")
notices()

day = st.segmented_control(
    "Day",
    recent(DAYS_TO_ENTER),
    default=recent(1)[0],
    format_func=name_of,
    required=True,
    label_visibility="collapsed",
)
with transaction() as session:
    found = adopted.today(session, who.user_id, day)
    lines = diary.of_days(session, who.user_id, day - WEEKS_SHOWN, recent(1)[0])
    calm = diary.calm_days(session, who.user_id, recent(1)[0])
    health = consents.current(session, who.user_id)[Purpose.HEALTH_ANSWERS]
    advised = recommendations.latest(session, who.user_id)

can_adopt = advised is not None and advised.advice is not None
if found is None:
    with st.container(border=True):
        st.markdown("#### You follow no routine yet")
        if can_adopt:
            st.markdown("Your advice has one: steps for morning and evening, begun slowly.")
        else:
            st.markdown("Your first scored check brings advice with a routine in it.")
        with st.container(horizontal=True):
            if can_adopt:
                adopt_button("Adopt the advised routine")
            elif st.button("New check", type="primary"):
                st.switch_page("pages/new_check.py")
            own_button()
else:
    has_actives = any(each.step.kind is StepKind.ACTIVE for each in found.steps)
    brake_notice(found.brake, calm, has_actives=has_actives)
    routine_day(day)
    is_newer = can_adopt and advised is not None and advised.advice_id != found.advice_id
    if is_newer and found.source is Source.ADVICE:
        st.info("There is newer advice than the one that this routine comes from.")
        with st.container(horizontal=True):
            adopt_button("Adopt the newer advice", primary=False)
            if st.button("Read it first"):
                st.switch_page("pages/advice.py")

st.subheader(f"Diary, {name_of(day).lower() if day in recent(2) else name_of(day)}", anchor=False)
diary_of_day(day, lines, with_cycle=health is not None and health.in_force)

if found is not None:
    st.subheader("Your steps", anchor=False)
    with st.expander("Change the steps", icon=":material/edit:"):
        edit_steps(found)
        if found.source is Source.OWN and can_adopt:
            adopt_button("Adopt the advised routine instead", primary=False)
    st.caption(f"Week {found.week} of this routine. Reminders are on the page Notifications.")
