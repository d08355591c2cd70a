"""Drafts, answers with their safety net, amendments, letters, templates, notes, time."""

from __future__ import annotations

import io
import logging
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.consultations import MessageKind, State
from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.notifications import Kind
from data import answers as written
from data import consultations, notifications, users
from pipeline.consultations import claims, thread
from pipeline.reviews import answers, letter, templates
from pipeline.safety import raised
from tests import people
from tests.consulting import question, staff
from tests.pipeline.reviews.conftest import World

NET = "See a doctor if it spreads."


def send(session: Session, world: World, **fields: object) -> UUID:
    given = {"text": "It is harmless.", "safety_net": NET} | fields
    return answers.send(session, world.grace, world.case, **given)  # type: ignore[arg-type]


def test_an_answer_reaches_the_person_with_its_safety_net_and_is_told_once(
    session: Session, world: World
) -> None:
    send(session, world)
    case = consultations.get(session, world.ada.user_id, world.case)
    assert (case.state, case.answered_by) == (State.ANSWERED, world.grace.user_id)
    (message,) = consultations.messages(session, world.case)
    assert message.kind is MessageKind.ANSWER
    assert message.text == f"It is harmless.\n\n{answers.SAFETY_NET}\n{NET}"
    told, _ = notifications.listed(session, world.ada.user_id, limit=10)
    assert [n.kind for n in told].count(Kind.DERMATOLOGIST_REPLIED) == 1
    with pytest.raises(Conflict):
        send(session, world)


@pytest.mark.parametrize("missing", ["text", "safety_net"])
def test_no_answer_without_words_or_without_a_safety_net(
    session: Session, world: World, missing: str
) -> None:
    with pytest.raises(InvalidInput, match="missing"):
        send(session, world, **{missing: " \n "})
    assert consultations.messages(session, world.case) == ()


def test_a_blank_that_was_not_filled_in_is_not_sent(session: Session, world: World) -> None:
    with pytest.raises(InvalidInput, match=r"\[product\]"):
        send(session, world, text="Use [product] twice a day.")


def test_a_sent_answer_is_amended_and_never_changed(session: Session, world: World) -> None:
    with pytest.raises(Conflict):
        answers.amend(session, world.grace, world.case, "Too early.")
    send(session, world)
    answers.amend(session, world.grace, world.case, "Use it at night only.")
    first, second = consultations.messages(session, world.case)
    assert first.text.startswith("It is harmless.")
    assert (second.kind, second.text) == (MessageKind.AMENDMENT, "Use it at night only.")
    told, _ = notifications.listed(session, world.ada.user_id, limit=10)
    assert [n.kind for n in told].count(Kind.DERMATOLOGIST_REPLIED) == 2


def test_a_draft_is_there_again_and_gone_when_sent(session: Session, world: World) -> None:
    answers.save_draft(session, world.grace, world.case, text="It is")
    answers.save_draft(session, world.grace, world.case, text="It is [so far", safety_net=NET)
    found = answers.draft(session, world.grace, world.case)
    assert found is not None
    assert (found.text, found.safety_net) == ("It is [so far", NET)
    send(session, world)
    assert answers.draft(session, world.grace, world.case) is None
    with pytest.raises(Conflict):
        answers.save_draft(session, world.grace, world.case, text="Late")


def test_an_answer_closes_red_flags_only_where_the_dermatologist_says_so(
    session: Session, var: object
) -> None:
    ada, grace = people.signed_in(session), staff(session)
    people.answer_safety(session, ada.user_id, *_some_items())
    flags = [flag.flag_id for flag in raised.raised(session, ada.user_id)]
    assert flags
    asked = [question(session, ada) for _ in range(3)]
    for case in asked:
        claims.claim(session, grace, case)
    given: dict[str, Any] = {"text": "It is harmless.", "safety_net": NET}
    answers.send(session, grace, asked[0], **given)
    assert [flag.flag_id for flag in raised.raised(session, ada.user_id)] == flags
    with pytest.raises(InvalidInput, match="stays open"):
        answers.send(session, grace, asked[1], refers=True, closes=flags, **given)
    answers.send(session, grace, asked[1], refers=True, **given)
    assert consultations.get(session, ada.user_id, asked[1]).state is State.REFERRED
    with pytest.raises(InvalidInput, match="came with the question"):
        answers.send(session, grace, asked[2], closes=["F99"], **given)
    answers.send(session, grace, asked[2], closes=flags, **given)
    assert raised.raised(session, ada.user_id) == ()


def _some_items() -> list[str]:
    from pipeline.safety.questions import questionnaire

    return [next(iter(questionnaire().items())).id]


def test_the_answer_of_a_second_reader_is_a_second_opinion(session: Session, world: World) -> None:
    send(session, world)
    thread.ask_second_opinion(session, world.ada, world.case)
    rosa = staff(session)
    claims.claim(session, rosa, world.case)
    answers.send(session, rosa, world.case, text="I agree.", safety_net=NET)
    kinds = [message.kind for message in consultations.messages(session, world.case)]
    assert kinds == [MessageKind.ANSWER, MessageKind.SECOND_OPINION]
    answers.amend(session, world.grace, world.case, "So do I.")  # the first reader's own answer


