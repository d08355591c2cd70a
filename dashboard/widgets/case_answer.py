"""Answering: templates, plain language, safety net, red flags, referral; amending what was sent."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from core.consultations import ANSWERS, HAS_ANSWER, MessageKind, State
from core.people import Identity, Role
from dashboard.identity import guarded
from dashboard.widgets.case_draft import NET, TEXT, draft_of, field, forget_draft, typed_last
from dashboard.widgets.case_templates import choose_template, keep_templates, safety_nets
from dashboard.widgets.letter_button import letter_button
from dashboard.widgets.notice import hear, tell, told
from dashboard.words import plain
from data import answers as written
from data.database import read, transaction
from pipeline.reviews import answers, language, letter
from pipeline.reviews.reading import Opened
from pipeline.safety.raised import raised

PLACE = "case_answer"
_SENT = "Sent. The person has been told."


def answer_panel(who: Identity, opened: Opened) -> None:
    case = opened.case.consultation
    hear(PLACE)
    if not opened.case.is_mine:
        _sent(who, opened)
        return
    draft = draft_of(who, case.consultation_id)
    choose_template(who, opened, draft)
    field(
        draft,
        TEXT,
        label="Answer",
        longest=answers.LONGEST_ANSWER,
        placeholder="What it looks like, what to do, what to expect.",
    )
    _language(draft.text)
    safety_nets(who, draft)
    field(
        draft,
        NET,
        label=f"{answers.SAFETY_NET} (required)",
        longest=answers.LONGEST_SAFETY_NET,
        placeholder="What must not wait, and where to go then.",
    )
    closes = _flags(opened)
    refers = st.checkbox(
        "Has to be seen in person: refer",
        key=f"case_refers_{case.consultation_id}",
    )
    if refers:
        _letter()
    with st.container(key="case_main_action"):
        st.button(
            "Send the referral" if refers else "Send the answer",
            type="primary",
            icon=":material/send:",
            key="case_send",
            on_click=_send,
            args=(case.consultation_id, closes, refers),
        )
    keep_templates(who, draft)


def _language(text: str) -> None:
    """What may be hard to read, said while one writes; nothing is refused for it."""
    found = language.check(text)
    for said, better in found.jargon:
        st.caption(f":orange[:material/translate:] “{plain(said)}”: people say “{better}”.")
    if found.grade is None:
        return
    school = f"Reading level: about {found.grade:.0f} years of school (Coleman–Liau)"
    if found.grade <= language.PLAIN_UP_TO:
        st.caption(f":green[:material/check:] {school}.")
    else:
        st.caption(
            f":orange[:material/menu_book:] {school}; {language.PLAIN_UP_TO:.0f} or less is "
            f"easy for most. The longest sentence has {found.longest_sentence} words."
        )


def _flags(opened: Opened) -> list[str]:
    """Red flags that came with the question and are open: closed only where ticked."""
    asked = set(answers.closable(opened.case.consultation))
    with read() as session:
        still_open = [f for f in raised(session, opened.case.user_id) if f.flag_id in asked]
    closes = []
    for flag in still_open:
        reasons = plain("; ".join(flag.because))
        if st.checkbox(
            f"With this answer the red flag is seen to: {reasons}",
            key=f"case_closes_{flag.raised_id}",
        ):
            closes.append(flag.flag_id)
    return closes


def _letter() -> None:
    st.text_input(
        "Letter to",
        max_chars=letter.LONGEST_RECIPIENT,
        placeholder="Dermatology clinic, or “To whom it may concern”",
        key="case_letter_to",
    )
    st.text_area(
        "Letter",
        max_chars=letter.LONGEST,
        height=180,
        placeholder="Why the person should be seen, how soon, and what you see. What they told "
        "is added by itself.",
        key="case_letter_text",
    )
    st.caption("The person can take it along as PDF.")


@guarded(Role.DERMATOLOGIST)
def _send(who: Identity, case_id: UUID, closes: list[str], refers: bool) -> None:
    draft = typed_last(who, case_id)

    def send() -> None:
        with transaction() as session:
            if refers:
                letter.write(
                    session,
                    who,
                    case_id,
                    recipient=str(st.session_state.get("case_letter_to", "")),
                    text=str(st.session_state.get("case_letter_text", "")),
                )
            answers.send(
                session,
                who,
                case_id,
                text=draft.text,
                safety_net=draft.net,
                refers=refers,
                closes=closes,
            )

    if told(PLACE, send):
        forget_draft()
        tell(PLACE, _SENT)
        st.session_state["case_all_again"] = True


def _sent(who: Identity, opened: Opened) -> None:
    case = opened.case.consultation
    mine = [
        message
        for message in opened.case.messages
        if message.author_id == who.user_id and message.kind in ANSWERS | {MessageKind.AMENDMENT}
    ]
    if not mine:
        st.info("This case is not in your hands: you can read it.")
        return
    for message in mine:
        with st.container(border=True):
            st.text(message.text)
    _download(who, case.consultation_id)
    if case.state in HAS_ANSWER | {State.CLOSED}:
        st.text_area(
            "Add to the answer",
            max_chars=answers.LONGEST_ANSWER,
            help="What was sent stays as it is; this is added, and the person is told.",
            key="case_amendment",
        )
        with st.container(key="case_main_action"):
            st.button(
                "Send the addition",
                icon=":material/send:",
                key="case_amend",
                on_click=_amend,
                args=(case.consultation_id,),
            )


def _download(who: Identity, case_id: UUID) -> None:
    with read() as session:
        found = written.letter(session, case_id)
    if found is None:
        return

    def pdf() -> bytes:
        with transaction() as session:
            return letter.for_staff(session, who, case_id)

    letter_button(pdf, key="case_letter")


@guarded(Role.DERMATOLOGIST)
def _amend(who: Identity, case_id: UUID) -> None:
    def amend() -> None:
        with transaction() as session:
            answers.amend(session, who, case_id, str(st.session_state.get("case_amendment", "")))

    if told(PLACE, amend):
        tell(PLACE, _SENT)
        st.session_state["case_amendment"] = ""
