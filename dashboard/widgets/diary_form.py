"""The diary of one day: a few taps, each kept at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import UUID

import streamlit as st

from core.care import Half, Sign, Topic
from core.people import Identity, Role
from dashboard.identity import guarded
from dashboard.widgets.notice import hear, tell, told
from dashboard.words_of_care import ANSWERS, HALVES, QUESTIONS, SIGNS, name_of, said
from dashboard.words_of_scores import local
from data.database import transaction
from pipeline.routines import diary
from pipeline.routines.diary import Line

_PLACE = "diary"
_SEEN = 12  # lines


def diary_of_day(day: date, lines: Sequence[Line], *, with_cycle: bool) -> None:
    """What may be noted of a day. `lines` are those of the last weeks, the newest first."""
    hear(_PLACE)
    _irritation(day)
    of_day = {line.topic: line for line in lines if line.day == day}
    topics = [Topic.SLEEP, Topic.SUN, *([Topic.CYCLE] if with_cycle else [])]
    for topic in topics:
        key = f"diary_{topic.value}_{day}"
        st.session_state[key] = of_day[topic].level if topic in of_day else None
        st.pills(
            QUESTIONS[topic],
            list(ANSWERS[topic]),
            format_func=ANSWERS[topic].__getitem__,
            key=key,
            on_change=_answer,
            args=(day, topic, key),
        )
    if not with_cycle:
        st.caption("The cycle is asked once you agree, in your profile, to keep health answers.")
    _product(day)
    if lines:
        with st.expander("What you noted", icon=":material/history:"):
            for line in lines[:_SEEN]:
                _noted(line)


def _irritation(day: date) -> None:
    with st.form(f"irritation_{day}", enter_to_submit=False, border=True, clear_on_submit=True):
        st.markdown("**Skin irritated?**")
        half = Half.EVENING if local(datetime.now(UTC)).hour >= 15 else Half.MORNING
        st.segmented_control(
            "When",
            list(Half),
            default=half,
            format_func=HALVES.__getitem__,
            key=f"irritation_half_{day}",
            required=True,
        )
        st.pills(
            "How it shows",
            list(Sign),
            selection_mode="multi",
            format_func=SIGNS.__getitem__,
            key=f"irritation_signs_{day}",
        )
        st.form_submit_button("Log irritation", on_click=_irritated, args=(day,))
        st.caption(
            "Swelling of lips or eyes, blisters, trouble breathing: stop everything and get "
            "medical help now."
        )


@guarded(Role.USER)
def _irritated(who: Identity, day: date) -> None:
    half = st.session_state[f"irritation_half_{day}"]
    signs = st.session_state[f"irritation_signs_{day}"]
    slowed = False

    def note() -> None:
        nonlocal slowed
        with transaction() as session:
            slowed = diary.irritation(session, who, day, Half(half), [Sign(s) for s in signs])

    if told(_PLACE, note):
        tell(
            _PLACE,
            "Noted, and your routine is slowed down: see above."
            if slowed
            else "Noted. If it comes twice, your routine slows down by itself.",
        )


@guarded(Role.USER)
def _answer(who: Identity, day: date, topic: Topic, key: str) -> None:
    level = st.session_state.get(key)

    def keep() -> None:
        with transaction() as session:
            diary.answer(session, who, day, topic, level)

    told(_PLACE, keep)


def _product(day: date) -> None:
    with st.form(f"product_{day}", enter_to_submit=False, border=False, clear_on_submit=True):
        st.text_input(
            "A product begun or ended (optional)",
            max_chars=120,
            key=f"product_{day}_name",
            placeholder="As in: new shampoo",
        )
        with st.container(horizontal=True):
            st.form_submit_button("Begun", on_click=_changed, args=(day, True))
            st.form_submit_button("Ended", on_click=_changed, args=(day, False))


@guarded(Role.USER)
def _changed(who: Identity, day: date, is_new: bool) -> None:
    name = st.session_state[f"product_{day}_name"]

    def note() -> None:
        with transaction() as session:
            diary.product(session, who, day, name, is_new=is_new)

    if told(_PLACE, note):
        tell(_PLACE, "Noted.")


def _noted(line: Line) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text(f"{name_of(line.day)} · {said(line)}")
        st.button(
            "Remove",
            key=f"remove_{line.entry_id}",
            on_click=_remove,
            args=(line.entry_id,),
            type="tertiary",
        )


@guarded(Role.USER)
def _remove(who: Identity, entry_id: UUID) -> None:
    def remove() -> None:
        with transaction() as session:
            diary.remove(session, who, entry_id)

    told(_PLACE, remove)
