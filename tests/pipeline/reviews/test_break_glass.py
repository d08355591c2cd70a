"""Opening a case that is not one's own: with a reason, for an hour, to read, never in secret."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pyotp
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.consultations import View
from core.errors import Conflict, InvalidInput, NotAllowed, NotFound, SkincareError, TooMany
from core.notifications import Kind
from core.people import Identity, Purpose, Role
from core.reviews import GRADED, Grade, Label, Shape, Verdict
from data import consultations as kept
from data import notifications, second_factors, second_readings
from pipeline import access_log, accounts, break_glass, consents, second_factor
from pipeline.consultations import cases, claims, thread
from pipeline.reviews import answers, drawings, grades, letter, reading, second
from tests import people
from tests.consulting import question, staff
from tests.people import ADDRESS
from tests.pipeline.reviews.conftest import World

REASON = "She called: her lip swells since this morning."


def code_of(session: Session, who: Identity) -> str:
    """Set a second factor up if there is none; a code that was not used yet."""
    factor = second_factors.find(session, who.user_id)
    if factor is None:
        secret = second_factor.begin(session, who.user_id).secret
        first = pyotp.TOTP(secret).generate_otp(_step(session) - 1)
        second_factor.confirm(session, who.user_id, first, address=ADDRESS)
        return str(pyotp.TOTP(secret).generate_otp(_step(session)))
    session.execute(text("UPDATE second_factors SET last_step = 0"))  # a half minute later
    return str(pyotp.TOTP(factor.secret).generate_otp(_step(session)))


def _step(session: Session) -> int:
    return int(second_factors.now_seconds(session) // second_factor.STEP_SECONDS)


def break_(session: Session, who: Identity, case: UUID, reason: str = REASON) -> None:
    code = code_of(session, who)
    break_glass.begin(session, who, case, reason=reason, code=code, address=ADDRESS)


@pytest.fixture
def joan(session: Session, world: World) -> Identity:
    """A colleague whose case it is not."""
    return staff(session, first_name="Joan", last_name="Clarke")


def photo_of(session: Session, case: UUID) -> UUID:
    return next(one.photo_id for one in kept.views(session, case) if one.photo_id)


@pytest.mark.parametrize("role", [Role.DERMATOLOGIST, Role.ADMIN])
def test_what_the_person_sent_is_open_for_reading(
    session: Session, world: World, role: Role
) -> None:
    who = staff(session, role)
    photo = photo_of(session, world.case)
    for look in (
        lambda: break_glass.open_(session, who, world.case),
        lambda: break_glass.photo(session, who, world.case, photo),
    ):
        with pytest.raises(NotFound):
            look()
    break_(session, who, world.case)
    found = break_glass.open_(session, who, world.case)
    assert found.case.consultation.question == "Is this redness something to treat?"
    assert [one.view for one in found.case.photos if one.photo_id] == [
        View.OVERVIEW,
        View.CLOSE_UP,
    ]
    assert break_glass.photo(session, who, world.case, photo).startswith(b"\xff\xd8")
    assert found.check is not None
    shot = found.check.shots[0].photo_id
    assert shot is not None
    assert break_glass.photo(session, who, world.case, shot).startswith(b"\xff\xd8")


def test_neither_scores_nor_what_colleagues_think_are_shown(
    session: Session, world: World, joan: Identity
) -> None:
    given = {metric: Grade(Verdict.CANNOT_TELL) for metric in GRADED}
    grades.give(session, world.grace, world.case, given, {})
    answers.add_note(session, world.grace, world.case, "Compare with May.")
    break_(session, joan, world.case)
    found = break_glass.open_(session, joan, world.case)
    assert found.check is not None
    assert (found.check.scores, found.check.regions, found.check.has_maps) == ({}, {}, False)
    assert (found.gradings, found.drawings, found.earlier) == ((), (), ())
    assert reading.history(session, found)[0] == ()


def test_nothing_can_be_done_in_it_and_no_other_door_opens(
    session: Session, world: World, joan: Identity
) -> None:
    break_(session, joan, world.case)
    photo = photo_of(session, world.case)
    marks = {"points": [[1, 1]], "turn": 0.0}
    given = {metric: Grade(Verdict.CANNOT_TELL) for metric in GRADED}
    net = "Come back."
    for act in (
        lambda: answers.send(session, joan, world.case, text="It is fine.", safety_net=net),
        lambda: answers.add_note(session, joan, world.case, "Hm."),
        lambda: answers.notes(session, joan, world.case),
        lambda: answers.save_draft(session, joan, world.case, text="Hm."),
        lambda: grades.give(session, joan, world.case, given, {}),
        lambda: drawings.draw(session, joan, world.case, photo, Shape.POINT, Label.PAPULE, marks),
        lambda: letter.write(session, joan, world.case, recipient="A", text="See."),
        lambda: letter.for_staff(session, joan, world.case),
        lambda: thread.write(session, joan, world.case, "Hello"),
        lambda: claims.release(session, joan, world.case),
        lambda: reading.open_(session, joan, world.case),
        lambda: reading.picture(session, joan, world.case, world.check),
        lambda: cases.photo_of_case(session, joan, world.case, photo),
    ):
        with pytest.raises(SkincareError):
            act()


def test_no_other_photo_of_the_person_is_open(
    session: Session, world: World, joan: Identity
) -> None:
    other = question(session, world.ada, photos=True, question="And this?")
    break_(session, joan, world.case)
    with pytest.raises(NotFound):
        break_glass.photo(session, joan, world.case, photo_of(session, other))
    with pytest.raises(NotFound):
        break_glass.open_(session, joan, other)


def test_the_person_is_told_at_once_and_reads_the_reason_in_the_list(
    session: Session, world: World, joan: Identity
) -> None:
    break_(session, joan, world.case)
    news, _ = notifications.listed(session, world.ada.user_id, kinds=[Kind.PHOTO_ACCESSED], limit=9)
    assert [one.title for one in news] == ["Somebody opened your question"]
    assert "Joan Clarke" in news[0].message
    break_glass.open_(session, joan, world.case)
    break_glass.photo(session, joan, world.case, photo_of(session, world.case))
    break_glass.end(session, joan, world.case)
    session.flush()
    found = access_log.read(session, world.ada.user_id, limit=50)
    hers = [one for one in found if one.name == "Joan Clarke"]
    assert {one.what for one in hers} == {
        "opened your question, which was not theirs",
        "opened your question",
        "looked at a photo",
        "closed your question again",
    }
    assert {one.why for one in hers} == {f"with this reason: “{REASON}”"}
    assert {one.consultation_id for one in hers} == {world.case}
    assert not [one for one in found if one.name != "Joan Clarke" and REASON in (one.why or "")]


def test_it_ends_after_an_hour_of_the_databases_clock(
    session: Session, world: World, joan: Identity
) -> None:
    break_(session, joan, world.case)
    later(session, timedelta(minutes=59))
    assert break_glass.standing(session, joan, world.case) is not None
    later(session, timedelta(minutes=1))
    assert break_glass.standing(session, joan, world.case) is None
    with pytest.raises(NotFound):
        break_glass.open_(session, joan, world.case)
    with pytest.raises(NotFound):
        break_glass.photo(session, joan, world.case, photo_of(session, world.case))
    break_(session, joan, world.case)  # with a reason and a code anew
    assert break_glass.standing(session, joan, world.case) is not None


def later(session: Session, by: timedelta) -> None:
    """As if it had been opened so much earlier."""
    session.execute(
        text("UPDATE break_glass SET opened_at = opened_at - :by, ends_at = ends_at - :by"),
        {"by": by},
    )


def test_who_opened_it_can_close_it_again(session: Session, world: World, joan: Identity) -> None:
    break_(session, joan, world.case)
    break_glass.end(session, joan, world.case)
    with pytest.raises(NotFound):
        break_glass.open_(session, joan, world.case)


@pytest.mark.parametrize(
    "reason", ["", "  ", "Emergency", "x" * 19, " " * 40, "x" * 501, "a\0b" * 9]
)
def test_without_a_reason_that_says_something_it_stays_shut(
    session: Session, world: World, joan: Identity, reason: str
) -> None:
    with pytest.raises(InvalidInput):
        break_(session, joan, world.case, reason)
    assert break_glass.standing(session, joan, world.case) is None


def test_the_second_factor_is_asked_for_again(
    session: Session, world: World, joan: Identity
) -> None:
    code_of(session, joan)
    for code in (None, "", "000000", "not a code"):
        with pytest.raises(NotAllowed):
            break_glass.begin(session, joan, world.case, reason=REASON, code=code, address=ADDRESS)
    without = staff(session)
    with pytest.raises(NotAllowed, match="second factor"):
        break_glass.begin(session, without, world.case, reason=REASON, code=None, address=ADDRESS)


def test_a_code_opens_one_case_once(session: Session, world: World, joan: Identity) -> None:
    other = question(session, people.signed_in(session))
    code = code_of(session, joan)
    break_glass.begin(session, joan, world.case, reason=REASON, code=code, address=ADDRESS)
    with pytest.raises(NotAllowed):
        break_glass.begin(session, joan, other, reason=REASON, code=code, address=ADDRESS)


@pytest.mark.parametrize("role", [Role.USER, Role.ANALYST])
def test_others_can_neither_open_nor_list(session: Session, world: World, role: Role) -> None:
    who = people.signed_in(session) if role is Role.USER else staff(session, role)
    for act in (
        lambda: break_(session, who, world.case),
        lambda: break_glass.open_(session, who, world.case),
        lambda: break_glass.photo(session, who, world.case, uuid4()),
        lambda: break_glass.end(session, who, world.case),
        lambda: break_glass.listed(session, who, limit=9),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_consent_that_was_withdrawn_is_not_overridden(
    session: Session, world: World, joan: Identity
) -> None:
    consents.withdraw(session, world.ada.user_id, Purpose.DERMATOLOGIST)
    with pytest.raises(NotAllowed, match="withdrawn"):
        break_(session, joan, world.case)


def test_a_consent_that_is_withdrawn_meanwhile_closes_it(
    session: Session, world: World, joan: Identity
) -> None:
    break_(session, joan, world.case)
    photo = photo_of(session, world.case)
    consents.withdraw(session, world.ada.user_id, Purpose.DERMATOLOGIST)
    with pytest.raises(NotAllowed, match="withdrawn"):
        break_glass.open_(session, joan, world.case)
    with pytest.raises(NotAllowed, match="withdrawn"):
        break_glass.photo(session, joan, world.case, photo)
    assert break_glass.standing(session, joan, world.case) is None
    consents.give(session, world.ada.user_id, Purpose.DERMATOLOGIST)  # for other questions
    with pytest.raises(NotAllowed):
        break_glass.open_(session, joan, world.case)


def test_a_question_without_photos_can_be_read(session: Session, joan: Identity) -> None:
    words_only = question(session, people.signed_in(session), question="My lip swells.")
    break_(session, joan, words_only)
    found = break_glass.open_(session, joan, words_only)
    assert found.case.consultation.question == "My lip swells."
    assert not found.case.may_show


def test_a_question_that_was_taken_back_is_gone(session: Session, joan: Identity) -> None:
    bea = people.signed_in(session)
    before, after = question(session, bea), question(session, bea)
    break_(session, joan, before)
    for case in (before, after):
        thread.withdraw(session, bea, case)
    with pytest.raises(NotFound):
        break_glass.open_(session, joan, before)
    with pytest.raises(NotFound):
        break_(session, joan, after)


def test_who_has_the_case_needs_no_hammer(session: Session, world: World) -> None:
    with pytest.raises(Conflict, match="among yours"):
        break_(session, world.grace, world.case)


def test_nobody_opens_it_twice_at_a_time(session: Session, world: World, joan: Identity) -> None:
    break_(session, joan, world.case)
    with pytest.raises(Conflict):
        break_(session, joan, world.case)


def test_ten_a_day_are_the_most(
    session: Session, world: World, joan: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(break_glass, "MOST_A_DAY", 2)
    for _ in range(2):
        break_(session, joan, question(session, people.signed_in(session)))
    with pytest.raises(TooMany):
        break_(session, joan, world.case)


def test_a_person_on_the_phone_is_found_by_their_address(
    session: Session, world: World, joan: Identity
) -> None:
    for email in (world.ada.email.upper(), f" {world.ada.email} "):
        opening = break_glass.begin_for(
            session, joan, email, reason=REASON, code=code_of(session, joan), address=ADDRESS
        )
        assert opening.consultation_id == world.case
        break_glass.end(session, joan, world.case)


def test_whether_somebody_has_an_account_is_told_to_nobody_without_reason_and_code(
    session: Session, world: World, joan: Identity
) -> None:
    quiet = people.signed_in(session)  # has asked nothing
    code_of(session, joan)
    said = {}
    for email in (world.ada.email, quiet.email, "nobody@example.org"):
        with pytest.raises(NotAllowed) as refused:
            break_glass.begin_for(
                session, joan, email, reason=REASON, code="000000", address=ADDRESS
            )
        said[email] = str(refused.value)
        session.execute(text("DELETE FROM sign_in_attempts"))  # wrong codes are slowed down
    assert len(set(said.values())) == 1
    missing_words = set()
    for email in (quiet.email, "nobody@example.org"):
        with pytest.raises(NotFound) as missing:
            break_glass.begin_for(
                session, joan, email, reason=REASON, code=code_of(session, joan), address=ADDRESS
            )
        missing_words.add(str(missing.value))
    assert len(missing_words) == 1


def test_an_administrator_sees_all_of_them_and_a_dermatologist_their_own(
    session: Session, world: World, joan: Identity
) -> None:
    admin, other = staff(session, Role.ADMIN), staff(session)
    break_(session, joan, world.case)
    break_(session, admin, world.case)
    found, total = break_glass.listed(session, admin, limit=1)
    assert (len(found), total) == (1, 2)
    [hers], total = break_glass.listed(session, joan, limit=9)
    assert (hers.name, hers.reason, total) == ("Joan Clarke", REASON, 1)
    assert break_glass.listed(session, other, limit=9) == ([], 0)


def waits_for_a_second_reader(session: Session, world: World) -> None:
    cannot = {metric: Grade(Verdict.CANNOT_TELL) for metric in GRADED}
    grades.give(session, world.grace, world.case, cannot, {})
    second_readings.add(session, world.case, world.ada.user_id)  # drawn or not


def test_who_opened_it_is_not_asked_for_a_second_reading_of_it(
    session: Session, world: World, joan: Identity
) -> None:
    waits_for_a_second_reader(session, world)
    assert second.is_waiting(session, joan)
    break_(session, joan, world.case)
    assert not second.is_waiting(session, joan)


def test_who_has_the_face_for_a_second_reading_does_not_open_its_case(
    session: Session, world: World, joan: Identity
) -> None:
    waits_for_a_second_reader(session, world)
    assert second.take(session, joan) == world.case
    with pytest.raises(Conflict, match="second reading"):
        break_(session, joan, world.case)


def test_ones_own_question_is_not_opened_like_this(session: Session) -> None:
    bea = people.signed_in(session)
    case = question(session, bea)
    accounts.grant(session, email=bea.email, role=Role.ADMIN)
    again = people.signed_in(session, bea.user_id)
    with pytest.raises(NotAllowed, match="your own"):
        break_(session, again, case)
