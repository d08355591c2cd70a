"""The safety questions: four of them, details only where the answer is yes."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.people import Identity, Purpose, Role
from core.red_flags import Flag
from dashboard.identity import guarded
from dashboard.widgets.consent_box import consent_box
from dashboard.widgets.notice import hear, told
from dashboard.widgets.where_to_turn import AT_ONCE, where_to_turn
from dashboard.words_of_scores import day
from data.database import transaction
from data.safety import Answered
from pipeline import consents
from pipeline.safety import answers
from pipeline.safety.questions import Item, questionnaire
from pipeline.safety.routing import route

_PLACE = "safety_questions"
_KEY = "safety_"
_AGAIN = "safety_again"
_YES, _NO = "Yes", "No"


def safety_questions(*, agreed: bool) -> None:
    """Draw the questions. Whoever answers them gets the page anew, with what follows from it."""
    hear(_PLACE)
    urgent = st.container()  # what cannot wait stands first, before anything is saved
    ticked: list[str] = []
    missing = False
    for section in questionnaire().sections:
        with st.container(border=True):
            said = st.radio(
                section.question,
                (_NO, _YES),
                index=None,
                horizontal=True,
                key=_KEY + section.id,
            )
            st.caption(f"{section.examples}.")
            if said == _YES:
                st.markdown("Tick everything that fits:")
                here = _boxes([i for i in section.items if i.after is None], section.items)
                ticked += here
                missing = missing or not here
            missing = missing or said is None
    found = route(ticked)
    with urgent:
        for flag in found:
            if flag.urgency in AT_ONCE:
                where_to_turn(flag)
    _save_them(ticked, found, missing=missing, agreed=agreed)


def anything_new(last: Answered) -> bool:
    """The one question of somebody who has answered before; whether they want to answer anew."""
    hear(_PLACE)
    with st.container(border=True):
        st.markdown(f"**Anything new on your skin since {day(last.answered_at)}?**")
        st.caption("A new or changed mark, a sore, a rash, swelling, pain, or how you feel.")
        with st.container(horizontal=True):
            st.button(
                "Nothing new", type="primary", key="nothing_new", on_click=_save, args=((), True)
            )
            st.button("Something is new", key="something_new", on_click=begin_again)
    return is_begun()


def begin_again() -> None:
    st.session_state[_AGAIN] = True


def is_begun() -> bool:
    return bool(st.session_state.get(_AGAIN))


def _boxes(shown: Sequence[Item], everything: Sequence[Item]) -> list[str]:
    ticked = []
    for item in shown:
        if not st.checkbox(item.text, key=_KEY + item.id):
            continue
        ticked.append(item.id)
        details = [each for each in everything if each.after == item.id]
        if details:
            with st.container(key=f"{_KEY}more_{item.id}", border=True):
                st.caption("Which of these, too?")
                ticked += _boxes(details, everything)
    return ticked


def _save_them(ticked: list[str], found: Sequence[Flag], *, missing: bool, agreed: bool) -> None:
    later = [flag for flag in found if flag.urgency not in AT_ONCE]
    for flag in later[:1]:
        where_to_turn(flag)
    if found:
        st.caption(
            "Look at your answers once more: what they hold back stays held back until somebody "
            "qualified has seen it."
        )
    consent = agreed or consent_box(Purpose.SAFETY_ANSWERS)
    st.button(
        "Save my answers",
        key="save_safety_answers",
        type="primary",
        width="stretch",
        disabled=missing or not consent,
        on_click=_save,
        args=(tuple(ticked), agreed),
    )
    if missing:
        st.caption("Answer all four; where you say yes, tick what fits.")
    elif not consent:
        st.caption(
            "Without your consent nothing is kept, and no photo is scored. Where to turn stands "
            "here all the same."
        )


@guarded(Role.USER)
def _save(who: Identity, ticked: tuple[str, ...], agreed: bool) -> None:
    def save() -> None:
        with transaction() as session:
            if not agreed:  # the box was ticked, or the button would not have been there
                consents.give(session, who.user_id, Purpose.SAFETY_ANSWERS)
            answers.answer(session, who, ticked)

    if not told(_PLACE, save):
        return
    asked = questionnaire()
    for key in (*(s.id for s in asked.sections), *(i.id for i in asked.items())):
        st.session_state.pop(_KEY + key, None)
    st.session_state.pop(_AGAIN, None)
