"""One question as the person who asked sees it: its clock, what was told, what can be done."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import streamlit as st

from core.consultations import (
    HAS_ANSWER,
    IN_HAND,
    OVER,
    PROMISED,
    PROMISED_WORDS,
    WAITING,
    Consultation,
    State,
    View,
)
from core.errors import SkincareError
from core.people import Identity, Role
from dashboard.identity import guarded
from dashboard.widgets.letter_button import letter_button
from dashboard.widgets.notice import tell, told
from dashboard.words import plain
from dashboard.words_of_consultations import (
    STATES,
    VIEWS,
    facts_of,
    is_running,
    time_left,
    untold,
)
from dashboard.words_of_scores import day_and_time
from data import answers, consultations
from data.database import now as database_now
from data.database import read, transaction
from pipeline.consultations import photos, thread
from pipeline.reviews import letter

PLACE = "consultation"


@st.fragment(run_every=30)
@guarded(Role.USER)
def standing(who: Identity, consultation_id: UUID) -> None:
    """Where it stands, with its clock; looks again by itself."""
    try:
        with read() as session:
            case = consultations.get(session, who.user_id, consultation_id)
            now = database_now(session)
    except SkincareError as error:
        st.error(plain(str(error)))
        return
    words, colour = STATES[case.state]
    st.badge(words, color=colour)  # type: ignore[arg-type]
    if is_running(case):
        passed = 1 - (case.due_at - now) / PROMISED
        st.progress(
            min(1.0, max(0.0, passed)),
            text=f"Answer within {PROMISED_WORDS}: {time_left(case.due_at, now)}",
        )
        if now > case.due_at:
            st.warning(
                "The promised time has passed, and we are sorry. Every dermatologist and the "
                "administrators have been told; your question goes first."
            )
    elif case.state is State.NEEDS_INFORMATION:
        st.info("The dermatologist has asked you something below. The clock stands still.")
    if st.session_state.setdefault(f"state_{consultation_id}", case.state) is not case.state:
        st.session_state[f"state_{consultation_id}"] = case.state
        st.rerun()  # the thread below has changed, too


def what_was_told(who: Identity, case: Consultation) -> None:
    """The question with everything that went with it."""
    with st.expander("What the dermatologist gets", expanded=case.state in WAITING):
        facts = facts_of(case)
        for name, fact in facts.items():
            if fact:
                with st.container(gap="xsmall"):
                    st.caption(name)
                    st.text(fact)
        if missing := untold(facts):
            st.caption(missing)
        for flag in case.flags:
            st.markdown("**From the safety questions**")
            st.text("; ".join(flag["because"]))
        _views(who, case)


def _views(who: Identity, case: Consultation) -> None:
    with read() as session:
        views = consultations.views(session, case.consultation_id)
        is_shown = consultations.may_show(session, case)
    if not is_shown and any(view.photo_id for view in views):
        st.warning("Nobody but you sees these photos: you have taken back the consent.")
    with st.container(horizontal=True, key="shots"):
        for view in views:
            with st.container(width=170, gap="xsmall"):
                _view(who, case, view.view, view.photo_id, view.missing_reason, view.problems)


def _view(
    who: Identity,
    case: Consultation,
    view: View,
    photo_id: UUID | None,
    missing: str | None,
    problems: tuple[str, ...],
) -> None:
    name = VIEWS[view][0]
    jpeg = None if photo_id is None else own_picture(who, case.consultation_id, photo_id, 320)
    if jpeg is None:
        st.markdown(f"**{name} view missing**")
        st.text(missing or consultations.DELETED_SINCE)
        return
    st.image(jpeg, width="stretch", alt=f"Your {name.lower()} photo")
    st.markdown(f"**{name}**")
    for problem in problems:
        st.caption(f":material/lightbulb: {problem}")


def own_picture(who: Identity, consultation_id: UUID, photo_id: UUID, side: int) -> bytes | None:
    try:
        with read() as session:
            jpeg = photos.own(session, who.user_id, consultation_id, photo_id)
    except SkincareError:
        return None
    return photos.smaller(jpeg, side)


def letter_to_take_along(who: Identity, case: Consultation) -> None:
    """The letter with which the dermatologist refers the person."""
    with read() as session:
        found = answers.letter(session, case.consultation_id)
    if found is None:
        return

    def pdf() -> bytes:
        with read() as session:
            return letter.own(session, who, case.consultation_id)

    with st.container(border=True):
        st.markdown("**This should be seen in person.** Take this letter along.")
        letter_button(pdf, key=f"letter_{case.consultation_id}")


def rating(case: Consultation) -> None:
    """How useful the answer was."""
    if case.answered_at is None:
        return
    st.markdown("**How useful was the answer?**")
    given = None if case.rating is None else case.rating - 1
    stars = st.feedback("stars", default=given, key=f"stars_{case.consultation_id}")
    comment = st.text_input(
        "Anything to add?",
        value=case.rating_comment or "",
        max_chars=2000,
        key=f"comment_{case.consultation_id}",
    )
    if st.button("Save the rating", disabled=stars is None):
        _do(case.consultation_id, "rate", "Thank you.", (stars or 0) + 1, comment)
        st.rerun()


def actions(case: Consultation) -> None:
    """What the person may do with it now."""
    id_ = case.consultation_id
    with st.container(horizontal=True):
        if case.state in HAS_ANSWER:
            _button("Close it: that answers my question", id_, "close", "Closed.")
            if case.second_opinion_for is None:
                _button(
                    "Ask for a second opinion",
                    id_,
                    "ask_second_opinion",
                    f"Another dermatologist is asked; you have the answer within {PROMISED_WORDS}.",
                )
        if case.state in WAITING and case.consent_id and case.consent_withdrawn_at is None:
            _button("Hide my photos", id_, "hide_photos", "Nobody but you sees them now.")
        if case.state in WAITING | IN_HAND:
            with st.popover("Withdraw the question"):
                st.markdown(
                    "Nobody works on it any more. Photos that you sent only with it are deleted; "
                    "this cannot be undone."
                )
                _button("Withdraw it", id_, "withdraw", "Withdrawn; its photos are deleted.")
    if case.state in IN_HAND and case.consent_id and case.consent_withdrawn_at is None:
        st.caption(
            "A dermatologist works on it. To hide your photos from everybody at once, withdraw "
            "the consent in your profile."
        )
    if case.state in OVER:
        st.caption("You can always ask a new question.")


def _button(label: str, consultation_id: UUID, what: str, done: str) -> None:
    st.button(
        label, key=f"{what}_{consultation_id}", on_click=_do, args=(consultation_id, what, done)
    )


_ACTIONS: dict[str, Callable[..., object]] = {
    "close": thread.close,
    "ask_second_opinion": thread.ask_second_opinion,
    "hide_photos": thread.hide_photos,
    "withdraw": thread.withdraw,
    "rate": thread.rate,
}


@guarded(Role.USER)
def _do(who: Identity, consultation_id: UUID, what: str, done: str, *facts: object) -> None:
    def act() -> None:
        with transaction() as session:
            _ACTIONS[what](session, who, consultation_id, *facts)

    if told(PLACE, act):
        tell(PLACE, done)


def line(case: Consultation) -> None:
    """One question of the list."""
    words, colour = STATES[case.state]
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.badge(words, color=colour)  # type: ignore[arg-type]
            st.caption(day_and_time(case.created_at))
        st.text(case.question if len(case.question) <= 160 else f"{case.question[:157]}…")
        if st.button("Open", key=f"open_{case.consultation_id}"):
            st.query_params["consultation"] = str(case.consultation_id)
            st.rerun()
