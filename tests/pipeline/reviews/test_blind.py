"""The model's scores stay hidden until the reader has graded."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.metrics import Metric
from core.people import Identity, Purpose
from core.reviews import GRADED, Grade, Label, Scale, Shape, Verdict
from data import analyses, reviews
from data.progress import Seen
from pipeline import consents, intake, record
from pipeline.consultations import claims, thread
from pipeline.reviews import answers, drawings, grades, reading
from tests import people
from tests.consulting import question, staff
from tests.pipeline.reviews.conftest import World
from tests.stand_in import examination, photo_that

ALL = dict.fromkeys(GRADED, Grade(Verdict.VALUE, 40.0))


def audited(session: Session, action: str) -> int:
    wanted = text("SELECT count(*) FROM audit_events WHERE action = :action")
    return int(session.scalar(wanted, {"action": action}) or 0)


def test_nothing_that_the_model_said_is_there_before_the_grade(
    session: Session, world: World
) -> None:
    opened = reading.open_(session, world.grace, world.case)
    assert opened.is_hidden
    assert opened.check is not None
    assert opened.check.analysis_id == world.check
    assert (opened.check.scores, opened.check.regions, opened.check.counts) == ({}, {}, {})
    assert reading.history(session, opened)[0] == ()
    picture = reading.picture(session, world.grace, world.case, world.check)
    assert picture is not None
    assert (picture.veils, picture.marks) == ({}, {})


def test_the_scores_are_there_after_the_grade(session: Session, world: World) -> None:
    grades.give(session, world.grace, world.case, ALL, {Scale.ACNE_IGA: "2"})
    opened = reading.open_(session, world.grace, world.case)
    assert not opened.is_hidden
    assert opened.check is not None
    assert opened.check.scores == analyses.get(session, world.ada.user_id, world.check).scores
    assert len(reading.history(session, opened)[0]) == 1
    picture = reading.picture(session, world.grace, world.case, world.check)
    assert picture is not None
    assert picture.veils or picture.marks
    (given,) = opened.gradings
    assert given.is_blind
    assert given.grades == ALL
    assert given.severity == {Scale.ACNE_IGA: "2"}
    assert given.analysis_id == world.check
    assert given.model_version == opened.check.model_version
    assert audited(session, "graded") == 1


def test_a_blind_grading_names_every_metric(session: Session, world: World) -> None:
    some = {Metric.REDNESS: Grade(Verdict.VALUE, 40.0)}
    with pytest.raises(InvalidInput, match="pores"):
        grades.give(session, world.grace, world.case, some, {})
    all_ = ALL | {Metric.PORES: Grade(Verdict.CANNOT_TELL)}
    grades.give(session, world.grace, world.case, all_, {})


def test_nobody_agrees_with_what_they_cannot_see(session: Session, world: World) -> None:
    blind = ALL | {Metric.REDNESS: Grade(Verdict.AGREE, 40.0)}
    with pytest.raises(InvalidInput, match="hidden"):
        grades.give(session, world.grace, world.case, blind, {})


def test_agreeing_keeps_the_value_that_was_agreed_with(session: Session, world: World) -> None:
    reading.show_without_grade(session, world.grace, world.case)
    claimed = {Metric.REDNESS: Grade(Verdict.AGREE, 99.0)}  # what the browser says does not count
    grades.give(session, world.grace, world.case, claimed, {})
    given = reviews.gradings(session, world.case)[0]
    score = analyses.get(session, world.ada.user_id, world.check).scores[Metric.REDNESS]
    assert given.grades[Metric.REDNESS] == Grade(Verdict.AGREE, score.value)
    assert not given.is_blind


def test_who_looks_without_grading_is_not_blind_any_more(session: Session, world: World) -> None:
    reading.show_without_grade(session, world.grace, world.case)
    assert not reading.open_(session, world.grace, world.case).is_hidden
    assert audited(session, "scores_shown") == 1
    with pytest.raises(Conflict):
        reading.show_without_grade(session, world.grace, world.case)
    grades.give(session, world.grace, world.case, ALL, {})
    assert not reviews.gradings(session, world.case)[0].is_blind


def test_a_later_grading_stands_beside_the_first(session: Session, world: World) -> None:
    grades.give(session, world.grace, world.case, ALL, {})
    later = {Metric.SPOTS: Grade(Verdict.VALUE, 70.0)}
    grades.give(session, world.grace, world.case, later, {})
    newest, first = reviews.gradings(session, world.case)
    assert (newest.grades, newest.is_blind) == (later, False)
    assert (first.grades, first.is_blind) == (ALL, True)


def test_a_second_reader_sees_no_grade_of_the_first_before_the_own(
    session: Session, world: World
) -> None:
    grades.give(session, world.grace, world.case, ALL, {})
    point = {"points": [[10, 10]]}
    photo = reading.open_(session, world.grace, world.case).case.photos[0].photo_id
    assert photo is not None
    drawings.draw(session, world.grace, world.case, photo, Shape.POINT, Label.PAPULE, point)
    thread.want_second_opinion(session, world.grace, world.case)
    rosa = staff(session, first_name="Rosa")
    claims.claim(session, rosa, world.case)
    opened = reading.open_(session, rosa, world.case)
    assert opened.is_hidden
    assert (opened.gradings, opened.drawings) == ((), ())
    grades.give(session, rosa, world.case, ALL, {})
    opened = reading.open_(session, rosa, world.case)
    assert len(opened.gradings) == 2
    assert len(opened.drawings) == 1


def test_only_who_has_the_case_grades_draws_or_answers(session: Session, world: World) -> None:
    rosa = staff(session)
    for who in (rosa, world.ada, staff_of_old(session)):
        with pytest.raises((NotFound, NotAllowed)):
            grades.give(session, who, world.case, ALL, {})
        with pytest.raises((NotFound, NotAllowed)):
            reading.open_(session, who, world.case)
        with pytest.raises((NotFound, NotAllowed)):
            answers.send(session, who, world.case, text="Hello", safety_net="Soon")
        with pytest.raises((NotFound, NotAllowed)):
            reading.picture(session, who, world.case, world.check)


def staff_of_old(session: Session) -> Identity:
    """Somebody with another role."""
    return people.signed_in(session)


def test_without_consent_nothing_is_shown_or_graded(session: Session, world: World) -> None:
    consents.withdraw(session, world.ada.user_id, Purpose.DERMATOLOGIST)
    opened = reading.open_(session, world.grace, world.case)
    assert opened.check is None
    assert opened.drawings == ()
    for forbidden in (
        lambda: reading.picture(session, world.grace, world.case, world.check),
        lambda: grades.give(session, world.grace, world.case, ALL, {}),
    ):
        with pytest.raises(NotAllowed, match="withdrawn"):
            forbidden()


def test_without_a_check_there_is_nothing_to_hide_and_severity_can_be_given(
    session: Session, var: object
) -> None:
    bea, grace = people.signed_in(session), staff(session)
    asked = question(session, bea, photos=True)
    claims.claim(session, grace, asked)
    opened = reading.open_(session, grace, asked)
    assert (opened.check, opened.is_hidden) == (None, False)
    grades.give(session, grace, asked, {}, {Scale.PHOTOAGEING_GLOGAU: "III"})
    with pytest.raises(InvalidInput, match="no scored check"):
        grades.give(session, grace, asked, ALL, {})
    with pytest.raises(InvalidInput):
        grades.give(session, grace, asked, {}, {Scale.PHOTOAGEING_GLOGAU: "3"})
    with pytest.raises(InvalidInput, match="Nothing"):
        grades.give(session, grace, asked, {}, {})


def test_the_photo_of_a_check_is_delivered_whole_and_each_time_audited(
    session: Session, world: World
) -> None:
    opened = reading.open_(session, world.grace, world.case)
    assert opened.check is not None
    before = audited(session, "photo_viewed")
    photo_id = opened.check.shots[0].photo_id
    assert reading.photo(session, world.grace, world.case, photo_id).startswith(b"\xff\xd8")
    assert audited(session, "photo_viewed") == before + 1


def test_a_face_that_was_not_looked_at_is_not_graded(session: Session, world: World) -> None:
    """The person makes another check between the look and the grade."""
    asked = question(session, world.ada, photos=True)
    claims.claim(session, world.grace, asked)
    seen = reading.open_(session, world.grace, asked).check
    assert seen is not None
    assert seen.analysis_id == world.check
    newer = intake.submit(session, world.ada, [photo_that("is scored", seed=7)])
    begun = record.start(session, newer)
    assert begun is not None
    assert record.record(session, begun, [Seen(examination())])
    with pytest.raises(Conflict, match="another one"):
        grades.give(session, world.grace, asked, ALL, {}, looked_at=seen.analysis_id)
    opened = reading.open_(session, world.grace, asked)
    assert opened.is_hidden
    assert opened.gradings == ()
    grades.give(session, world.grace, asked, ALL, {}, looked_at=newer)
    [given] = reading.open_(session, world.grace, asked).gradings
    assert given.analysis_id == newer
