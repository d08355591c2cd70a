"""Questions to dermatologists as their askers see them, and the queue and the case of staff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from streamlit.testing.v1 import AppTest

from core.consultations import Asker, Priority, View
from core.metrics import FACTS
from core.people import Identity, Purpose, Role
from core.reviews import GRADED, Grade, Verdict
from data import consultations
from data.case_queue import Which
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


def test_the_queue_is_narrowed_to_what_is_short_of_time_or_lacks_a_view(world: World) -> None:
    with transaction() as session:
        question(session, people.signed_in(session))
    page = opened(world.grace, "queue")
    only = page.button_group(key="queue_only")
    only.set_value(["View missing"]).run()
    assert button(page, "Claim")
    page.button_group(key="queue_only").set_value(["View missing", "Late"]).run()
    assert not page.exception
    assert not [one for one in page.button if one.label == "Claim"]
    assert "No case of this list is of this kind" in words(page)


def test_a_dermatologist_claims_in_the_queue_and_finds_the_case_in_their_hands(
    world: World,
) -> None:
    with transaction() as session:
        case = question(session, people.signed_in(session), question="Secret?")
    page = opened(world.grace, "queue")
    assert "Secret?" not in words(page)
    page.button(key=f"claim_{case}").click().run()
    page = opened(world.grace, "queue")
    page.button_group(key="queue_list").set_value(Which.MINE).run()
    assert page.button(key=f"open_{case}").label == "Open"
    page.button(key=f"release_{case}").click().run()
    assert "waits in the queue again" in words(page)
    with pytest.raises(KeyError):
        page.button(key=f"open_{case}")
    page.button_group(key="queue_list").set_value(Which.WAITING).run()
    assert page.button(key=f"claim_{case}").label == "Claim"


def test_a_long_queue_is_turned_page_by_page(world: World) -> None:
    with transaction() as session:
        for _ in range(26):
            question(session, people.signed_in(session))
    page = opened(world.grace, "queue")
    assert len([one for one in page.button if one.label == "Claim"]) == 25
    button(page, "More").click().run()
    assert len([one for one in page.button if one.label == "Claim"]) == 1
    button(page, "Back").click().run()
    assert len([one for one in page.button if one.label == "Claim"]) == 25


def test_an_answer_is_rated_and_a_second_opinion_asked_for_once(world: World) -> None:
    with transaction() as session:
        answers.send(session, world.grace, world.case, text="Harmless.", safety_net=NET)
    page = opened(world.ada, "consultations", consultation=str(world.case))
    assert button(page, "Save the rating").disabled
    page.session_state[f"stars_{world.case}"] = 3
    page.run()
    button(page, "Save the rating").click().run()
    assert "Thank you" in words(page)
    button(page, "Ask for a second opinion").click().run()
    assert not page.exception
    assert not [one for one in page.button if one.label == "Ask for a second opinion"]
    with read() as session:
        case = consultations.get(session, world.ada.user_id, world.case)
    assert (case.rating, case.second_opinion_for) == (4, Asker.PERSON)


def test_photos_are_hidden_until_somebody_has_claimed_the_question(world: World) -> None:
    with transaction() as session:
        waiting = question(session, world.ada, photos=True)
    page = opened(world.ada, "consultations", consultation=str(waiting))
    button(page, "Hide my photos").click().run()
    assert "Nobody but you sees them now" in words(page)
    with read() as session:
        case = consultations.get(session, world.ada.user_id, waiting)
        assert not consultations.may_show(session, case)
    page = opened(world.ada, "consultations", consultation=str(world.case))
    assert not [one for one in page.button if one.label == "Hide my photos"]
    assert "withdraw the consent in your profile" in words(page)


def asked(page: AppTest, label: str) -> Any:
    return next(area for area in page.text_area if area.label == label)
