"""People see who of the staff saw what of theirs."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.consultations import Why
from core.people import Role
from core.reviews import GRADED, Grade, Verdict
from data import audit, consultations, users
from data.tables import AuditEvent
from pipeline import access_log, exports
from pipeline.access_log import WHY
from pipeline.consultations import cases, claims, thread
from pipeline.reviews import answers, grades, letter, reading
from tests import people
from tests.pipeline.reviews.conftest import World

# What happens to the question itself, and says nothing of anybody's looking.
_OF_THE_QUESTION = {"case_answered", "case_assigned"}


def a_photo(session: Session, world: World) -> UUID:
    photos = consultations.views(session, world.case)
    return next(one.photo_id for one in photos if one.photo_id)


def work_through(session: Session, world: World) -> None:
    reading.open_(session, world.grace, world.case)
    photo = a_photo(session, world)
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


def test_whatever_staff_do_says_why_and_leads_to_the_question(
    session: Session, world: World
) -> None:
    claims.release(session, world.grace, world.case)
    claims.claim(session, world.grace, world.case)
    work_through(session, world)
    cases.photo_of_case(session, world.grace, world.case, a_photo(session, world))
    found = access_log.read(session, world.ada.user_id, limit=50)
    assert all(one.why for one in found), [one.what for one in found if not one.why]
    assert {one.question for one in found} == {"Is this redness something to treat?"}
    of_photos = [one.why for one in found if one.what == "looked at a photo"]
    assert set(of_photos) == {WHY[Why.ANSWERING], WHY[Why.ANSWERED]}


def test_a_first_reader_looks_for_another_reason(session: Session, world: World) -> None:
    thread.want_second_opinion(session, world.grace, world.case)
    cases.photo_of_case(session, world.grace, world.case, a_photo(session, world))
    found = access_log.read(session, world.ada.user_id, photos_only=True, limit=1)
    assert found[0].why == WHY[Why.READ_BEFORE]


def test_what_was_noted_before_there_were_reasons_is_shown_without(
    session: Session, world: World
) -> None:
    audit.add(
        session,
        "photo_viewed",
        actor=world.grace.user_id,
        subject=world.ada.user_id,
        consultation_id=str(world.case),
    )
    session.flush()
    [old] = access_log.read(session, world.ada.user_id, photos_only=True, limit=9)
    assert old.why is None
    assert old.consultation_id == world.case


def test_every_reason_has_its_words() -> None:
    assert set(WHY) == set(Why) - {Why.OWN_DATA}


def test_an_export_says_that_the_person_asked_for_it(session: Session, world: World) -> None:
    exports.begin(session, world.ada.user_id)
    session.flush()
    kept = session.scalars(
        select(AuditEvent.details["why"].astext)
        .where(AuditEvent.actor == audit.of(world.ada.user_id))
        .order_by(AuditEvent.event_id.desc())
        .limit(1)
    ).one()
    assert kept == Why.OWN_DATA


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
