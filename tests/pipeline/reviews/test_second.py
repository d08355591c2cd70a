"""Two readers for a share of cases: neither knows what the other or the model said."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.metrics import Metric
from core.people import Identity, Purpose
from core.reviews import GRADED, Grade, Label, Scale, Shape, Verdict
from core.settings import settings
from data import agreement
from pipeline import access_log, consents, results
from pipeline.consultations import claims
from pipeline.reviews import drawings, grades, reading, second
from tests import people
from tests.consulting import staff
from tests.pipeline.reviews.conftest import World, world_of

MINE = {metric: Grade(Verdict.VALUE, 35.0) for metric in GRADED}
THEIRS = {metric: Grade(Verdict.VALUE, 45.0) for metric in GRADED}


@pytest.fixture(autouse=True)
def _every_case(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SKINCARE_SECOND_READER_SHARE", "1")
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def second_reader(session: Session, world: World) -> Identity:
    """Grace has graded blind; this is a colleague."""
    grades.give(session, world.grace, world.case, MINE, {Scale.ACNE_IGA: "1"})
    return staff(session)


def test_a_share_of_cases_is_drawn_by_their_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKINCARE_SECOND_READER_SHARE", "0.1")
    settings.cache_clear()
    drawn = [second.is_due(uuid4()) for _ in range(5000)]
    assert 0.07 < sum(drawn) / len(drawn) < 0.13
    one = uuid4()
    assert second.is_due(one) == second.is_due(one)


def test_a_case_waits_for_a_second_reader_once_it_was_graded_blind(
    session: Session, world: World
) -> None:
    other = staff(session)
    assert not second.is_waiting(session, other)
    grades.give(session, world.grace, world.case, MINE, {})
    assert second.is_waiting(session, other)
    assert not second.is_waiting(session, world.grace)  # she was the first
    with pytest.raises(NotFound, match="No second reading"):
        second.take(session, world.grace)


def test_scores_that_were_shown_first_ask_for_no_second_reader(
    session: Session, world: World
) -> None:
    reading.show_without_grade(session, world.grace, world.case)
    grades.give(session, world.grace, world.case, MINE, {})
    assert not second.is_waiting(session, staff(session))


def test_the_second_reader_sees_the_face_and_nothing_that_was_said(
    session: Session, world: World, second_reader: Identity
) -> None:
    case = second.take(session, second_reader)
    assert case == world.case
    opened = second.open_(session, second_reader, case)
    assert opened.is_hidden
    assert opened.check is not None
    assert not opened.check.scores
    assert not opened.check.regions
    assert opened.case.consultation.question == ""
    assert opened.case.messages == ()
    assert opened.gradings == ()
    assert opened.drawings == ()
    [shot] = opened.check.shots
    assert shot.photo_id is not None
    assert second.photo(session, second_reader, case, shot.photo_id)[:2] == b"\xff\xd8"
    with pytest.raises(NotFound):
        second.photo(session, second_reader, case, uuid4())


def test_the_case_itself_stays_closed_to_the_second_reader(
    session: Session, world: World, second_reader: Identity
) -> None:
    second.take(session, second_reader)
    with pytest.raises(NotFound):
        reading.open_(session, second_reader, world.case)
    with pytest.raises(NotFound):
        drawings.draw(session, second_reader, world.case, uuid4(), Shape.POINT, Label.PAPULE, {})


def test_what_is_given_counts_as_blind_and_closes_the_case_to_them(
    session: Session, world: World, second_reader: Identity
) -> None:
    case = second.take(session, second_reader)
    second.give(session, second_reader, case, THEIRS, {Scale.ACNE_IGA: "2"})
    pores = [one.value for one in agreement.blind_grades(session) if one.metric is Metric.PORES]
    assert pores == [35.0, 45.0]
    with pytest.raises(Conflict):
        second.open_(session, second_reader, case)
    assert second.current(session, second_reader) is None
    assert not second.is_waiting(session, staff(session))
    opened = reading.open_(session, world.grace, world.case)
    assert len(opened.gradings) == 2  # who answers sees both


@pytest.mark.parametrize(
    "wrong",
    [
        {Metric.PORES: Grade(Verdict.VALUE, 3.0)},
        {**THEIRS, Metric.PORES: Grade(Verdict.AGREE, 3.0)},
    ],
    ids=["not every metric", "agrees with what is hidden"],
)
def test_a_second_grading_names_every_metric_by_itself(
    session: Session, second_reader: Identity, wrong: dict[Metric, Grade]
) -> None:
    case = second.take(session, second_reader)
    with pytest.raises(InvalidInput):
        second.give(session, second_reader, case, wrong, {})


def test_a_withdrawn_consent_ends_it_at_once(
    session: Session, world: World, second_reader: Identity
) -> None:
    case = second.take(session, second_reader)
    consents.withdraw(session, world.ada.user_id, Purpose.DERMATOLOGIST)
    with pytest.raises(NotAllowed):
        second.open_(session, second_reader, case)
    second.put_back(session, second_reader, case)
    assert not second.is_waiting(session, staff(session))


def test_a_check_that_was_deleted_keeps_nobody_from_the_next_reading(
    session: Session, world: World, second_reader: Identity
) -> None:
    later = world_of(session)
    grades.give(session, later.grace, later.case, MINE, {})
    assert second.take(session, second_reader) == world.case
    results.delete(session, world.ada.user_id, world.check)
    assert second.take(session, second_reader) == later.case
    second.put_back(session, second_reader, later.case)
    assert second.take(session, second_reader) == later.case  # not the older one, ever again


def test_a_case_that_the_second_reader_claims_makes_room_for_another_face(
    session: Session, world: World, second_reader: Identity
) -> None:
    assert second.take(session, second_reader) == world.case
    claims.release(session, world.grace, world.case)
    claims.claim(session, second_reader, world.case)
    with pytest.raises(NotFound, match="No second reading"):
        second.take(session, second_reader)
    assert second.current(session, second_reader) is None


def test_what_lies_idle_goes_to_somebody_else(session: Session, second_reader: Identity) -> None:
    case = second.take(session, second_reader)
    other = staff(session)
    assert not second.is_waiting(session, other)
    session.execute(text("UPDATE second_readings SET taken_at = now() - interval '5 hours'"))
    assert second.take(session, other) == case
    with pytest.raises(Conflict):
        second.give(session, second_reader, case, THEIRS, {})


def test_who_asked_is_told_that_a_second_dermatologist_looked(
    session: Session, world: World, second_reader: Identity
) -> None:
    second.take(session, second_reader)
    seen = [one.what for one in access_log.read(session, world.ada.user_id, limit=20)]
    assert "took the check for a second grading" in seen


def test_a_colleague_who_claims_the_case_is_not_its_second_reader(
    session: Session, world: World, second_reader: Identity
) -> None:
    claims.release(session, world.grace, world.case)
    claims.claim(session, second_reader, world.case)
    assert not second.is_waiting(session, second_reader)
    assert not second.is_waiting(session, world.grace)  # she has graded it already


def test_people_and_administrators_read_nothing(session: Session, world: World) -> None:
    with pytest.raises(NotAllowed):
        second.take(session, people.signed_in(session))
