"""Routines from adoption to the brake: what is due, what is ticked, and what irritation does."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from core.care import Half, Sign, StepKind, Topic
from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.health import Answers, Condition, Pregnancy
from core.people import Identity, Purpose, Role, SkinType
from data.database import transaction
from pipeline import accounts, consents, health_answers, profiles
from pipeline.advice.outcome import Phase
from pipeline.routines import adopted, days, diary
from pipeline.routines.adopted import Today
from pipeline.routines.pace import PAUSED, SLOWER, later, slower
from tests.dashboard.checks import scored_check
from tests.people import signed_in
from tests.stand_in import examination

MONDAY = date(2026, 11, 23)
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(days, "now", lambda: datetime(2026, 11, 24, 12, tzinfo=UTC))


@pytest.fixture
def ada(var: Path, database: Connection) -> Identity:
    """Somebody with an acid, a retinoid and the rest of a routine of her own."""
    with transaction() as session:
        who = signed_in(session)
        adopted.begin_own(session, who, MONDAY)
        for half, kind, name, ingredient in (
            (Half.MORNING, StepKind.PROTECT, "Sunscreen", "sunscreen"),
            (Half.EVENING, StepKind.MOISTURISE, "Cream", "moisturiser"),
            (Half.EVENING, StepKind.ACTIVE, "Glycolic toner", "aha"),
            (Half.EVENING, StepKind.ACTIVE, "Retinol", "retinol"),
        ):
            adopted.add_step(session, who, half=half, kind=kind, name=name, ingredient=ingredient)
        return who


def seen(session: Session, who: Identity, day: date = MONDAY) -> Today:
    found = adopted.today(session, who.user_id, day)
    assert found is not None
    return found


def days_of(found: Today, name: str) -> tuple[str, ...]:
    return next(each.pace.days for each in found.steps if each.step.name == name)


def told(session: Session, who: Identity, pregnancy: Pregnancy = Pregnancy.NONE) -> None:
    profiles.update(session, who.user_id, age=34, skin_type=SkinType.NORMAL)
    consents.give(session, who.user_id, Purpose.HEALTH_ANSWERS)
    none: frozenset[Condition] = frozenset()
    answers = Answers(
        pregnancy=pregnancy,
        allergies=frozenset(),
        conditions=none,
        medicines=frozenset(),
        uses=frozenset(),
        country="US",
    )
    health_answers.save(session, who, answers)


def test_the_advice_of_a_check_becomes_the_routine_and_its_actives_begin_later(
    var: Path, database: Connection
) -> None:
    with transaction() as session:
        who = signed_in(session)
        told(session, who)
    scored_check(who, examination(70.0))
    with transaction() as session:
        adopted.adopt(session, who, MONDAY)
        found = seen(session, who)
    actives = [each for each in found.steps if each.step.kind is StepKind.ACTIVE]
    assert actives
    assert all(each.pace.begins_in_week and not each.is_due for each in actives)
    base = {each.step.kind for each in found.steps if each.is_due}
    assert base == {StepKind.CLEANSE, StepKind.MOISTURISE, StepKind.PROTECT}
    first = min(each.pace.begins_in_week or 99 for each in actives)
    with transaction() as session:
        then = seen(session, who, MONDAY + timedelta(weeks=first - 1))
    assert any(each.pace.days for each in then.steps if each.step.kind is StepKind.ACTIVE)


def test_adopting_again_goes_on_where_the_plan_was(var: Path, database: Connection) -> None:
    start = MONDAY - timedelta(days=7)
    with transaction() as session:
        who = signed_in(session)
        told(session, who)
    scored_check(who, examination(70.0))
    with transaction() as session:
        adopted.adopt(session, who, start)
        before = {s.step.name: s.pace.begins_in_week for s in seen(session, who, start).steps}
        adopted.adopt(session, who, MONDAY)
        after = {s.step.name: s.pace.begins_in_week for s in seen(session, who).steps}
    later_ones = {name: week for name, week in before.items() if week}
    assert later_ones
    assert {name: after[name] for name in later_ones} == {
        name: (week - 1 if week else None) for name, week in later_ones.items()
    }


def test_a_plan_of_weeks_moves_and_ends_at_its_full_pace() -> None:
    plan = (Phase(3, ("Wed",)), Phase(5, ("Mon", "Thu")))
    assert later(plan, 1) == (Phase(2, ("Wed",)), Phase(4, ("Mon", "Thu")))
    assert later(plan, 3) == (Phase(1, ("Wed",)), Phase(2, ("Mon", "Thu")))
    assert later(plan, 40) == (Phase(1, ("Mon", "Thu")),)


def test_without_advice_there_is_nothing_to_adopt(var: Path, database: Connection) -> None:
    with transaction() as session:
        who = signed_in(session)
        with pytest.raises(NotFound, match="first scored check"):
            adopted.adopt(session, who, MONDAY)


def test_a_tick_is_kept_for_its_day_and_can_be_taken_back(ada: Identity) -> None:
    with transaction() as session:
        step = seen(session, ada).steps[0].step.step_id
        for _ in range(2):  # twice is once
            adopted.tick(session, ada, step, MONDAY)
        assert [s.is_done for s in seen(session, ada).steps] == [True, False, False, False]
        assert not any(s.is_done for s in seen(session, ada, TUESDAY).steps)
        adopted.tick(session, ada, step, MONDAY, done=False)
        assert not any(s.is_done for s in seen(session, ada).steps)


@pytest.mark.parametrize(
    ("day", "says"),
    [
        pytest.param(date(2026, 11, 26), "not come yet", id="tomorrow everywhere"),
        pytest.param(date(2026, 11, 1), "more than 14 days", id="long ago"),
    ],
)
def test_a_day_that_it_cannot_be_is_refused(ada: Identity, day: date, says: str) -> None:
    with transaction() as session:
        step = seen(session, ada).steps[0].step.step_id
        with pytest.raises(InvalidInput, match=says):
            adopted.tick(session, ada, step, day)


def test_days_are_counted_of_those_there_were_and_an_unticked_today_is_none_missed(
    ada: Identity,
) -> None:
    with transaction() as session:
        step = seen(session, ada).steps[0].step.step_id
        assert seen(session, ada).following is None  # the first morning
        adopted.tick(session, ada, step, MONDAY)
        following = seen(session, ada, TUESDAY).following
    assert following is not None
    assert (following.days, following.of) == (1, 1)


def test_nobody_ticks_changes_or_removes_a_step_of_another(ada: Identity) -> None:
    with transaction() as session:
        step = seen(session, ada).steps[0].step.step_id
        eve = signed_in(session)
        with pytest.raises(NotFound):
            adopted.tick(session, eve, step, MONDAY)
        with pytest.raises(NotFound):
            adopted.change_step(session, eve, step, name="Hers")
        with pytest.raises(NotFound):
            adopted.remove_step(session, eve, step)
        assert adopted.today(session, eve.user_id, MONDAY) is None


def test_staff_follow_no_routine(var: Path, database: Connection) -> None:
    with transaction() as session:
        user_id = signed_in(session, email="derm@example.org").user_id
        accounts.grant(session, email="derm@example.org", role=Role.DERMATOLOGIST)
        derm = signed_in(session, user_id)
        with pytest.raises(NotAllowed):
            adopted.begin_own(session, derm, MONDAY)
        with pytest.raises(NotAllowed):
            diary.irritation(session, derm, MONDAY, Half.EVENING, [Sign.BURNING])


def test_a_second_routine_of_ones_own_is_refused(ada: Identity) -> None:
    with transaction() as session, pytest.raises(Conflict):
        adopted.begin_own(session, ada, MONDAY)


def test_one_irritation_slows_nothing_down_however_often_it_is_written(ada: Identity) -> None:
    with transaction() as session:
        for signs in ([Sign.BURNING], [Sign.BURNING, Sign.PEELING]):
            assert not diary.irritation(session, ada, MONDAY, Half.EVENING, signs)
        assert seen(session, ada).brake is None


def test_two_irritations_slow_actives_down_pause_acids_and_leave_the_base(ada: Identity) -> None:
    with transaction() as session:
        diary.irritation(session, ada, MONDAY, Half.MORNING, [Sign.BURNING])
        assert diary.irritation(session, ada, MONDAY, Half.EVENING, [Sign.PEELING])
        found = seen(session, ada)
    assert found.brake is not None
    assert found.brake.level == SLOWER
    assert [half for _, half, _ in found.brake.reasons] == [Half.MORNING, Half.EVENING]
    assert days_of(found, "Glycolic toner") == ()
    assert days_of(found, "Retinol") == ("Mon", "Wed", "Fri")
    assert len(days_of(found, "Cream")) == len(days_of(found, "Sunscreen")) == 7
    assert all(s.pace.because for s in found.steps if s.step.kind is StepKind.ACTIVE)


def test_the_brake_is_lifted_by_the_person_and_counts_anew(ada: Identity) -> None:
    with transaction() as session:
        for half in Half:
            diary.irritation(session, ada, MONDAY, half, [Sign.ITCHING])
        diary.lift_brake(session, ada)
        assert days_of(seen(session, ada), "Retinol") == days_of(seen(session, ada), "Cream")
        assert not diary.irritation(session, ada, TUESDAY, Half.MORNING, [Sign.ITCHING])
        assert diary.irritation(session, ada, TUESDAY, Half.EVENING, [Sign.ITCHING])


def test_irritation_at_the_slower_pace_pauses_every_active(ada: Identity) -> None:
    with transaction() as session:
        for day in (MONDAY, TUESDAY):
            for half in Half:
                diary.irritation(session, ada, day, half, [Sign.REDNESS])
        found = seen(session, ada, TUESDAY)
    assert found.brake is not None
    assert found.brake.level == PAUSED
    assert not any(s.pace.days for s in found.steps if s.step.kind is StepKind.ACTIVE)


def test_irritations_three_weeks_apart_are_two_beginnings(
    ada: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction() as session:
        diary.irritation(session, ada, MONDAY, Half.EVENING, [Sign.REDNESS])
    monkeypatch.setattr(days, "now", lambda: datetime(2026, 12, 14, 12, tzinfo=UTC))
    with transaction() as session:
        assert not diary.irritation(session, ada, date(2026, 12, 14), Half.EVENING, [Sign.REDNESS])


@pytest.mark.parametrize("usual", [("Wed",), ("Mon", "Thu"), ("Mon", "Wed", "Fri")])
def test_slower_is_always_less_often(usual: tuple[str, ...]) -> None:
    assert len(slower(usual)) == len(usual) // 2
    assert set(slower(usual)) < set(usual)


def test_pregnancy_told_later_pauses_an_adopted_retinoid_with_the_reason(ada: Identity) -> None:
    with transaction() as session:
        told(session, ada)
        assert len(days_of(seen(session, ada), "Retinol")) == 7
        told(session, ada, Pregnancy.PREGNANT)
        found = seen(session, ada)
    retinol = next(s for s in found.steps if s.step.name == "Retinol")
    assert retinol.pace.days == ()
    assert retinol.pace.because
    assert "Not in pregnancy" in retinol.pace.because


def test_the_cycle_needs_the_consent_and_goes_when_it_is_withdrawn(ada: Identity) -> None:
    with transaction() as session:
        with pytest.raises(NotAllowed):
            diary.answer(session, ada, MONDAY, Topic.CYCLE, 1)
        consents.give(session, ada.user_id, Purpose.HEALTH_ANSWERS)
        diary.answer(session, ada, MONDAY, Topic.CYCLE, 1)
        diary.answer(session, ada, MONDAY, Topic.SLEEP, 2)
        consents.withdraw(session, ada.user_id, Purpose.HEALTH_ANSWERS)
        kept = diary.of_days(session, ada.user_id, MONDAY, MONDAY)
    assert [line.topic for line in kept] == [Topic.SLEEP]


def test_a_day_has_one_answer_and_as_many_products_as_there_were(ada: Identity) -> None:
    with transaction() as session:
        for level in (1, 3):
            diary.answer(session, ada, MONDAY, Topic.SLEEP, level)
        for name in ("shampoo", "soap"):
            diary.product(session, ada, MONDAY, name, is_new=True)
        lines = diary.of_days(session, ada.user_id, MONDAY, MONDAY)
        assert sorted((line.topic, line.level) for line in lines) == [
            (Topic.PRODUCT, 1),
            (Topic.PRODUCT, 1),
            (Topic.SLEEP, 3),
        ]
        diary.answer(session, ada, MONDAY, Topic.SLEEP, None)
        assert len(diary.of_days(session, ada.user_id, MONDAY, MONDAY)) == 2


@pytest.mark.parametrize("name", ["", "   ", "a\x00b", "\ud800", "x" * 121, "a\u202eb"])
def test_a_name_that_is_no_line_of_text_is_refused(ada: Identity, name: str) -> None:
    with transaction() as session, pytest.raises(InvalidInput):
        diary.product(session, ada, MONDAY, name, is_new=True)
