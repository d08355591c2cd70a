"""Advice around its engine: kept with the check, made anew when its grounds change."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from core.errors import InvalidInput, NotAllowed, NotFound
from core.examination import Score
from core.health import Answers, Budget, Condition, Pregnancy, Substance, countries
from core.metrics import Metric
from core.people import Identity, Purpose, SkinType
from core.red_flags import Urgency
from data import advice as kept
from data.progress import Seen
from pipeline import consents, health_answers, held_back, intake, profiles, recommendations, record
from pipeline.advice import engine
from pipeline.held_back import Held, TurnTo
from pipeline.recommendations import Because, Recommendations
from tests import people
from tests.stand_in import examination, photo_that

OPEN = replace(people.OPEN_ANSWERS, reacted_to=frozenset({"ascorbic-acid"}))
AGED = {Metric.FINE_LINES: Score(60, 50, 66), Metric.BLEMISHES: Score(60, 50, 70)}


@pytest.fixture
def ada(var: Path, session: Session) -> Identity:
    who = people.signed_in(session, age=30, skin_type=SkinType.NORMAL)
    consents.give(session, who.user_id, Purpose.HEALTH_ANSWERS)
    return who


def scored(session: Session, who: Identity) -> UUID:
    check = intake.submit(session, who, [photo_that("is scored")])
    begun = record.start(session, check)
    assert begun is not None
    plain = examination()
    calm = {region: dict.fromkeys(of, Score(1, 0, 2)) for region, of in plain.regions.items()}
    seen = replace(plain, scores={**plain.scores, **AGED}, regions=calm)
    assert record.record(session, begun, [Seen(seen)])
    return check


def actives(found: Recommendations) -> list[str]:
    assert found.advice is not None
    steps = (*found.advice.morning, *found.advice.evening)
    return [step.ingredient for step in steps if step.is_new_active]


def test_a_recorded_check_has_its_advice_in_the_same_row(session: Session, ada: Identity) -> None:
    check = scored(session, ada)
    content = kept.of_check(session, ada.user_id, check)
    assert content is not None
    assert content["version"] == engine.version()
    assert content["advice"]["version"] == content["version"]
    assert next(step["slot"] for step in content["advice"]["morning"]) == "cleanse"
    found = recommendations.of_check(session, ada.user_id, check)
    assert str(found.advice_id) == content["advice_id"]  # nothing was made anew
    assert found.because is Because.CHECK
    assert recommendations.earlier(session, ada.user_id, check) == []


def test_looking_at_it_changes_nothing_however_often(session: Session, ada: Identity) -> None:
    check = scored(session, ada)
    health_answers.save(session, ada, OPEN)
    first = recommendations.of_check(session, ada.user_id, check)
    again = [recommendations.of_check(session, ada.user_id, check) for _ in range(3)]
    assert again == [first] * 3
    assert recommendations.latest(session, ada.user_id) == first
    assert len(recommendations.earlier(session, ada.user_id, check)) == 1  # with the check


@pytest.mark.parametrize(
    "change",
    [
        lambda s, who: health_answers.update(s, who, pregnancy=Pregnancy.PREGNANT),
        lambda s, who: profiles.update(s, who.user_id, age=17),
        lambda s, who: health_answers.update(s, who, medicines=["isotretinoin_by_mouth"]),
        lambda s, who: health_answers.update(s, who, allergies=["sunscreen_filters"]),
    ],
    ids=["pregnant", "17", "isotretinoin", "no sunscreen"],
)
def test_what_speaks_against_it_holds_from_the_next_look_on_and_the_old_is_kept(
    session: Session, ada: Identity, change: Any
) -> None:
    health_answers.save(session, ada, OPEN)
    check = scored(session, ada)
    before = recommendations.of_check(session, ada.user_id, check)
    assert actives(before) == ["benzoyl-peroxide", "retinol"]
    change(session, ada)
    after = recommendations.of_check(session, ada.user_id, check)
    assert "retinol" not in actives(after)
    assert after.because is Because.ANSWERS
    [earlier] = recommendations.earlier(session, ada.user_id, check)
    assert earlier.advice_id == before.advice_id


def test_newer_knowledge_makes_it_anew(
    session: Session, ada: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = scored(session, ada)
    before = recommendations.of_check(session, ada.user_id, check)
    monkeypatch.setattr(recommendations, "version", lambda: "99/newer")
    after = recommendations.of_check(session, ada.user_id, check)
    assert after.because is Because.VERSION
    assert after.advice == before.advice
    assert after.advice_id != before.advice_id


def test_withdrawing_deletes_the_answers_and_every_advice_made_with_them(
    session: Session, ada: Identity, database: Connection
) -> None:
    check = scored(session, ada)
    without = recommendations.of_check(session, ada.user_id, check)
    health_answers.save(session, ada, replace(OPEN, pregnancy=Pregnancy.PREGNANT))
    recommendations.renew(session, ada.user_id)
    health_answers.update(session, ada, pregnancy=Pregnancy.PLANNING)
    recommendations.renew(session, ada.user_id)
    consents.withdraw(session, ada.user_id, Purpose.HEALTH_ANSWERS)
    assert health_answers.read(session, ada.user_id) == Answers()
    left = "SELECT content::text FROM earlier_advice"
    [content] = database.execute(text(left)).scalars()
    assert json.loads(content)["advice_id"] == str(without.advice_id)
    assert kept.of_check(session, ada.user_id, check) is None
    found = recommendations.of_check(session, ada.user_id, check)
    assert not found.with_answers
    assert found.advice == without.advice


def test_a_flag_that_stops_everything_leaves_only_where_to_turn(
    session: Session, ada: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = scored(session, ada)
    turn = TurnTo("F1", Urgency.EMERGENCY, "Get help now", "Call the emergency number.")
    stop = Held(everything=True, turn_to=(turn,))
    monkeypatch.setattr(held_back, "of_person", lambda *_: stop)
    found = recommendations.of_check(session, ada.user_id, check)
    assert found.advice is None
    assert found.turn_to == (turn,)
    assert found.because is Because.FLAGS


def test_a_flag_about_some_scores_holds_back_what_would_be_for_them(
    session: Session, ada: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    health_answers.save(session, ada, OPEN)
    check = scored(session, ada)
    held = Held(metrics=frozenset({Metric.BLEMISHES}))
    monkeypatch.setattr(held_back, "of_person", lambda *_: held)
    assert actives(recommendations.of_check(session, ada.user_id, check)) == ["retinol"]
    held = Held(dark_mark=True)  # retinol lightens too
    found = recommendations.of_check(session, ada.user_id, check)
    assert actives(found) == ["benzoyl-peroxide"]


def test_somebody_elses_check_and_one_without_scores_have_none(
    session: Session, ada: Identity
) -> None:
    check = scored(session, ada)
    eve = people.signed_in(session)
    with pytest.raises(NotFound):
        recommendations.of_check(session, eve.user_id, check)
    waiting = intake.submit(session, ada, [photo_that("is scored", seed=4)])
    with pytest.raises(NotFound, match="no scores"):
        recommendations.of_check(session, ada.user_id, waiting)
    assert recommendations.latest(session, eve.user_id) is None


def test_answers_are_read_as_they_were_saved(session: Session, ada: Identity) -> None:
    answers = Answers(
        pregnancy=Pregnancy.BREASTFEEDING,
        allergies=frozenset({Substance.OAT, Substance.MI_MCI}),
        conditions=frozenset(),
        uses=frozenset({"retinol", "tretinoin"}),
        budget=Budget.LOW,
        country="GB",
        free_of=frozenset({Substance.FRAGRANCE}),
        reacted_to=frozenset({"aha"}),
    )
    health_answers.save(session, ada, answers)
    read = health_answers.read(session, ada.user_id)
    assert replace(read, updated_at=None) == answers
    assert read.updated_at is not None
    assert read.updated_at <= datetime.now(UTC)
    assert read.medicines is None


def test_without_the_consent_nothing_is_saved(session: Session, ada: Identity) -> None:
    consents.withdraw(session, ada.user_id, Purpose.HEALTH_ANSWERS)
    with pytest.raises(NotAllowed, match="Nothing was saved"):
        health_answers.save(session, ada, OPEN)
    assert health_answers.read(session, ada.user_id) == Answers()


@pytest.mark.parametrize(
    "wrong",
    [
        {"pregnancy": "perhaps"},
        {"allergies": ["cats"]},
        {"uses": ["nothing known"]},
        {"country": "XX"},
        {"country": 7},
        {"height": 180},
    ],
    ids=str,
)
def test_what_was_not_asked_or_cannot_be_is_refused(
    session: Session, ada: Identity, wrong: dict[str, Any]
) -> None:
    with pytest.raises(InvalidInput):
        health_answers.update(session, ada, **wrong)


def test_an_answer_that_a_later_version_wrote_leaves_its_question_untold(
    session: Session, ada: Identity
) -> None:
    health_answers.save(session, ada, replace(OPEN, conditions=frozenset({Condition.ECZEMA})))
    session.execute(text("UPDATE health_answers SET conditions = '{eczema,moonburn}'"))
    assert health_answers.read(session, ada.user_id).conditions is None


def test_the_countries_are_all_there_in_the_order_of_their_names() -> None:
    names = list(countries().values())
    assert len(names) > 240
    assert names == sorted(names)
    assert countries()["US"] == "United States"
