"""Advice for people that one can picture."""

from __future__ import annotations

from dataclasses import replace

from core.examination import Score
from core.health import Condition, Medicine, Pregnancy, Substance
from core.metrics import Metric, Region
from core.people import SkinType
from pipeline.advice.engine import advise
from pipeline.advice.outcome import Advice, Step
from pipeline.advice.person import Person
from tests.people import OPEN_ANSWERS

OPEN = Person.of(OPEN_ANSWERS, age=30, skin_type=SkinType.NORMAL)
PORES_ON_NOSE = {Region.NOSE: {Metric.PORES: Score(62, 54, 70)}}
LINES = {Metric.FINE_LINES: Score(60, 50, 66)}
SPOTS = {Metric.SPOTS: Score(60, 50, 70)}
BLEMISHES = {Metric.BLEMISHES: Score(60, 50, 70)}


def actives(advice: Advice) -> list[str]:
    return [s.ingredient for s in (*advice.morning, *advice.evening) if s.is_new_active]


def step(advice: Advice, name: str) -> Step:
    return next(s for s in (*advice.morning, *advice.evening) if s.ingredient == name)


def why_not(advice: Advice, name: str) -> str:
    return " ".join(next(w.because for w in advice.why_not if w.ingredient == name))


def test_without_a_clear_concern_there_is_the_base_routine_only() -> None:
    advice = advise({Metric.PORES: Score(62, 40, 80)}, {}, OPEN)  # the interval touches 45
    assert advice.concerns == ()
    assert [s.slot for s in advice.morning] == ["cleanse", "moisturise", "protect"]
    assert [s.slot for s in advice.evening] == ["cleanse", "moisturise"]


def test_a_step_says_which_score_it_answers_and_where() -> None:
    advice = advise({}, PORES_ON_NOSE, OPEN)
    acid = step(advice, "salicylic-acid")
    assert acid.reasons == ("pores on nose 62 (54–70)",)
    assert acid.where == ("nose",)
    assert acid.evidence == "B"
    assert "American Academy of Dermatology (2024): Guidelines of care for acne" in acid.citations
    assert [(p.from_week, p.days) for p in acid.phases] == [
        (3, ("Mon", "Thu")),
        (5, ("Mon", "Wed", "Fri", "Sun")),
        (7, ("Mon", "Tue", "Thu", "Fri", "Sun")),
    ]


def test_an_abstention_is_no_concern() -> None:
    assert advise({Metric.PORES: Score.abstain("Covered.")}, {}, OPEN).concerns == ()


def test_in_pregnancy_retinol_is_gone_with_the_reason_and_tretinoin_is_not_named() -> None:
    assert "retinol" in actives(
        advise(LINES, {}, replace(OPEN, reacted_to=frozenset({"ascorbic-acid"})))
    )
    advice = advise(LINES, {}, replace(OPEN, pregnancy=Pregnancy.PREGNANT))
    assert "retinol" not in actives(advice)
    assert "Not in pregnancy" in why_not(advice, "retinol")
    assert "Not in pregnancy" in why_not(advice, "tretinoin")
    assert advice.may_discuss == ()
    assert "R10" in advice.applied


def test_whoever_tells_nothing_gets_the_base_routine_and_is_told_what_is_missing() -> None:
    advice = advise({**LINES, **BLEMISHES, **SPOTS}, PORES_ON_NOSE, Person())
    assert actives(advice) == []
    assert "your age" in advice.still_to_tell
    assert "You have not told us" in why_not(advice, "retinol")


def test_under_18_there_is_the_base_routine_and_a_word_to_parents() -> None:
    advice = advise({**LINES, **BLEMISHES, **SPOTS}, PORES_ON_NOSE, replace(OPEN, age=15))
    assert actives(advice) == []
    assert "ask a parent" in why_not(advice, "benzoyl-peroxide")


def test_adapalene_is_suggested_only_where_it_needs_no_prescription() -> None:
    assert actives(advise(BLEMISHES, {}, replace(OPEN, country="US"))) == ["benzoyl-peroxide"]
    less = replace(OPEN, reacted_to=frozenset({"benzoyl-peroxide"}))
    assert actives(advise(BLEMISHES, {}, replace(less, country="US"))) == ["adapalene"]
    here = advise(BLEMISHES, {}, less)
    assert "adapalene" not in actives(here)
    assert "adapalene" in [each.ingredient for each in here.may_discuss]


def test_a_retinoid_and_an_acid_take_turns_in_the_evening() -> None:
    advice = advise(LINES, PORES_ON_NOSE, OPEN)
    retinol, acid = step(advice, "retinol"), step(advice, "salicylic-acid")
    days = [{d for p in s.phases for d in p.days} for s in (retinol, acid)]
    assert days[0] & days[1] == set()
    assert [start.week for start in advice.plan] == [1, 3, 5]


def test_without_a_safe_sunscreen_nothing_that_needs_one_is_suggested() -> None:
    person = replace(OPEN, allergies=frozenset({Substance.SUNSCREEN_FILTERS}))
    advice = advise({**LINES, **BLEMISHES}, {}, person)
    assert "protect" not in [s.slot for s in advice.morning]
    assert not {"retinol", "benzoyl-peroxide"} & {*actives(advice)}
    assert any("shade, a hat" in told.text for told in advice.notices)


def test_what_is_in_use_and_does_not_fit_is_to_be_paused() -> None:
    person = replace(OPEN, uses=frozenset({"retinol"}), pregnancy=Pregnancy.PLANNING)
    (kept,) = advise({}, {}, person).kept
    assert not kept.carry_on
    assert "Pause it and ask" in kept.text


def test_a_new_dark_mark_goes_to_a_doctor_before_anything_lightens_it() -> None:
    person = replace(OPEN, conditions=frozenset({Condition.UNCHECKED_DARK_MARK}))
    advice = advise(SPOTS, {}, person)
    assert actives(advice) == []
    assert advice.notices[0].title == "Show the dark mark to a doctor"


def test_with_isotretinoin_by_mouth_no_active_is_suggested() -> None:
    person = replace(OPEN, medicines=frozenset({Medicine.ISOTRETINOIN}))
    advice = advise({**BLEMISHES, **LINES, **SPOTS}, PORES_ON_NOSE, person)
    assert actives(advice) == []
    assert "only your dermatologist" in why_not(advice, "azelaic-10")


def test_lines_only_under_the_eyes_bring_nothing_that_must_not_go_there() -> None:
    under = {Region.LEFT_UNDER_EYE: {Metric.FINE_LINES: Score(70, 60, 80)}}
    advice = advise({}, under, OPEN)
    assert actives(advice) == ["bakuchiol"]
    assert "near the eyes" in why_not(advice, "retinol")
