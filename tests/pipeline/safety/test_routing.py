"""Every story of skin that must not wait leads to where it is seen in time; no score is asked."""

from __future__ import annotations

import inspect
from itertools import chain

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.errors import InvalidInput
from core.metrics import Metric
from core.red_flags import Urgency, stopped
from pipeline.advice.knowledge import knowledge
from pipeline.safety.questions import questionnaire
from pipeline.safety.routing import route

ITEMS = [item.id for item in questionnaire().items()]

NOW, TODAY = Urgency.EMERGENCY, Urgency.SAME_DAY
SOON, DERM = Urgency.URGENT_DERMATOLOGIST, Urgency.DERMATOLOGIST
DOCTOR, MIND = Urgency.CLINICIAN, Urgency.MENTAL_HEALTH

# What somebody tells, what they tick, and where it has to lead. None: nothing stops them.
VIGNETTES: list[tuple[str, str, Urgency | None]] = [
    ("My lips doubled in size ten minutes after a new serum.", "airway", NOW),
    ("I fainted after a peel at home.", "airway", NOW),
    ("My tongue swells and I see a mole too.", "airway mark_changed", NOW),
    ("Skin comes off in sheets and my mouth is sore.", "peeling_sore", NOW),
    ("A painful rash since the new epilepsy tablets.", "medicine_rash", NOW),
    ("I am red from head to toe.", "red_all_over", NOW),
    ("A rash all over, with fever, from a new antibiotic.", "medicine_rash rash_with_fever", NOW),
    ("I think of harming myself because of my face.", "self_harm", NOW),
    ("My skin is all I think of; I want to hurt myself.", "rules_mood self_harm", NOW),
    ("Eczema, and now painful punched-out sores.", "painful_blisters eczema_before", TODAY),
    ("A cluster of painful blisters by the lip.", "painful_blisters", TODAY),
    ("Blisters on one side of the forehead, stinging.", "painful_blisters one_side", TODAY),
    ("Blisters on the tip of my nose.", "painful_blisters one_side", TODAY),
    ("My cheek is hot, red and it spreads by the hour.", "spreading_redness", TODAY),
    ("My eyelid is swollen and red.", "around_eye", TODAY),
    ("Blisters by the eye and I see less.", "painful_blisters eye_itself", TODAY),
    ("A gritty eye with rosacea.", "eye_itself", TODAY),
    ("A severe rash, and 39 degrees of fever.", "rash_with_fever", TODAY),
    ("Very severe pain in skin that looks normal.", "severe_pain", TODAY),
    ("My acne broke open overnight; my joints ache.", "ulcerating_acne fever_joints", TODAY),
    ("My acne is suddenly crusted and bleeding.", "ulcerating_acne", TODAY),
    ("A lump by the eye is red; I also have scars.", "around_eye scars", TODAY),
    ("A mole grew and its shape is odd.", "mark_changed change_in_size irregular_shape", SOON),
    ("A mole has new colours and itches.", "mark_changed irregular_colour odd_feeling", SOON),
    ("A wide mole, inflamed and oozing.", "mark_changed seven_mm inflamed oozing", SOON),
    ("A mole grew and is 8 mm wide.", "mark_changed change_in_size seven_mm", SOON),
    ("A firm bump has been growing for two months.", "firm_growing", SOON),
    ("A dark spot bleeds when I towel.", "bleeding_mark", SOON),
    ("A sore on my nose has not healed since summer.", "not_healing", SOON),
    ("A horny, crusted spot keeps growing.", "crusted_growing", SOON),
    ("After my transplant a new spot grows.", "new_growth", SOON),
    ("A pearly bump, and it bleeds.", "pearly bleeding_mark", SOON),
    ("A mole looks unlike the others.", "mark_changed", DERM),
    ("A mole itches, no more.", "mark_changed odd_feeling", DERM),
    ("A mole has grown a little, nothing else.", "mark_changed change_in_size", DERM),
    ("One half of a mole is unlike the other.", "mark_changed asymmetry ragged_border", DERM),
    ("A waxy bump with fine vessels.", "pearly", DERM),
    ("Four deep painful lumps on my jaw.", "nodules", DERM),
    ("Far more than 35 pustules.", "many_inflamed", DERM),
    ("My acne leaves scars.", "scars", DERM),
    ("Benzoyl peroxide for 12 weeks did nothing.", "no_response", DERM),
    ("I want to lighten a brown spot nobody has seen.", "wants_lightening", DERM),
    ("Acne scars, and my skin rules my mood.", "scars rules_mood", DERM),
    ("I am pregnant and itch everywhere.", "pregnant_itch", DOCTOR),
    ("My baby of 14 months has a rash.", "small_child", DOCTOR),
    ("I photograph my face ten times a day.", "many_checks", MIND),
    ("My skin decides how my day goes.", "rules_mood", MIND),
    ("Some spots, shiny by noon.", "", None),
]


