"""The Routine page: adopted, ticked, slowed down by irritation, with the reason."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from core.care import Half, Sign, StepKind
from core.people import Identity
from dashboard.words_of_care import today
from data.database import transaction
from pipeline import wellbeing
from pipeline.routines import adopted
from tests.dashboard.checks import button, opened, scored_check, words
from tests.stand_in import examination


def own_routine(who: Identity) -> None:
    with transaction() as session:
        adopted.begin_own(session, who, today())
        for half, kind, name, ingredient in (
            (Half.MORNING, StepKind.PROTECT, "Sunscreen *50*", "sunscreen"),
            (Half.EVENING, StepKind.ACTIVE, "Retinol", "retinol"),
        ):
            adopted.add_step(session, who, half=half, kind=kind, name=name, ingredient=ingredient)


def log_irritation(page: AppTest, half: Half) -> AppTest:
    day = today()
    page.button_group(key=f"irritation_half_{day}").set_value(half)
    page.button_group(key=f"irritation_signs_{day}").set_value([Sign.BURNING])
    after: AppTest = button(page, "Log irritation").click().run()
    return after


def test_without_a_check_the_page_leads_to_one_and_to_own_steps(ada: Identity) -> None:
    page = opened(ada, "routine")
    assert "You follow no routine yet" in words(page)
    assert {"New check", "Begin with your own steps"} <= {b.label for b in page.button}


def test_the_advice_is_adopted_and_a_tick_is_kept(ada: Identity) -> None:
    scored_check(ada, examination(70.0))
    page = opened(ada, "routine")
    page = button(page, "Adopt the advised routine").click().run()
    assert not page.exception
    page.checkbox[0].check().run()
    assert opened(ada, "routine").checkbox[0].value is True
    page.checkbox[0].uncheck().run()
    assert opened(ada, "routine").checkbox[0].value is False


def test_two_irritations_slow_the_routine_down_say_why_and_the_person_lifts_it(
    ada: Identity,
) -> None:
    own_routine(ada)
    page = log_irritation(opened(ada, "routine"), Half.MORNING)
    assert "slowed down" not in words(page).replace("slows down", "")
    page = log_irritation(page, Half.EVENING)
    assert not page.exception
    seen = words(page)
    assert "Your routine is slowed down" in seen
    assert "burning" in seen
    assert "If it burns or peels twice, use it less often" in seen
    assert "from 7" in seen
    page = button(page, "Back to the usual days").click().run()
    assert "Your routine is slowed down" not in words(page)


def test_nothing_is_logged_without_a_sign(ada: Identity) -> None:
    page = button(opened(ada, "routine"), "Log irritation").click().run()
    assert [error.value for error in page.error] == [r"Choose at least one\: how did it show\?"]


def test_a_persons_own_words_make_no_markdown(ada: Identity) -> None:
    own_routine(ada)
    assert opened(ada, "routine").checkbox[0].label == r"Sunscreen \*50\*"


def test_days_are_counted_without_blame_and_not_at_all_in_wellbeing_mode(ada: Identity) -> None:
    own_routine(ada)
    page = opened(ada, "routine")
    page.checkbox[0].check().run()
    assert "You have begun." in words(opened(ada, "routine"))
    with transaction() as session:
        wellbeing.choose(session, ada, on=True)
    assert "You have begun." not in words(opened(ada, "routine"))


def test_a_step_is_added_changed_and_removed(ada: Identity) -> None:
    own_routine(ada)
    page = opened(ada, "routine")
    page.text_input(key="add_name").set_value("Night cream")
    page = button(page, "Add step").click().run()
    assert "Night cream" in [box.label for box in page.checkbox]
    page = next(b for b in page.button if b.label == "Remove").click().run()
    assert "Removed" in words(page)
