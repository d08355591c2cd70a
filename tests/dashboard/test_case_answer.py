"""Answering on the case page: draft, templates, plain words, safety net, red flags, referral."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import pytest
from streamlit.testing.v1 import AppTest

from core.consultations import Author, State
from core.health import Answers
from core.metrics import Metric
from core.people import Identity, Purpose
from core.red_flags import Raised
from core.reviews import GRADED, Grade, Scale, Verdict
from data import consultations as kept
from data import notifications
from data.answers import Template
from data.database import read, transaction
from pipeline import consents, health_answers
from pipeline.reviews import answers, grades, reading, templates
from pipeline.safety.raised import raised
from tests import people
from tests.consulting import claimed, staff
from tests.dashboard.checks import button, opened, scored_check, words

TEXT = "What I see is harmless. Use sunscreen every morning."
NET = "See a doctor within a few days if it gets worse."


@dataclass(frozen=True)
class World:
    """Ada has a scored check and asks about it, with a red flag; Grace has claimed it."""

    ada: Identity
    grace: Identity
    case: UUID
    flag: str


@pytest.fixture
def world(ada: Identity) -> World:
    check = scored_check(ada)
    with transaction() as session:
        people.answer_safety(session, ada.user_id, "spreading_redness")
        [flag] = raised(session, ada.user_id)
        grace, case = claimed(session, ada, analysis_id=check)
    return World(ada, grace, case, flag.flag_id)


def at(world: World, panel: str, who: Identity | None = None) -> AppTest:
    page = opened(who or world.grace, "case", case=str(world.case))
    page.button_group(key="case_panel").set_value(panel).run()
    assert not page.exception
    return page


def type_(world: World, *, text: str = TEXT, net: str = NET) -> None:
    """What the editor sends a second after the last key."""
    with transaction() as session:
        answers.save_draft(session, world.grace, world.case, text=text, safety_net=net)


def thread(world: World) -> list[str]:
    with read() as session:
        said = kept.messages(session, world.case)
    return [message.text for message in said if message.author is Author.DERMATOLOGIST]


def state(world: World) -> State:
    with read() as session:
        return kept.get(session, world.ada.user_id, world.case).state


def open_flags(world: World) -> tuple[Raised, ...]:
    with read() as session:
        return tuple(raised(session, world.ada.user_id))


def test_the_question_stands_with_its_red_flag_and_what_was_told_of_health(world: World) -> None:
    with transaction() as session:
        consents.give(session, world.ada.user_id, Purpose.HEALTH_ANSWERS)
        told = Answers(allergies=frozenset(), medicines=frozenset())
        health_answers.save(session, world.ada, told)
    page = at(world, "Question")
    assert "Is this redness something to treat?" in words(page)
    assert any("Red flag" in error.value for error in page.error)
    assert "Health answers of the profile" in [one.label for one in page.expander]
    assert "Follows no routine here." in words(page)


def test_an_answer_is_sent_with_its_safety_net_and_the_person_is_told(world: World) -> None:
    type_(world)
    page = at(world, "Answer")
    button(page, "Send the answer").click().run()
    assert not page.exception
    assert not [e for e in page.error if "Red flag" not in e.value]
    assert state(world) is State.ANSWERED
    [sent] = thread(world)
    assert TEXT in sent
    assert NET in sent
    with read() as session:
        told, _ = notifications.listed(session, world.ada.user_id)
    assert "A dermatologist has replied" in [one.title for one in told]


def test_without_a_safety_net_nothing_is_sent_and_the_draft_stays(world: World) -> None:
    type_(world, net="")
    page = at(world, "Answer")
    button(page, "Send the answer").click().run()
    assert any("when to get help sooner" in error.value for error in page.error)
    assert state(world) is State.CLAIMED
    with read() as session:
        draft = answers.draft(session, world.grace, world.case)
    assert draft is not None
    assert draft.text == TEXT


def test_a_blank_left_in_a_template_is_not_sent(world: World) -> None:
    type_(world, text="Use [product].")
    page = at(world, "Answer")
    button(page, "Send the answer").click().run()
    assert any("product" in error.value for error in page.error)
    assert thread(world) == []


def test_a_template_is_put_in_with_the_names_filled_in(world: World) -> None:
    chosen: Template = templates.BUILT_IN[1]
    page = at(world, "Answer")
    page.selectbox(key="case_template_0").set_value(chosen.template_id).run()
    assert not page.exception
    for panel in ("Grade", "Answer"):  # it is put in once
        page.button_group(key="case_panel").set_value(panel).run()
    with read() as session:
        draft = answers.draft(session, world.grace, world.case)
    assert draft is not None
    assert draft.text.startswith("Hello Ada,")
    assert draft.text.count("Hello Ada,") == 1
    assert draft.text.endswith("Grace Hopper")
    assert page.selectbox(key="case_template_1").value is None  # a new list, for the next


def test_a_safety_net_is_put_in_by_a_press(world: World) -> None:
    page = at(world, "Answer")
    page.button(key="case_net_0").click().run()
    with read() as session:
        draft = answers.draft(session, world.grace, world.case)
    assert draft is not None
    assert draft.safety_net == templates.SAFETY_NETS[0][1]


def test_hard_words_are_named_with_those_that_people_use(world: World) -> None:
    type_(world, text="The erythema is due to rosacea.")
    assert "“erythema”: people say “" in words(at(world, "Answer"))


@pytest.mark.parametrize("shared", [False, True], ids=["own", "shared"])
def test_a_template_is_kept_for_oneself_or_for_all(world: World, shared: bool) -> None:
    type_(world)
    page = at(world, "Answer")
    page.text_input(key="case_template_title").set_value("Harmless")
    page.toggle(key="case_template_shared").set_value(shared)
    page.button(key="case_template_keep").click().run()
    assert "“Harmless” is among the templates" in words(page)
    with transaction() as session:
        colleague = staff(session)
        seen = [one.title for one in templates.listed(session, colleague)]
    assert ("Harmless" in seen) is shared


def test_a_template_of_ones_own_can_be_changed_and_a_colleagues_cannot(world: World) -> None:
    with transaction() as session:
        mine = templates.add(session, world.grace, title="Harmless", text="All is well.")
        colleague = staff(session)
        theirs = templates.add(session, colleague, title="Theirs", text="Hm.", is_shared=True)
    page = at(world, "Answer")
    page.text_area(key=f"case_template_text_{mine}").set_value("All is well, [first name].")
    page.button(key=f"case_template_change_{mine}").click().run()
    assert "“Harmless” is changed" in words(page)
    with transaction() as session:
        kept = {one.template_id: one.text for one in templates.listed(session, world.grace)}
    assert kept[mine] == "All is well, [first name]."
    assert kept[theirs] == "Hm."
    keys = [button.key for button in page.button]
    assert f"case_template_gone_{mine}" in keys
    assert f"case_template_gone_{theirs}" not in keys


def test_a_red_flag_is_closed_only_where_it_is_ticked(world: World) -> None:
    type_(world)
    page = at(world, "Answer")
    button(page, "Send the answer").click().run()
    assert [flag.flag_id for flag in open_flags(world)] == [world.flag]


def test_a_red_flag_that_was_seen_to_is_closed_by_the_answer(world: World) -> None:
    type_(world)
    page = at(world, "Answer")
    [flag] = [box for box in page.checkbox if "red flag is seen to" in box.label]
    flag.check().run()
    button(page, "Send the answer").click().run()
    assert state(world) is State.ANSWERED
    assert open_flags(world) == ()


def test_a_referral_carries_its_letter_and_leaves_the_flag_open(world: World) -> None:
    type_(world)
    page = at(world, "Answer")
    page.checkbox(key=f"case_refers_{world.case}").check().run()
    button(page, "Send the referral").click().run()
    assert page.error  # there is no letter yet
    assert state(world) is State.CLAIMED
    page.text_input(key="case_letter_to").set_value("A clinic")
    page.text_area(key="case_letter_text").set_value("Please see within two weeks.")
    button(page, "Send the referral").click().run()
    assert state(world) is State.REFERRED
    assert [flag.flag_id for flag in open_flags(world)] == [world.flag]
    page = at(world, "Answer")
    assert "The letter as PDF" in words(page)
    assert page.get("download_button")


def test_an_answer_that_was_sent_is_added_to_and_stays_as_it_was(world: World) -> None:
    with transaction() as session:
        answers.send(session, world.grace, world.case, text=TEXT, safety_net=NET)
    [before] = thread(world)
    page = at(world, "Answer")
    page.text_area(key="case_amendment").set_value("Use SPF 50.").run()
    button(page, "Send the addition").click().run()
    assert thread(world) == [before, "Use SPF 50."]
    seen = words(opened(world.ada, "consultations", consultation=str(world.case)))
    assert TEXT in seen
    assert "Use SPF 50." in seen


def test_severity_is_graded_by_its_published_scale(world: World) -> None:
    page = at(world, "Grade")
    for metric in GRADED:
        page.number_input(key=f"grade_{metric.value}_value").set_value(40)
    page.selectbox(key="severity_acne_iga").set_value("2")
    page.selectbox(key="severity_rosacea_nrsec").set_value("Cannot tell")
    button(page, "Keep the grades").click().run()
    with transaction() as session:
        [grading] = reading.open_(session, world.grace, world.case).gradings
    assert grading.is_blind
    assert grading.severity == {Scale.ACNE_IGA: "2", Scale.ROSACEA_NRSEC: None}


def test_who_agrees_with_a_score_that_is_shown_is_not_blind(world: World) -> None:
    with transaction() as session:
        cannot = {metric: Grade(Verdict.CANNOT_TELL) for metric in GRADED}
        grades.give(session, world.grace, world.case, cannot, {})
    page = at(world, "Grade")
    metric = _measured(page)[0]
    page.button_group(key=f"grade_{metric.value}_say_2").set_value("Agree")
    button(page, "Keep the grades").click().run()
    with transaction() as session:
        opened_ = reading.open_(session, world.grace, world.case)
    newest = opened_.gradings[0]
    assert opened_.check is not None
    assert not newest.is_blind
    assert newest.grades == {metric: Grade(Verdict.AGREE, opened_.check.scores[metric].value)}


def test_scores_that_are_shown_without_a_grade_are_shown_at_once(world: World) -> None:
    page = at(world, "Grade")
    assert "Model:" not in words(page)
    page.button(key="case_show_scores").click().run()
    assert "Model:" in words(page)


def test_history_shows_each_score_with_its_interval(world: World) -> None:
    with transaction() as session:
        reading.show_without_grade(session, world.grace, world.case)
    seen = words(at(world, "History"))
    assert "likely" in seen


def _measured(page: AppTest) -> list[Metric]:
    """The metrics whose score can be agreed with: what was not measured cannot be."""
    groups = {group.key for group in page.button_group}
    return [metric for metric in GRADED if f"grade_{metric.value}_say_2" in groups]