def test_a_case_that_waits_for_the_person_can_be_answered_nevertheless(
    session: Session, world: World
) -> None:
    thread.write(session, world.grace, world.case, "Since when?", asks=True)
    send(session, world)
    assert consultations.get(session, world.ada.user_id, world.case).state is State.ANSWERED


def test_the_letter_is_a_pdf_for_its_person_and_nobody_else(
    session: Session, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    ada = users.get(session, world.ada.user_id)
    ada.last_name = "Žižková-Łęcka 李"
    session.flush()
    with pytest.raises(NotFound, match="no letter"):
        letter.own(session, world.ada, world.case)
    with caplog.at_level(logging.DEBUG):
        letter.write(
            session,
            world.grace,
            world.case,
            recipient="Skin clinic",
            text="Please see this spot.\n" * 20,
        )
        pdf = letter.own(session, world.ada, world.case)
        assert letter.for_staff(session, world.grace, world.case).startswith(b"%PDF-")
    assert pdf.startswith(b"%PDF-")
    assert "Žižková" not in caplog.text
    assert "李" not in caplog.text
    assert pdf.count(b"/Type /Page\n") >= 1
    for stranger in (people.signed_in(session), world.grace):
        with pytest.raises(NotFound):
            letter.own(session, stranger, world.case)
    with pytest.raises(NotAllowed):
        letter.for_staff(session, world.ada, world.case)
    with pytest.raises(NotFound):
        letter.for_staff(session, staff(session), world.case)
    assert io.BytesIO(pdf).read(5) == b"%PDF-"


def test_templates_are_ones_own_or_everybodys(session: Session, world: World) -> None:
    rosa = staff(session)
    own = templates.add(session, world.grace, title="Mine", text="Hello [first name]")
    shared = templates.add(session, world.grace, title="Ours", text="Hello", is_shared=True)
    mine = [one.template_id for one in templates.listed(session, world.grace)]
    hers = [one.template_id for one in templates.listed(session, rosa)]
    assert own in mine
    assert own not in hers
    assert shared in hers
    for template_id in (own, shared, templates.BUILT_IN[0].template_id):
        with pytest.raises(NotFound):
            templates.change(session, rosa, template_id, title="Hers", text="Hello")
        with pytest.raises(NotFound):
            templates.remove(session, rosa, template_id)
    templates.change(session, world.grace, shared, title="Ours", text="Good day")
    assert [t.text for t in templates.listed(session, rosa) if t.template_id == shared] == [
        "Good day"
    ]
    templates.remove(session, world.grace, own)
    with pytest.raises(NotAllowed):
        templates.listed(session, world.ada)


def test_placeholders_are_filled_in_and_what_is_unknown_stays_a_blank() -> None:
    said = templates.filled("Hello [First name], [place] and [what]", {"first name": "Ada"})
    assert said == "Hello Ada, [place] and [what]"
    assert templates.blanks(said) == ["place", "what"]
    with pytest.raises(InvalidInput, match=r"\[place\], \[what\]"):
        templates.require_filled(said)


def test_what_is_filled_in_is_not_read_as_a_template_again() -> None:
    assert templates.filled("[first name]", {"first name": "[my name]", "my name": "G"}) == (
        "[my name]"
    )


def test_notes_are_for_colleagues_who_read_the_case(session: Session, world: World) -> None:
    answers.add_note(session, world.grace, world.case, "Looks like contact dermatitis.")
    (note,) = answers.notes(session, world.grace, world.case)
    assert (note.author_name, note.text) == ("Grace Hopper", "Looks like contact dermatitis.")
    with pytest.raises(NotFound):
        answers.notes(session, staff(session), world.case)
    with pytest.raises(NotAllowed):
        answers.add_note(session, world.ada, world.case, "I see you")


def test_time_is_counted_for_the_case_in_minutes_without_pauses_and_of_nobody(
    session: Session, world: World
) -> None:
    answers.spend_time(session, world.grace, world.case)
    assert written.minutes(session, world.case) == 0
    for gone, counted in ((50, 0), (80, 2), (30, 2), (3600, 2), (130, 4)):
        _earlier_by(session, timedelta(seconds=gone))
        answers.spend_time(session, world.grace, world.case)
        assert written.minutes(session, world.case) == counted
    columns = session.scalars(
        text("SELECT column_name FROM information_schema.columns WHERE table_name = 'case_times'")
    )
    assert set(columns) == {"consultation_id", "user_id", "minutes", "counted_at"}
    assert {world.ada.user_id} == set(session.scalars(text("SELECT user_id FROM case_times")))


def _earlier_by(session: Session, gone: timedelta) -> None:
    session.execute(text("UPDATE case_times SET counted_at = counted_at - :gone"), {"gone": gone})
