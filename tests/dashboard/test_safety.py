"""The safety questions as a person meets them: before a check, urgent things first."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from core.people import Identity, Purpose
from data.database import now as database_now
from data.database import read, transaction
from pipeline import consents
from pipeline.consents import WORDING
from pipeline.safety import answers
from pipeline.safety import raised as flags
from pipeline.safety.questions import questionnaire
from tests import people
from tests.dashboard.checks import button, opened, scored_check, words

ASKED = questionnaire()
SAVE = "Save my answers"
TEXT = {item.id: item.text for item in ASKED.items()}


@pytest.fixture
def eve(var: Any, database: Any) -> Identity:
    """Signed in, and never asked."""
    with transaction() as session:
        who = people.signed_in(session, consent_to_analysis=False)
        consents.give(session, who.user_id, Purpose.ANALYSIS)
        return who


def raised_of(who: Identity) -> list[str]:
    with read() as session:
        return [flag.flag_id for flag in flags.raised(session, who.user_id)]


def told(who: Identity, *ticked: str) -> None:
    with transaction() as session:
        people.answer_safety(session, who.user_id, *ticked)


def hours_later(who: Identity, hours: int) -> None:
    with transaction() as session:
        session.execute(
            text(
                "UPDATE safety_answers SET answered_at = answered_at - make_interval(hours => :h) "
                "WHERE user_id = :user"
            ),
            {"h": hours, "user": who.user_id},
        )


def answer_all(page: Any, *yes: str) -> None:
    for radio, section in zip(page.radio, ASKED.sections, strict=True):
        radio.set_value("Yes" if section.id in yes else "No")
    page.run()


def tick(page: Any, *items: str) -> None:
    for item in items:
        next(box for box in page.checkbox if box.label == TEXT[item]).check().run()


def agree(page: Any) -> None:
    wording = WORDING[Purpose.SAFETY_ANSWERS]
    next(box for box in page.checkbox if box.label == wording).check().run()


def test_before_the_first_check_four_questions_are_asked_and_no_photo_is(eve: Identity) -> None:
    page = opened(eve, "new_check")
    assert [radio.label for radio in page.radio] == [s.question for s in ASKED.sections]
    assert all(radio.value is None for radio in page.radio)
    assert page.file_uploader.len == 0
    assert button(page, SAVE).disabled


def test_four_times_no_and_the_camera_is_there(eve: Identity) -> None:
    page = opened(eve, "new_check")
    answer_all(page)
    assert button(page, SAVE).disabled  # consent is asked, never assumed
    agree(page)
    button(page, SAVE).click().run()
    assert page.file_uploader.len == 1
    assert raised_of(eve) == []


def test_a_yes_wants_to_know_what_and_details_only_of_what_was_ticked(eve: Identity) -> None:
    page = opened(eve, "safety")
    answer_all(page, "marks")
    agree(page)
    assert button(page, SAVE).disabled
    labels = [box.label for box in page.checkbox]
    assert TEXT["mark_changed"] in labels
    assert TEXT["change_in_size"] not in labels
    assert TEXT["nodules"] not in labels
    tick(page, "mark_changed")
    assert TEXT["change_in_size"] in [box.label for box in page.checkbox]
    tick(page, "change_in_size", "irregular_shape")
    assert "within two weeks" in words(page)
    button(page, SAVE).click().run()
    assert raised_of(eve) == ["F9", "F10"]


def test_what_cannot_wait_is_said_at_the_first_tick_above_everything_and_without_consent(
    eve: Identity,
) -> None:
    page = opened(eve, "new_check")
    answer_all(page, "now")
    tick(page, "airway")
    assert "emergency number" in page.error[0].value
    seen = words(page)
    assert seen.index("emergency number") < seen.index(ASKED.sections[0].question)
    assert raised_of(eve) == []  # nothing is kept without consent


def test_a_raised_emergency_stops_the_check_and_says_first_where_to_turn(ada: Identity) -> None:
    told(ada, "airway", "scars")
    page = opened(ada, "new_check")
    assert page.file_uploader.len == 0
    assert "Get emergency help now" in page.error[0].value
    seen = words(page)
    assert seen.index("Get emergency help now") < seen.index("dermatologist look at it")


def test_a_changed_mole_leaves_the_check_open_and_says_what_is_held_back(ada: Identity) -> None:
    told(ada, "mark_changed")
    page = opened(ada, "new_check")
    assert page.file_uploader.len == 1
    assert "spots are not scored" in page.warning[0].value


def test_an_hour_later_one_question_is_asked_and_one_press_answers_it(ada: Identity) -> None:
    hours_later(ada, 2)
    page = opened(ada, "new_check")
    assert "Anything new on your skin since" in words(page)
    assert page.file_uploader.len == 0
    assert page.radio.len == 0
    button(page, "Nothing new").click().run()
    assert page.file_uploader.len == 1


def test_something_new_asks_the_four_questions(ada: Identity) -> None:
    hours_later(ada, 2)
    page = opened(ada, "new_check")
    button(page, "Something is new").click().run()
    answer_all(page, "you")
    tick(page, "self_harm")
    assert "talk to somebody" in page.error[0].value
    button(page, SAVE).click().run()
    assert raised_of(ada) == ["F15"]
    assert page.file_uploader.len == 0


def test_saying_that_it_was_seen_opens_the_check_again(ada: Identity) -> None:
    told(ada, "spreading_redness")
    page = opened(ada, "safety")
    assert "See a doctor today" in words(page)
    button(page, "It was seen on this day").click().run()
    assert raised_of(ada) == []
    assert "Nothing of what you told us stops a check" in words(page)
    assert "as you told us" in words(page)  # the history keeps it
    assert opened(ada, "new_check").file_uploader.len == 1


@pytest.mark.parametrize("page", ["today", "result"])
def test_an_open_flag_is_said_on_other_pages_too_until_it_was_seen_to(
    ada: Identity, page: str
) -> None:
    banner = "has to be seen by a person first"
    scored_check(ada)
    assert banner not in words(opened(ada, page))
    told(ada, "mark_changed")
    seen = opened(ada, page)
    assert not seen.exception
    assert banner in seen.warning[0].value
    with transaction() as session:
        [flag] = flags.raised(session, ada.user_id)
        answers.seen(session, ada, flag.raised_id, database_now(session).date())
    assert banner not in words(opened(ada, page))
