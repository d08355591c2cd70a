"""Questions to dermatologists as their askers see them, and the queue and the case of staff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from streamlit.testing.v1 import AppTest

from core.consultations import Priority, View
from core.metrics import FACTS
from core.people import Identity, Purpose, Role
from core.reviews import GRADED, Grade, Verdict
from data import consultations
from data.database import read, transaction
from pipeline import consents
from pipeline.reviews import answers, grades, letter
from pipeline.safety.raised import raised
from tests import people
from tests.consulting import NO_SIDE, claimed, question, staff
from tests.dashboard.checks import button, opened, scored_check, words

NET = "See a doctor within a few days if it gets worse."


@dataclass(frozen=True)
class World:
    """Ada has a scored check and a question about it, with photos; Grace has claimed it."""

    ada: Identity
    grace: Identity
    case: UUID


@pytest.fixture
def world(ada: Identity) -> World:
    check = scored_check(ada)
    with transaction() as session:
        grace, case = claimed(session, ada, analysis_id=check)
    return World(ada, grace, case)


def case_page(world: World, panel: str | None = None) -> AppTest:
    page = opened(world.grace, "case", case=str(world.case))
    if panel is not None:
        page.button_group(key="case_panel").set_value(panel).run()
    return page


def test_who_has_asked_nothing_is_invited_to(ada: Identity) -> None:
    page = opened(ada, "consultations")
    assert "You have asked nothing yet" in words(page)
    assert button(page, "Ask a dermatologist")


def test_a_question_is_sent_without_a_photo_only_with_a_reason_for_each_view(
    ada: Identity,
) -> None:
    page = opened(ada, "ask")
    asked(page, "Your question").set_value("Is it harmless?").run()
    button(page, "Send the question").click().run()
    assert page.error
    for view in View:
        reason = next(b for b in page.selectbox if view.value.replace("_", "-") in b.label.lower())
        reason.set_value("I do not want to show it").run()
    button(page, "Send the question").click().run()
    assert not page.error
    with read() as session:
        [kept], total = consultations.listed(session, ada.user_id, limit=9)
    assert (kept.question, total) == ("Is it harmless?", 1)


def test_a_raised_flag_goes_with_the_question_and_begins_it(ada: Identity) -> None:
    with transaction() as session:
        people.answer_safety(session, ada.user_id, "spreading_redness")
        [flag] = raised(session, ada.user_id)
    page = opened(ada, "ask", flag=flag.flag_id)
    assert flag.because[0].lower() in str(asked(page, "Your question").value).lower()
    assert "puts it in front" in words(page)


def test_the_question_of_another_is_not_found(world: World) -> None:
    with transaction() as session:
        eve = people.signed_in(session)
    page = opened(eve, "consultations", consultation=str(world.case))
    assert page.error
    assert "redness" not in words(page)


def test_an_answer_is_read_with_its_safety_net_and_the_letter(world: World) -> None:
    with transaction() as session:
        letter.write(session, world.grace, world.case, recipient="A clinic", text="Please see.")
        answers.send(
            session, world.grace, world.case, text="Have it seen.", safety_net=NET, refers=True
        )
    page = opened(world.ada, "consultations", consultation=str(world.case))
    assert "Have it seen." in words(page)
    assert NET in words(page)
    assert "Take this letter along" in words(page)


def test_a_case_belongs_to_who_claimed_it(world: World) -> None:
    with transaction() as session:
        other = staff(session)
    page = opened(other, "case", case=str(world.case))
    assert page.error
    assert "redness" not in words(page)
    assert not page.button_group


def test_a_case_says_which_view_is_missing_and_why(world: World) -> None:
    page = case_page(world)
    assert page.warning[0].value.replace("\\", "") == f"Side view missing: {NO_SIDE}"
    assert "Is this redness something to treat?" in words(page)


def test_grades_are_given_blind_and_then_the_scores_are_shown(world: World) -> None:
    page = case_page(world, "Grade")
    assert "Blind." in words(page)
    assert "Model:" not in words(page)
    for metric in GRADED:
        page.number_input(key=f"grade_{metric.value}_value").set_value(40)
    button(page, "Keep the grades").click().run()
    assert not page.error
    assert "Model:" in words(page)


def test_a_metric_that_was_left_out_is_named(world: World) -> None:
    page = case_page(world, "Grade")
    for metric in GRADED[1:]:
        page.number_input(key=f"grade_{metric.value}_value").set_value(40)
    button(page, "Keep the grades").click().run()
    assert FACTS[GRADED[0]].name.lower() in page.error[0].value
    assert "Model:" not in words(page)


def test_history_is_hidden_until_the_grade_is_given(world: World) -> None:
    assert "Hidden until you have graded" in words(case_page(world, "History"))
    with transaction() as session:
        given = {metric: Grade(Verdict.CANNOT_TELL) for metric in GRADED}
        grades.give(session, world.grace, world.case, given, {})
    page = case_page(world, "History")
    assert "Hidden until you have graded" not in words(page)
    assert [one for one in page.button_group if one.key == "case_metric"]


def test_a_withdrawn_consent_takes_photos_and_scores_away(world: World) -> None:
    with transaction() as session:
        consents.withdraw(session, world.ada.user_id, Purpose.DERMATOLOGIST)
    page = case_page(world)
    assert "Photos and scores are hidden" in words(page)
    assert not [group for group in page.button_group if group.key == "case_picture"]
    assert "Is this redness something to treat?" in words(page)


def test_a_person_reads_in_their_profile_who_looked_at_their_photos(world: World) -> None:
    assert "Nobody but you has looked" not in words(opened(world.ada, "profile"))  # it was claimed
    case_page(world)
    page = opened(world.ada, "profile")
    page.toggle(key="accesses_of_photos").set_value(True).run()
    assert "**Grace Hopper** looked at a photo" in words(page)


def test_notes_stay_with_the_case(world: World) -> None:
    page = case_page(world, "Notes")
    page.text_area[0].set_value("Compare with May.").run()
    next(b for b in page.button if "note" in b.label.lower()).click().run()
    assert "Compare with May." in words(case_page(world, "Notes"))


def test_the_queue_shows_an_administrator_no_question_and_no_claim(world: World) -> None:
    with transaction() as session:
        admin = staff(session, Role.ADMIN)
        question(session, people.signed_in(session), question="Secret?")
    page = opened(admin, "queue")
    assert "Secret?" not in words(page)
    assert not [one for one in page.button if one.label == "Claim"]
    assert "Grace Hopper: 1 in hand" in words(page)


def test_a_filter_begins_at_the_first_page_of_what_it_finds(world: World) -> None:
    with transaction() as session:
        person = people.signed_in(session)
        people.answer_safety(session, person.user_id, "spreading_redness")
        question(session, person)
    page = opened(world.grace, "queue")
    page.session_state["queue_from"] = 25
    page.run()
    assert not [one for one in page.button if one.label == "Claim"]
    page.selectbox(key="queue_priority").set_value(Priority.URGENT).run()
    assert [one for one in page.button if one.label == "Claim"]


def asked(page: AppTest, label: str) -> Any:
    return next(area for area in page.text_area if area.label == label)
