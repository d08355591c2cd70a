"""What the person asks and told: question, flags, health, routine; and the messages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

import streamlit as st

from core.care import Half
from core.consultations import HAS_ANSWER, IN_HAND, Author, Consultation
from core.errors import SkincareError
from core.health import Answers
from core.people import Identity
from dashboard.widgets.thread import thread, writing
from dashboard.words import plain
from dashboard.words_of_care import how_often
from dashboard.words_of_consultations import NOT_TOLD, facts_of, untold
from dashboard.words_of_health import CONDITIONS, MEDICINES, SUBSTANCES, usable
from data.database import read, transaction
from pipeline.consultations import photos
from pipeline.consultations import thread as messages
from pipeline.reviews import person as people
from pipeline.reviews import reading
from pipeline.reviews.person import Person
from pipeline.reviews.reading import Opened

_PICTURE_SIDE = 640  # pixels, in the thread; the viewer shows it whole


def question_panel(who: Identity, opened: Opened) -> None:
    case = opened.case.consultation
    with read() as session:
        person = people.of_case(session, opened.case)
    what_was_asked(case, person)
    if opened.case.is_mine and opened.case.may_show:
        _health(person.answers)
        _routine(person)
    st.markdown("##### Messages")
    _messages(who, opened)


def what_was_asked(case: Consultation, person: Person) -> None:
    """The question, who asks, red flags, and what was told beside."""
    st.text(case.question)
    about = [person.first_name]
    about += [f"{person.age} years"] if person.age is not None else ["age not told"]
    about += [f"{person.skin_type.value} skin, as they say"] if person.skin_type else []
    st.caption(plain(" · ".join(about)))
    _flags(case, person)
    _facts(facts_of(case))


def _flags(case: Consultation, person: Person) -> None:
    open_now = None if person.flags is None else {flag.flag_id for flag in person.flags}
    for flag in case.flags:
        reasons = "; ".join(plain(str(reason)) for reason in flag.get("because", ()))
        is_over = open_now is not None and flag.get("flag_id") not in open_now
        standing = " (seen to since)" if is_over else ""
        st.error(f"**Red flag{standing}** {reasons}", icon=":material/flag:")
    for raised in person.flags or ():
        if raised.flag_id not in {flag.get("flag_id") for flag in case.flags}:
            reasons = "; ".join(plain(reason) for reason in raised.because)
            st.error(f"**Red flag, raised since** {reasons}", icon=":material/flag:")


def _facts(facts: Mapping[str, str | None]) -> None:
    """What was told, line by line; what was not, in one."""
    for name, said in facts.items():
        if said:
            left, right = st.columns([1, 2], gap="small")
            left.markdown(f":gray[{name}]")
            right.text(said)
    if missing := untold(facts):
        st.caption(missing)


def _health(answers: Answers) -> None:
    names = usable()
    facts = {
        "Conditions": _listed(CONDITIONS[one] for one in answers.conditions or ()),
        "Medicines": _listed(MEDICINES[one] for one in answers.medicines or ()),
        "Allergies": _listed(SUBSTANCES[one] for one in answers.allergies or ()),
        "Products used": _listed(names.get(one, one) for one in answers.uses or ()),
        "Reacted to": _listed(names.get(one, one) for one in answers.reacted_to),
    }
    with st.expander("Health answers of the profile", icon=":material/medical_information:"):
        if answers.updated_at is None:
            st.text(NOT_TOLD)
        else:
            _facts(facts)


def _routine(person: Person) -> None:
    with st.expander("Routine and products", icon=":material/checklist:"):
        if person.routine is None:
            st.text("Follows no routine here.")
            return
        st.caption(f"Week {person.routine.week} of it.")
        for half in Half:
            steps = person.routine.of(half)
            if steps:
                st.markdown(f"**{half.value.capitalize()}**")
            for each in steps:
                st.text(f"{each.step.name}: {how_often(each.pace.days).lower()}")


def _listed(words: Iterable[str]) -> str | None:
    return ", ".join(sorted(words)) or None


def _messages(who: Identity, opened: Opened) -> None:
    case_id = opened.case.consultation.consultation_id

    def picture(photo_id: UUID) -> bytes | None:
        kept = st.session_state.setdefault("case_attached", {})
        if not opened.case.may_show:
            kept.clear()
            return None
        if photo_id not in kept:
            try:
                with transaction() as session:
                    jpeg = reading.photo(session, who, case_id, photo_id)
            except SkincareError:
                return None
            kept[photo_id] = photos.smaller(jpeg, _PICTURE_SIDE)
        return bytes(kept[photo_id])

    if not opened.case.messages:
        st.caption("None yet.")
    thread(opened.case.messages, picture, me=Author.DERMATOLOGIST)
    if opened.case.consultation.state not in IN_HAND | HAS_ANSWER or who.user_id not in (
        opened.case.consultation.claimed_by,
        opened.case.consultation.answered_by,
    ):
        return
    asks = opened.case.is_mine and st.toggle(
        "Ask for more: the clock stands still until they answer", key="case_asks"
    )

    def send(text: str, _pictures: list[bytes]) -> None:
        with transaction() as session:
            messages.write(session, who, case_id, text, asks=asks)

    writing("case_message", send, label="Message to the person", pictures=False)