@pytest.mark.parametrize(("told", "ticked", "leads_to"), VIGNETTES, ids=lambda value: str(value))
def test_a_story_leads_to_where_it_is_seen_in_time(
    told: str, ticked: str, leads_to: Urgency | None
) -> None:
    found = route(ticked.split())
    assert (found[0].urgency if found else None) is leads_to, told


def test_there_are_stories_enough_and_every_question_and_flag_stands_in_one() -> None:
    assert len(VIGNETTES) >= 40
    ticked = set(chain.from_iterable(each[1].split() for each in VIGNETTES))
    assert set(ITEMS) == ticked
    raised = {flag.flag_id for each in VIGNETTES for flag in route(each[1].split())}
    assert raised == set(knowledge().red_flags)


def test_no_score_can_take_part() -> None:
    assert list(inspect.signature(route).parameters) == ["ticked", "asked"]


@given(st.sets(st.sampled_from(ITEMS)), st.sampled_from(ITEMS))
@example({"rules_mood"}, "self_harm")  # an emergency keeps what the milder flag held back
def test_ticking_more_never_makes_it_less_urgent_and_never_clears_a_flag(
    ticked: set[str], more: str
) -> None:
    before, after = route(ticked), route({*ticked, more})
    assert {flag.flag_id for flag in before} <= {flag.flag_id for flag in after}
    if before:
        assert after[0].urgency.rank <= before[0].urgency.rank
    assert stopped(before) | stopped(after) == stopped(after)


@given(st.sets(st.sampled_from(ITEMS)))
def test_what_cannot_wait_stops_everything_and_each_flag_says_why(ticked: set[str]) -> None:
    for flag in route(ticked):
        assert flag.because
        if flag.urgency in (Urgency.EMERGENCY, Urgency.SAME_DAY):
            assert flag.stops.everything


def test_details_count_only_beside_what_they_are_details_of() -> None:
    assert route(["change_in_size", "irregular_shape"]) == ()


def test_a_changed_mark_stops_the_score_and_the_advice_on_spots_and_nothing_else() -> None:
    stops = stopped(route(["mark_changed"]))
    assert not stops.everything
    assert stops.metrics == stops.advice_on == {Metric.SPOTS}


def test_seven_points_are_weighted_as_published() -> None:
    """NICE NG12 (2015): 2 points for each major sign, 1 for each minor one; 3 are urgent."""
    [rule] = [rule for rule in questionnaire().rules if rule.flag == "F9"]
    assert sorted(rule.points.values()) == [1, 1, 1, 1, 2, 2, 2]
    assert rule.at_least == 3


@pytest.mark.parametrize("answer", ["", "F9", "nothing", "Airway", "\x00"])
def test_an_answer_that_nobody_was_asked_for_is_refused(answer: str) -> None:
    with pytest.raises(InvalidInput):
        route([answer])
