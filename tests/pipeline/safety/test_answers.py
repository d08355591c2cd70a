"""Flags are raised by answers, stay open, and are closed by people only; what they stop, stops."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core.errors import InvalidInput, NotAllowed, NotFound, RedFlagRaised, SafetyQuestionsDue
from core.people import Identity, Purpose
from core.red_flags import ClosedBy, Urgency
from data import database
from data.tables import RaisedFlag, SafetyAnswer
from pipeline import consents, held_back
from pipeline.safety import answers
from pipeline.safety.raised import raised, seen_to, stops
from tests import people


@pytest.fixture
def ada(session: Session) -> Identity:
    return people.signed_in(session)


def ids(session: Session, who: Identity) -> list[str]:
    return [flag.flag_id for flag in raised(session, who.user_id)]


def test_who_was_never_asked_is_asked_first(session: Session) -> None:
    eve = people.signed_in(session, consent_to_analysis=False)
    with pytest.raises(SafetyQuestionsDue, match="safety questions"):
        answers.require(session, eve.user_id)
    with pytest.raises(NotAllowed, match="Nothing was saved"):
        answers.answer(session, eve, ())
    assert answers.last(session, eve.user_id) is None


def test_nothing_of_it_lets_a_check_begin(session: Session, ada: Identity) -> None:
    assert answers.answer(session, ada, ()) == ()
    answers.require(session, ada.user_id)


def test_not_ticking_it_again_does_not_clear_a_flag(session: Session, ada: Identity) -> None:
    answers.answer(session, ada, ["mark_changed"])
    answers.answer(session, ada, [])
    assert ids(session, ada) == ["F10"]
    assert session.scalar(_number(SafetyAnswer)) == 3  # each answer is kept


def test_the_same_again_changes_nothing_and_something_new_is_added_to_the_history(
    session: Session, ada: Identity
) -> None:
    first = answers.answer(session, ada, ["scars"])
    assert answers.answer(session, ada, ["scars"]) == first
    [flag] = answers.answer(session, ada, ["nodules"])
    assert len(flag.because) == 2  # what was said before is not forgotten
    assert session.scalar(_number(RaisedFlag)) == 2
    assert seen_to(session, ada.user_id) == ()  # renewed is not seen


def test_a_flag_becomes_more_urgent_but_never_less(session: Session, ada: Identity) -> None:
    answers.answer(session, ada, ["rules_mood"])
    [flag] = answers.answer(session, ada, ["self_harm"])
    assert flag.urgency is Urgency.EMERGENCY
    [flag] = answers.answer(session, ada, ["many_checks"])
    assert flag.urgency is Urgency.EMERGENCY
    with pytest.raises(RedFlagRaised, match="talk to somebody"):
        answers.require(session, ada.user_id)


def test_the_most_urgent_flag_is_the_one_that_is_said(session: Session, ada: Identity) -> None:
    answers.answer(session, ada, ["scars", "around_eye", "airway"])
    assert ids(session, ada) == ["F1", "F5", "F14"]
    with pytest.raises(RedFlagRaised, match=r"^Get emergency help now\."):
        answers.require(session, ada.user_id)


def test_it_is_closed_by_the_day_on_which_it_was_seen_and_kept(
    session: Session, ada: Identity
) -> None:
    [flag] = answers.answer(session, ada, ["around_eye"])
    today = database.now(session).date()
    for wrong in (today + timedelta(days=2), today - timedelta(days=2)):
        with pytest.raises(InvalidInput):
            answers.seen(session, ada, flag.raised_id, wrong)
    answers.seen(session, ada, flag.raised_id, today)
    assert not stops(session, ada.user_id).everything
    [seen] = seen_to(session, ada.user_id)
    assert (seen.raised.flag_id, seen.by, seen.seen_on) == ("F5", ClosedBy.PERSON, today)
    with pytest.raises(NotFound):
        answers.seen(session, ada, flag.raised_id, today)


def test_what_is_in_no_hurry_may_have_been_seen_weeks_before(
    session: Session, ada: Identity
) -> None:
    [flag] = answers.answer(session, ada, ["scars"])
    answers.seen(session, ada, flag.raised_id, database.now(session).date() - timedelta(days=60))
    assert ids(session, ada) == []


def test_somebody_elses_flag_is_not_there(session: Session, ada: Identity) -> None:
    [flag] = answers.answer(session, ada, ["scars"])
    eve = people.signed_in(session)
    with pytest.raises(NotFound):
        answers.seen(session, eve, flag.raised_id, database.now(session).date())
    assert ids(session, eve) == []
    assert ids(session, ada) == ["F14"]


def test_a_dermatologists_answer_closes_what_was_attached_and_nothing_else(
    session: Session, ada: Identity
) -> None:
    answers.answer(session, ada, ["scars", "mark_changed"])
    dara = people.signed_in(session)
    answers.seen_by_dermatologist(session, dara, ada.user_id, ["F10", "F13"])
    assert ids(session, ada) == ["F14"]
    [seen] = seen_to(session, ada.user_id)
    assert seen.by is ClosedBy.DERMATOLOGIST


def test_withdrawing_the_consent_deletes_all_of_it_and_the_questions_come_first_again(
    session: Session, ada: Identity
) -> None:
    answers.answer(session, ada, ["scars"])
    consents.withdraw(session, ada.user_id, Purpose.SAFETY_ANSWERS)
    assert session.scalar(_number(SafetyAnswer)) == session.scalar(_number(RaisedFlag)) == 0
    with pytest.raises(SafetyQuestionsDue):
        answers.require(session, ada.user_id)


def _number(table: type[SafetyAnswer | RaisedFlag]) -> Select[int]:
    return select(func.count()).select_from(table)


def test_advice_says_where_to_turn_in_words_and_lightens_no_unseen_mark(
    session: Session, ada: Identity
) -> None:
    answers.answer(session, ada, ["wants_lightening", "around_eye"])
    held = held_back.of_person(session, ada.user_id)
    assert held.everything
    assert held.dark_mark
    assert [turn.title for turn in held.turn_to] == [
        "See a doctor today",
        "Have a dermatologist look at it",
    ]
