"""The Advice page as people see it, and the questions that change it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection

from core.examination import Score
from core.health import Answers, Condition, Pregnancy, Substance
from core.metrics import Metric, Region
from core.people import Identity, Purpose, SkinType
from core.red_flags import Urgency
from data.database import read, transaction
from pipeline import consents, health_answers, held_back, profiles, wellbeing
from pipeline.held_back import Held, TurnTo
from tests import people
from tests.dashboard.checks import button, opened, rejected_check, scored_check, words
from tests.stand_in import examination

OPEN = people.OPEN_ANSWERS


def check_with(who: Identity, **face: Score) -> UUID:
    """A scored check with these scores of the face, and nothing of note elsewhere."""
    calm = {metric: Score(50, 50, 50) for metric in Metric}
    calm |= {m: Score(10, 5, 15) for m in Metric} | {Metric.HYDRATION: Score(90, 85, 95)}
    scores = calm | {Metric(name): score for name, score in face.items()}
    regions = {region: dict(calm) for region in Region}
    for of_region in regions.values():
        del of_region[Metric.SKIN_SCORE]
    return scored_check(who, replace(examination(), scores=scores, regions=regions))


def tell(who: Identity, answers: Answers, *, age: int | None = 30) -> None:
    with transaction() as session:
        consents.give(session, who.user_id, Purpose.HEALTH_ANSWERS)
        profiles.update(session, who.user_id, age=age, skin_type=SkinType.NORMAL)
        health_answers.save(session, who, answers)


def told(who: Identity) -> Answers:
    with read() as session:
        return health_answers.read(session, who.user_id)


def field(page: Any, label: str) -> Any:
    kinds = (page.multiselect, page.selectbox, page.get("button_group"), page.number_input)
    return next(each for kind in kinds for each in kind if each.label.startswith(label))


LINES = Score(60, 50, 66)


def test_without_a_check_the_page_says_how_to_get_one(ada: Identity) -> None:
    assert "no scored check yet" in words(opened(ada, "advice"))


def test_where_nothing_counts_it_is_said_plainly_and_the_base_routine_stands(
    ada: Identity,
) -> None:
    check_with(ada)
    text = words(opened(ada, "advice"))
    assert "Nothing to add." in text
    assert "Gentle cleanser" in text
    assert "SPF 30" in text
    assert "New: begin" not in text


def test_a_step_shows_its_reason_days_evidence_and_who_says_so(ada: Identity) -> None:
    tell(ada, OPEN)
    check_with(ada, fine_lines=LINES)
    text = words(opened(ada, "advice"))
    assert "fine lines of the whole face 60 (50–66)" in text
    assert "New: begin in week 3" in text
    assert "Weeks 3–4" in text
    assert "Evidence C: some" in text
    assert "After 12 weeks" in text
    assert "What a dermatologist may discuss" in text
    assert "Tretinoin" in text


def test_in_pregnancy_retinol_is_gone_and_the_page_says_why(ada: Identity) -> None:
    tell(ada, replace(OPEN, reacted_to=frozenset({"ascorbic-acid"})))
    check_with(ada, fine_lines=LINES)
    page = opened(ada, "advice")
    assert "Begin with: Retinol" in words(page)
    field(page, "Pregnancy").set_value(Pregnancy.PREGNANT)
    button(page, "Save answers").click().run()
    assert not page.exception
    text = words(page)
    assert "Begin with: Retinol" not in text
    assert "Left out for you" in text
    assert "Not in pregnancy, while planning one, or while breastfeeding." in text
    assert "It was made anew when your answers changed" in text
    assert "Earlier advice for this check is kept" in text


def test_answers_are_kept_only_with_the_consent_of_their_own(ada: Identity) -> None:
    check_with(ada)
    page = opened(ada, "advice")
    field(page, "Allergies").set_value([Substance.OAT])
    button(page, "Save answers").click().run()
    assert "Tick the box" in page.error[0].value
    assert told(ada) == Answers()
    page.checkbox[0].check()
    button(page, "Save answers").click().run()
    assert page.success.len
    answers = told(ada)
    assert answers.allergies == frozenset({Substance.OAT})
    assert answers.pregnancy is None  # not told
    assert answers.conditions is None


def test_none_of_these_is_an_answer_and_nothing_chosen_is_none(ada: Identity) -> None:
    tell(ada, Answers(conditions=frozenset({Condition.ECZEMA})))
    page = opened(ada, "profile")
    field(page, "Skin and health").set_value([])
    field(page, "Medicines").set_value(["none"])
    button(page, "Save answers").click().run()
    assert not page.exception
    assert told(ada).conditions is None
    assert told(ada).medicines == frozenset()


def test_withdrawing_the_consent_empties_the_form_and_the_advice(ada: Identity) -> None:
    tell(ada, replace(OPEN, pregnancy=Pregnancy.PREGNANT))
    check_with(ada, fine_lines=LINES)
    opened(ada, "advice")
    page = opened(ada, "profile")
    assert field(page, "Pregnancy").value == Pregnancy.PREGNANT
    withdraw = [each for each in page.button if each.key == "consent_health_answers"]
    withdraw[0].click().run()
    assert told(ada) == Answers()
    assert field(page, "Pregnancy").value is None
    text = words(opened(ada, "advice"))
    assert "Answer these to leave less out" in text
    assert "Left out for you" not in text


def test_age_and_skin_type_can_be_told_where_they_are_missing(ada: Identity) -> None:
    check_with(ada)
    page = opened(ada, "advice")
    field(page, "Age").set_value(41.0)
    field(page, "Skin type").set_value(SkinType.DRY)
    page.checkbox[0].check()
    button(page, "Save answers").click().run()
    assert not page.exception
    with read() as session:
        profile = profiles.read(session, ada.user_id)
    assert (profile.age, profile.skin_type) == (41, SkinType.DRY)


def test_a_check_without_scores_and_somebody_elses_have_no_advice(
    ada: Identity, database: Connection
) -> None:
    rejected = rejected_check(ada, "Too dark.")
    page = opened(ada, "advice", check=str(rejected))
    assert "no scores" in page.error[0].value
    with transaction() as session:
        eve = people.signed_in(session)
    theirs = check_with(eve)
    page = opened(ada, "advice", check=str(theirs))
    assert "There is no such check" in page.error[0].value


def test_in_wellbeing_mode_the_reasons_are_words(ada: Identity) -> None:
    tell(ada, OPEN)
    check_with(ada, fine_lines=LINES)
    with transaction() as session:
        wellbeing.choose(session, ada, on=True)
    text = words(opened(ada, "advice"))
    assert "fine lines of the whole face" in text
    assert "60 (50" not in text


def test_a_flag_that_stops_everything_leaves_where_to_turn(
    ada: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_with(ada, fine_lines=LINES)
    turn = TurnTo("F1", Urgency.EMERGENCY, "Get emergency help now", "Call 112.")
    stop = Held(everything=True, turn_to=(turn,))
    monkeypatch.setattr(held_back, "of_person", lambda *_: stop)
    page = opened(ada, "advice")
    assert "Get emergency help now" in page.error[0].value
    assert "Morning" not in words(page)
    assert "SPF 30" not in words(page)


@pytest.mark.parametrize("age", [15, 30])
def test_nothing_on_the_page_promises_to_treat_or_diagnose(ada: Identity, age: int) -> None:
    tell(ada, OPEN, age=age)
    check_with(ada, fine_lines=LINES, blemishes=Score(60, 50, 70), spots=Score(60, 50, 70))
    text = words(opened(ada, "advice")).casefold()
    assert not [word for word in ("diagnos", "cure", "disease") if word in text]
    assert ("ask a parent" in text) == (age < 18)
