"""People see who of the staff saw what of theirs."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.people import Role
from core.reviews import GRADED, Grade, Verdict
from data import audit, users
from data.tables import AuditEvent
from pipeline import access_log
from pipeline.consultations import cases
from pipeline.reviews import answers, grades, letter, reading
from tests import people
from tests.pipeline.reviews.conftest import World

# What happens to the question itself, and says nothing of anybody's looking.
_OF_THE_QUESTION = {"case_answered", "case_assigned"}


def work_through(session: Session, world: World) -> None:
    reading.open_(session, world.grace, world.case)
    photos = cases.open_case(session, world.grace, world.case).photos
    photo = next(one.photo_id for one in photos if one.photo_id)
    for _ in range(2):
        cases.photo_of_case(session, world.grace, world.case, photo)
    given = {metric: Grade(Verdict.CANNOT_TELL) for metric in GRADED}
    grades.give(session, world.grace, world.case, given, {})
    answers.add_note(session, world.grace, world.case, "Compare with May.")
    letter.write(session, world.grace, world.case, recipient="A clinic", text="Please see.")
    answers.send(session, world.grace, world.case, text="It is fine.", safety_net="Come back.")
    answers.amend(session, world.grace, world.case, "And rest.")
    session.flush()


def test_every_look_is_shown_with_who_it_was_and_how_often(session: Session, world: World) -> None:
    work_through(session, world)
    found = access_log.read(session, world.ada.user_id, limit=50)
    assert {one.name for one in found} == {"Grace Hopper"}
    assert {one.consultation_id for one in found} == {world.case}
    said = {one.what: one.times for one in found}
    assert said["looked at a photo"] == 2
    assert {
        "opened your question",
        "graded the check",
        "answered",
        "wrote a letter for you",
    } <= set(said)
    [photos] = access_log.read(session, world.ada.user_id, photos_only=True, limit=50)
    assert (photos.what, photos.times) == ("looked at a photo", 2)


def test_nothing_that_staff_did_is_left_out(session: Session, world: World) -> None:
    work_through(session, world)
    me = audit.of(world.ada.user_id)
    noted = session.scalars(
        select(AuditEvent.action).where(AuditEvent.subject == me, AuditEvent.actor != me)
    )
    assert set(noted) - _OF_THE_QUESTION <= set(access_log.WORDS)


def test_what_the_person_does_is_no_access_and_nobody_elses_log_shows_it(
    session: Session, world: World
) -> None:
    assert not [
        one
        for one in access_log.read(session, world.ada.user_id, limit=50)
        if one.name != "Grace Hopper"
    ]
    work_through(session, world)
    eve = people.signed_in(session)
    assert access_log.read(session, eve.user_id, limit=50) == []
    assert access_log.read(session, world.grace.user_id, limit=50) == []


def test_who_left_the_staff_is_not_named(session: Session, world: World) -> None:
    work_through(session, world)
    users.change(session, world.grace.user_id, role=Role.USER)
    found = access_log.read(session, world.ada.user_id, limit=50)
    assert {one.name for one in found} == {"Somebody who has left the staff"}
