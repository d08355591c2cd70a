"""Asking a dermatologist, and what a dermatologist then gets to see."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFilter
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from core.consultations import Priority, State, View
from core.errors import InvalidInput, NotAllowed, NotFound, SkincareError, TooMany, UnreadablePhoto
from core.health import Pregnancy, Substance
from core.ids import new_id
from core.people import Identity, Purpose, Role
from core.settings import ROOT
from data import consultations
from data.database import transaction
from pipeline import consents, health_answers
from pipeline.consultations import ask, cases, claims, photos, thread
from tests import people
from tests.consulting import NO_SIDE, question, staff, with_photos, without_photos

pytestmark = pytest.mark.usefixtures("var")


@pytest.fixture
def ada(session: Session) -> Identity:
    return people.signed_in(session)


@pytest.fixture
def grace(session: Session) -> Identity:
    return staff(session, first_name="Grace", last_name="Hopper")


def audited(session: Session, action: str) -> int:
    wanted = text("SELECT count(*) FROM audit_events WHERE action = :action")
    return int(session.scalar(wanted, {"action": action}) or 0)


def test_a_missing_view_reaches_the_dermatologist_with_its_reason(
    session: Session, ada: Identity, grace: Identity
) -> None:
    asked = question(session, ada, photos=True)
    claims.claim(session, grace, asked)
    shown = {photo.view: photo for photo in cases.open_case(session, grace, asked).photos}
    assert shown[View.SIDE].photo_id is None
    assert shown[View.SIDE].missing_reason == NO_SIDE
    assert shown[View.OVERVIEW].photo_id is not None
    assert photos.SMALL.format(width=300, height=400) in shown[View.OVERVIEW].problems


@pytest.mark.parametrize("view", View)
def test_a_view_without_photo_and_reason_is_refused(
    session: Session, ada: Identity, view: View
) -> None:
    views = without_photos() | {view: ask.Shown(missing_reason="  ")}
    with pytest.raises(InvalidInput, match=f"no {ask.VIEW_WORDS[view]} photo"):
        question(session, ada, views=views)


def test_photos_need_the_consent_and_words_do_not(session: Session, ada: Identity) -> None:
    with pytest.raises(NotAllowed, match="consent"):
        question(session, ada, views=with_photos())
    assert consultations.get(session, ada.user_id, question(session, ada)).consent_id is None


def test_a_withdrawn_consent_hides_the_photos_at_once(
    session: Session, ada: Identity, grace: Identity
) -> None:
    asked = question(session, ada, photos=True)
    claims.claim(session, grace, asked)
    photo_id = cases.open_case(session, grace, asked).photos[0].photo_id
    assert photo_id is not None
    assert cases.photo_of_case(session, grace, asked, photo_id).startswith(b"\xff\xd8")
    consents.withdraw(session, ada.user_id, Purpose.DERMATOLOGIST)
    case = cases.open_case(session, grace, asked)
    assert not case.may_show
    assert {photo.photo_id for photo in case.photos} == {None}
    with pytest.raises(NotAllowed, match="withdrawn"):
        cases.photo_of_case(session, grace, asked, photo_id)
    consents.give(session, ada.user_id, Purpose.DERMATOLOGIST)  # for later questions
    assert not cases.open_case(session, grace, asked).may_show


def test_photos_of_one_question_can_be_hidden_until_it_is_claimed(
    session: Session, ada: Identity, grace: Identity
) -> None:
    hidden, shown = (question(session, ada, photos=True) for _ in range(2))
    thread.hide_photos(session, ada, hidden)
    claims.claim(session, grace, hidden)
    claims.claim(session, grace, shown)
    assert not cases.open_case(session, grace, hidden).may_show
    assert cases.open_case(session, grace, shown).may_show
    with pytest.raises(SkincareError, match="withdraw the consent"):
        thread.hide_photos(session, ada, shown)


def test_a_case_is_open_to_who_has_it_and_nobody_else(
    session: Session, ada: Identity, grace: Identity
) -> None:
    asked = question(session, ada, photos=True)
    other, admin = staff(session), staff(session, Role.ADMIN)
    for early in (grace, other):
        with pytest.raises(NotFound):
            cases.open_case(session, early, asked)
    claims.claim(session, grace, asked)
    photo_id = cases.open_case(session, grace, asked).photos[0].photo_id
    assert photo_id is not None
    with pytest.raises(NotFound):
        cases.photo_of_case(session, other, asked, photo_id)
    for stranger in (admin, ada, staff(session, Role.ANALYST)):
        with pytest.raises(NotAllowed):
            cases.open_case(session, stranger, asked)
    claims.release(session, grace, asked)
    with pytest.raises(NotFound):
        cases.open_case(session, grace, asked)


def test_every_photo_that_is_opened_is_in_the_audit(
    session: Session, ada: Identity, grace: Identity
) -> None:
    asked = question(session, ada, photos=True)
    claims.claim(session, grace, asked)
    case = cases.open_case(session, grace, asked)
    cases.open_case(session, grace, asked)  # the page ran again
    for photo in case.photos:
        if photo.photo_id is not None:
            cases.photo_of_case(session, grace, asked, photo.photo_id)
    session.flush()
    assert audited(session, "photo_viewed") == 2
    assert audited(session, "case_opened") == 1


def test_a_photo_of_another_case_is_not_opened_through_this_one(
    session: Session, ada: Identity, grace: Identity
) -> None:
    eve = people.signed_in(session)
    hers, mine = question(session, eve, photos=True), question(session, ada, photos=True)
    photo_id = consultations.views(session, hers)[0].photo_id
    assert photo_id is not None
    claims.claim(session, grace, mine)
    with pytest.raises(NotFound):
        cases.photo_of_case(session, grace, mine, photo_id)
    with pytest.raises(NotFound):
        photos.own(session, ada.user_id, mine, photo_id)
    with pytest.raises(NotFound):
        question(session, ada, views=without_photos() | {View.SIDE: ask.Shown(photo_id=photo_id)})


def test_what_is_anothers_is_not_there(session: Session, ada: Identity) -> None:
    eve = people.signed_in(session)
    hers = question(session, eve)
    for foreign in (hers, new_id()):
        for act in (
            lambda id_: consultations.get(session, ada.user_id, id_),
            lambda id_: thread.reply(session, ada, id_, "Hello"),
            lambda id_: thread.withdraw(session, ada, id_),
            lambda id_: thread.rate(session, ada, id_, 5),
            lambda id_: thread.close(session, ada, id_),
            lambda id_: thread.hide_photos(session, ada, id_),
            lambda id_: thread.ask_second_opinion(session, ada, id_),
            lambda id_: photos.own(session, ada.user_id, id_, uuid4()),
        ):
            with pytest.raises(NotFound, match="no such consultation"):
                act(foreign)
    assert consultations.get(session, eve.user_id, hers).state is State.PENDING


def test_red_flags_go_with_the_question_and_put_it_in_front(
    session: Session, ada: Identity
) -> None:
    plain = consultations.get(session, ada.user_id, question(session, ada))
    people.answer_safety(session, ada.user_id, "scars")
    flagged = consultations.get(session, ada.user_id, question(session, ada))
    assert plain.priority is Priority.NORMAL
    assert not plain.flags
    assert flagged.priority < plain.priority
    assert flagged.flags[0]["flag_id"].startswith("F")


def test_the_case_begins_with_what_is_known_of_the_persons_health(
    session: Session, ada: Identity
) -> None:
    assert ask.prefilled(session, ada.user_id).allergies is None
    consents.give(session, ada.user_id, Purpose.HEALTH_ANSWERS)
    health_answers.update(
        session, ada, pregnancy=Pregnancy.PLANNING, allergies=[Substance.OAT], medicines=[]
    )
    known = ask.prefilled(session, ada.user_id)
    assert (known.pregnancy, known.allergies, known.medicines) == (
        Pregnancy.PLANNING,
        "oat",
        "none",
    )


def test_withdrawing_deletes_photos_sent_only_with_it(session: Session, ada: Identity) -> None:
    asked = question(session, ada, photos=True)
    thread.withdraw(session, ada, asked)
    session.commit()
    with transaction() as again:
        assert again.scalar(text("SELECT count(*) FROM photos")) == 0
        case = consultations.get(again, ada.user_id, asked)
        assert case.state is State.WITHDRAWN
        assert {photo.photo_id for photo in consultations.views(again, asked)} == {None}


def test_staff_do_not_ask_and_nobody_asks_without_end(
    session: Session, ada: Identity, grace: Identity
) -> None:
    with pytest.raises(NotAllowed):
        question(session, grace)
    for _ in range(ask.MOST_OPEN):
        question(session, ada)
    with pytest.raises(TooMany):
        question(session, ada)


def test_a_file_that_is_no_photo_is_refused_with_its_view(session: Session, ada: Identity) -> None:
    views = with_photos() | {View.CLOSE_UP: ask.Shown(content=b"<svg onload=alert(1)>")}
    consents.give(session, ada.user_id, Purpose.DERMATOLOGIST)
    with pytest.raises(UnreadablePhoto, match="close-up photo"):
        question(session, ada, views=views)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=1200) | st.sampled_from(["\x00", "a\ud800b", "a\u202eb", "<b>", "![](x)"]))
def test_hostile_text_is_kept_letter_for_letter_or_refused_in_words(
    database: Connection, said: str
) -> None:
    with transaction() as session:
        ada = people.signed_in(session)
        try:
            asked = question(session, ada, question=said, description=said)
            thread.reply(session, ada, asked, said)
        except InvalidInput:  # with a sentence; anything else fails
            return
    with transaction() as session:
        case = consultations.get(session, ada.user_id, asked)
        assert case.question.split() == _nfc(said).split()
        assert consultations.messages(session, asked)[0].text == case.question


def _nfc(said: str) -> str:
    import unicodedata

    return unicodedata.normalize("NFC", said)


def test_blur_and_darkness_are_seen_and_a_dark_skin_is_not_darkness() -> None:
    face = Image.open(Path(ROOT, "data", "demonstration", "astronaut.jpg")).convert("RGB")
    size = (1000, 1000)
    assert photos.problems(face, *size) == []
    soft = face.filter(ImageFilter.GaussianBlur(3))
    assert photos.problems(soft, *size) == [photos.NOT_SHARP]
    dark = Image.fromarray((np.asarray(face) * 0.25).astype(np.uint8))
    assert photos.problems(dark, *size) == [photos.DARK]
    # deep brown skin before a window: most of it dark, the light of the window bright
    deep = np.asarray(dark).copy()
    deep[:, :60] = np.asarray(face)[:, :60] // 2 + 110
    assert photos.DARK not in photos.problems(Image.fromarray(deep), *size)
    assert photos.problems(face, 500, 700) == [photos.SMALL]
