"""Over the API: a face that is graded a second time, and a case opened in an emergency."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import Connection

from api.v1.app import PREFIX
from core.people import Role
from core.reviews import GRADED
from core.settings import settings
from data import second_factors
from data.database import transaction
from data.progress import Seen
from pipeline import intake, record, second_factor
from tests import people
from tests.api.calling import ADDRESS, Api, Person, assert_problem, person
from tests.consulting import question
from tests.stand_in import examination, photo_that

EVERY = {metric.value: {"verdict": "value", "value": 35} for metric in GRADED}
REASON = "She called: her lip swells since this morning."
SECOND = "/dermatologist/second-readings"
GLASS = "/dermatologist/break-glass"


@pytest.fixture(autouse=True)
def _every_case(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each one goes to two readers."""
    monkeypatch.setenv("SKINCARE_SECOND_READER_SHARE", "1")
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def ada(var: Path, database: Connection) -> Person:
    return person()


@pytest.fixture
def joan(var: Path, database: Connection) -> Person:
    return person(Role.DERMATOLOGIST, first_name="Joan", last_name="Clarke")


@pytest.fixture
def case(api: Api, ada: Person) -> str:
    """Ada asks about a scored check; Grace has claimed the case and graded it blind. Its id."""
    grace = person(Role.DERMATOLOGIST)
    with transaction() as session:
        who = people.signed_in(session, ada.user_id)
        check = intake.submit(session, who, [photo_that("is scored")])
        begun = record.start(session, check)
        assert begun is not None
        assert record.record(session, begun, [Seen(examination())])
        asked = str(question(session, who, photos=True, analysis_id=check))
    path = f"/dermatologist/cases/{asked}"
    assert api.post(f"{path}/claim", token=grace.access).status_code == 200
    graded = api.post(f"{path}/grades", token=grace.access, json={"metrics": EVERY})
    assert graded.status_code == 201
    return asked


def test_a_face_is_taken_looked_at_graded_and_closed_again(
    api: Api, joan: Person, case: str
) -> None:
    waiting = api.get(SECOND, token=joan.access).json()
    assert waiting == {"is_waiting": True, "in_hand": None}
    taken = api.post(SECOND, token=joan.access).json()
    assert taken["case_id"] == case
    assert api.post(SECOND, token=joan.access).json() == taken  # the same until it is given
    assert api.get(SECOND, token=joan.access).json()["in_hand"] == case
    [address] = taken["image_urls"]
    photo = api.get(address.removeprefix(PREFIX), token=joan.access)
    assert (photo.status_code, photo.headers["content-type"]) == (200, "image/jpeg")
    assert photo.headers["cache-control"] == "private, no-store"
    assert_problem(api.get(f"/dermatologist/cases/{case}", token=joan.access), 404, "not-found")

    path = f"{SECOND}/{case}/grades"
    some = {"metrics": {"pores": {"verdict": "value", "value": 10}}}
    assert_problem(api.post(path, token=joan.access, json=some), 422, "invalid-input")
    given = {"metrics": EVERY, "severity": {"acne_iga": "2"}}
    assert api.post(path, token=joan.access, json=given).status_code == 201
    assert_problem(api.post(path, token=joan.access, json=given), 409, "conflict")
    assert_problem(api.get(address.removeprefix(PREFIX), token=joan.access), 409, "conflict")
    assert_problem(api.post(SECOND, token=joan.access), 404, "not-found")


def test_a_face_that_is_put_back_waits_for_somebody_else(api: Api, joan: Person, case: str) -> None:
    other = person(Role.DERMATOLOGIST)
    assert api.post(SECOND, token=joan.access).status_code == 200
    assert api.get(SECOND, token=other.access).json()["is_waiting"] is False
    assert_problem(api.delete(f"{SECOND}/{case}", token=other.access), 409, "conflict")
    assert api.delete(f"{SECOND}/{case}", token=joan.access).status_code == 204
    assert api.post(SECOND, token=other.access).json()["case_id"] == case


@pytest.mark.parametrize("by", ["case_id", "email"])
def test_a_case_is_opened_with_a_reason_and_a_code_read_and_closed(
    api: Api, ada: Person, joan: Person, case: str, by: str
) -> None:
    which = {"case_id": case} if by == "case_id" else {"email": ada.email}
    wanted = {**which, "reason": REASON}
    assert_problem(api.post(GLASS, token=joan.access, json=wanted), 403, "not-allowed")
    wanted["code"] = code_of(joan)
    short = {**wanted, "reason": "Because."}
    assert_problem(api.post(GLASS, token=joan.access, json=short), 422, "invalid-input")
    opened = api.post(GLASS, token=joan.access, json=wanted)
    assert opened.status_code == 201
    assert (opened.json()["case_id"], opened.json()["opened_by"]) == (case, "Joan Clarke")

    read = api.get(f"{GLASS}/{case}", token=joan.access).json()
    assert read["question"] == "Is this redness something to treat?"
    addresses = [one["image_url"] for one in read["photos"] if one["image_url"]]
    assert addresses
    for address in addresses:
        photo = api.get(address.removeprefix(PREFIX), token=joan.access)
        assert (photo.status_code, photo.content[:2]) == (200, b"\xff\xd8")
        assert photo.headers["cache-control"] == "private, no-store"
    news = api.get("/notifications", token=ada.access).json()["notifications"]
    assert "photo_accessed" in [one["type"] for one in news]
    admin = person(Role.ADMIN)
    [listed] = api.get(GLASS, token=admin.access).json()["openings"]
    assert listed["reason"] == REASON
    assert api.get(GLASS, token=person(Role.DERMATOLOGIST).access).json()["total"] == 0

    assert api.delete(f"{GLASS}/{case}", token=joan.access).status_code == 204
    assert_problem(api.get(f"{GLASS}/{case}", token=joan.access), 404, "not-found")
    assert_problem(api.get(addresses[0].removeprefix(PREFIX), token=joan.access), 404, "not-found")


def test_it_is_said_whose_case_by_its_id_or_by_the_address_not_both(
    api: Api, ada: Person, joan: Person, case: str
) -> None:
    for which in ({}, {"case_id": case, "email": ada.email}):
        sent = {**which, "reason": REASON, "code": "000000"}
        assert_problem(api.post(GLASS, token=joan.access, json=sent), 422, "invalid-input")


def code_of(who: Person) -> str:
    """Set a second factor up; a code that was not used yet."""
    with transaction() as session:
        secret = second_factor.begin(session, who.user_id).secret
        step = int(second_factors.now_seconds(session) // second_factor.STEP_SECONDS)
        app = pyotp.TOTP(secret)
        second_factor.confirm(session, who.user_id, app.generate_otp(step - 1), address=ADDRESS)
    return str(app.generate_otp(step))
