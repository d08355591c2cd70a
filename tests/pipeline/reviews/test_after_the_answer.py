"""What a dermatologist sees once they have answered: what they answered, and nothing later."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.consultations import State
from core.errors import NotFound
from core.people import Purpose
from core.reviews import GRADED, Grade, Verdict
from data import analyses
from data.progress import Seen
from pipeline import consents, health_answers, intake, record
from pipeline.consultations import claims, thread
from pipeline.reviews import answers, person, photos, reading
from tests import people
from tests.consulting import claimed, staff
from tests.pipeline.reviews.conftest import World
from tests.stand_in import examination, photo_that

ALL = {metric: Grade(Verdict.CANNOT_TELL) for metric in GRADED}
LATER = timedelta(days=90)


def answer(session: Session, world: World) -> None:
    reading.show_without_grade(session, world.grace, world.case)
    answers.send(session, world.grace, world.case, text="It is fine.", safety_net="Come back.")


def later_check(session: Session, world: World) -> UUID:
    """A check that Ada makes three months after everything else."""
    check = intake.submit(session, world.ada, [photo_that("is scored", seed=7)])
    begun = record.start(session, check)
    assert begun is not None
    assert record.record(session, begun, [Seen(examination())])
    session.execute(
        text("UPDATE analysis_results SET created_at = created_at + :later WHERE id = :check"),
        {"later": LATER, "check": check},
    )
    session.expire_all()
    return check


def test_a_check_made_after_the_answer_is_not_in_the_history(
    session: Session, world: World
) -> None:
    answer(session, world)
    later_check(session, world)
    opened = reading.open_(session, world.grace, world.case)
    course, _ = reading.history(session, opened)
    assert {point.analysis_id for point in course} == {world.check}


def test_nor_is_its_face_opened_by_its_id(session: Session, world: World) -> None:
    answer(session, world)
    later = later_check(session, world)
    with pytest.raises(NotFound, match="no such check"):
        reading.picture(session, world.grace, world.case, later)
    [shot] = analyses.get(session, world.ada.user_id, later).shots
    assert shot.photo_id is not None
    with pytest.raises(NotFound):
        reading.photo(session, world.grace, world.case, shot.photo_id)


def test_a_question_without_a_check_keeps_the_one_that_was_answered(
    session: Session, world: World
) -> None:
    grace, case = claimed(session, world.ada, question="And this?")
    own = World(world.ada, grace, world.check, case)
    answer(session, own)
    later_check(session, own)
    opened = reading.open_(session, grace, case)
    assert opened.check is not None
    assert opened.check.analysis_id == world.check
    assert all(one.is_of_check for one in photos.of_case(session, opened) if one.view is None)


def test_in_hand_the_case_is_open_with_what_came_since(session: Session, world: World) -> None:
    later = later_check(session, world)
    reading.show_without_grade(session, world.grace, world.case)
    opened = reading.open_(session, world.grace, world.case)
    course, _ = reading.history(session, opened)
    assert {point.analysis_id for point in course} == {world.check, later}


def test_how_the_person_is_now_is_not_told_after_the_answer(session: Session, world: World) -> None:
    consents.give(session, world.ada.user_id, Purpose.HEALTH_ANSWERS)
    health_answers.update(session, world.ada, uses=frozenset())
    people.answer_safety(session, world.ada.user_id, "spreading_redness")
    case = reading.open_(session, world.grace, world.case).case
    told = person.of_case(session, case)
    assert told.answers.updated_at is not None
    assert told.flags
    answer(session, world)
    case = reading.open_(session, world.grace, world.case).case
    assert case.consultation.state is State.ANSWERED
    told = person.of_case(session, case)
    assert told.answers.updated_at is None
    assert (told.routine, told.flags) == (None, None)


def test_the_first_reader_stays_with_the_time_of_their_own_answer(
    session: Session, world: World
) -> None:
    answer(session, world)
    thread.ask_second_opinion(session, world.ada, world.case)
    later = later_check(session, world)
    rosa = staff(session, first_name="Rosa")
    claims.claim(session, rosa, world.case)
    reading.show_without_grade(session, rosa, world.case)
    for who, seen in ((world.grace, {world.check}), (rosa, {world.check, later})):
        course, _ = reading.history(session, reading.open_(session, who, world.case))
        assert {point.analysis_id for point in course} == seen
