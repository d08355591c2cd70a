"""The steps of one day to tick, and the brake with its reason."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import streamlit as st

from core.care import Half, Sign
from core.people import Identity, Role
from dashboard.identity import guarded
from dashboard.widgets.notice import hear, tell, told
from dashboard.words import plain
from dashboard.words_of_care import HALVES, followed, how_often, name_of, shown
from dashboard.words_of_scores import local
from data.database import transaction
from pipeline import wellbeing
from pipeline.routines import adopted, diary
from pipeline.routines.adopted import Brake, StepToday
from pipeline.routines.pace import PAUSED, brake_rule

_PLACE, _BRAKE = "ticks", "brake"


@st.fragment
@guarded(Role.USER)
def routine_day(who: Identity, day: date) -> None:
    """Morning and evening of one day. A tick is kept at once; ticking again takes it back."""
    with transaction() as session:
        found = adopted.today(session, who.user_id, day)
        gently = wellbeing.of_person(session, who.user_id).is_on
    if found is None:
        return
    hear(_PLACE)
    left, right = st.columns(2, gap="large")
    for half, column in ((Half.MORNING, left), (Half.EVENING, right)):
        with column, st.container(key=f"half_{half.value}", gap="small"):
            st.subheader(HALVES[half], anchor=False)
            steps = found.of(half)
            due = [each for each in steps if each.is_due]
            for each in due:
                with st.container(gap=None):
                    _step(each, day)
            if not due:
                st.caption("Nothing is due." if steps else "No steps yet.")
            _not_today([each for each in steps if not each.is_due])
    if found.following is not None and not gently and followed(found.following):
        st.markdown(f":material/calendar_month: {followed(found.following)}")


def _step(each: StepToday, day: date) -> None:
    key = f"tick_{each.step.step_id}_{day}"
    st.session_state[key] = each.is_done  # as it is kept: another window may have changed it
    name = plain(each.step.name)
    st.checkbox(name, key=key, on_change=_tick, args=(each.step.step_id, day, key))
    amount = plain(each.step.amount)
    often = "" if len(each.pace.days) == 7 else f"{how_often(each.pace.days)}. "
    words = f"{often[:1].upper()}{often[1:]}{amount[:1].upper()}{amount[1:]}"
    if each.pace.because:
        st.caption(f":material/speed: **{each.pace.because}** {words}")
    elif words:
        st.caption(words)


def _not_today(rest: list[StepToday]) -> None:
    for each in rest:
        name = plain(each.step.name)
        if each.pace.because and not each.pace.days:
            st.caption(f":material/pause_circle: {name}: **{plain(each.pace.because)}**")
        elif each.pace.begins_in_week is not None:
            st.caption(f":material/schedule: {name}: from week {each.pace.begins_in_week} on.")
        else:
            because = f" {each.pace.because}" if each.pace.because else ""
            st.caption(f":material/event: {name}: {how_often(each.pace.days)}.{because}")


@guarded(Role.USER)
def _tick(who: Identity, step_id: UUID, day: date, key: str) -> None:
    def keep() -> None:
        with transaction() as session:
            adopted.tick(session, who, step_id, day, done=bool(st.session_state.get(key)))

    told(_PLACE, keep)


def brake_notice(brake: Brake | None, calm: int | None, *, has_actives: bool) -> None:
    """That the routine is slower, why, who says so, and the way back."""
    hear(_BRAKE)
    if brake is None:
        return
    rule, sources = brake_rule()
    noted = "; ".join(
        f"{name_of(day).lower() if (name_of(day) in ('Today', 'Yesterday')) else name_of(day)} "
        f"in the {half.value}: {shown([Sign(sign) for sign in signs])}"
        for day, half, signs in brake.reasons
    )
    paused = brake.level >= PAUSED
    title = "Every active is paused" if paused else "Your routine is slowed down"
    with st.container(border=True, key="brake"):
        st.markdown(f"#### :material/speed: {title}")
        st.markdown(
            f"You noted irritation more than once ({noted}). "
            + (
                "It came again at the slower pace, so cleanse, moisturise and protect only."
                if paused
                else "Actives are due on fewer days, and acids are paused."
                if has_actives
                else "No active is in your routine, so no step is slowed down."
            )
            + " Moisturise morning and evening until your skin is calm."
        )
        st.caption(f"The rule: “{rule}” Source: {'; '.join(sources)}.")
        if paused:
            st.markdown("If it does not calm down in a few days, let a dermatologist see it.")
        since = local(brake.put_at)
        calm_words = "" if not calm else f" Your last irritation was {calm} days ago."
        st.caption(f"Since {since.day} {since:%b}.{calm_words} Two calm weeks are a good sign.")
        st.button("Back to the usual days", on_click=_lift, key="lift_brake")


@guarded(Role.USER)
def _lift(who: Identity) -> None:
    def lift() -> None:
        with transaction() as session:
            diary.lift_brake(session, who)

    if told(_BRAKE, lift):
        tell(_BRAKE, "Back to the usual days. Note it if your skin gets irritated again.")
