"""Second readings and break-glass over the API: what they open, to whom, and what they never do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import Connection, text

from core.people import Purpose, Role
from core.reviews import GRADED
from core.settings import settings
from data import second_factors
from data.database import read, transaction
from data.progress import Seen
from pipeline import consents, intake, record, second_factor
from tests import people
from tests.api.calling import Api, Person, assert_problem, person
from tests.consulting import question
from tests.people import ADDRESS
from tests.stand_in import examination, photo_that

EVERY = {metric.value: {"verdict": "value", "value": 35} for metric in GRADED}
REASON = "She called: her lip swells since this morning."
SECOND, GLASS = "/dermatologist/second-readings", "/dermatologist/break-glass"
QUESTION = "Is this redness something to treat?"


@pytest.fixture
def ada(var: Path, database: Connection) -> Person:
    return person()


@pytest.fixture
def grace(var: Path, database: Connection) -> Person:
    return person(Role.DERMATOLOGIST, first_name="Grace", last_name="Hopper")


@pytest.fixture
def joan(var: Path, database: Connection) -> Person:
    return person(Role.DERMATOLOGIST, first_name="Joan", last_name="Clarke")


@pytest.fixture
def case(api: Api, ada: Person, grace: Person, monkeypatch: pytest.MonkeyPatch) -> str:
    """Ada's case, graded blind by Grace; every case goes to two readers."""
    monkeypatch.setenv("SKINCARE_SECOND_READER_SHARE", "1")
    settings.cache_clear()
    with transaction() as session:
        who = people.signed_in(session, ada.user_id)
        check = intake.submit(session, who, [photo_that("is scored")])
        begun = record.start(session, check)
        assert begun is not None
        assert record.record(session, begun, [Seen(examination())])
        asked = question(session, who, photos=True, analysis_id=check, question=QUESTION)
    path = f"/dermatologist/cases/{asked}"
    assert api.post(f"{path}/claim", token=grace.access).status_code == 200
    given = api.post(f"{path}/grades", token=grace.access, json={"metrics": EVERY})
    assert given.status_code == 201
    return str(asked)


@pytest.fixture
def code_of(database: Connection) -> Callable[[Person], str]:
    """A code of the person's second factor that was not used yet."""

    def code(who: Person) -> str:
        with transaction() as session:
            step = int(second_factors.now_seconds(session) // second_factor.STEP_SECONDS)
            if second_factors.find(session, who.user_id) is None:
                secret = second_factor.begin(session, who.user_id).secret
                first = pyotp.TOTP(secret).generate_otp(step - 1)
                second_factor.confirm(session, who.user_id, first, address=ADDRESS)
            session.execute(text("UPDATE second_factors SET last_step = 0"))
            factor = second_factors.find(session, who.user_id)
        assert factor is not None
        return str(pyotp.TOTP(factor.secret).generate_otp(step))

    return code


def test_a_face_is_taken_seen_graded_and_closed_again(
    api: Api, joan: Person, grace: Person, case: str
) -> None:
    assert api.get(SECOND, token=grace.access).json() == {"is_waiting": False, "in_hand": None}
    assert api.get(SECOND, token=joan.access).json() == {"is_waiting": True, "in_hand": None}
    taken = api.post(SECOND, token=joan.access).json()
    assert taken["case_id"] == case
    assert set(taken) == {"case_id", "image_urls"}  # no question, no score, nobody's grade
    [address] = taken["image_urls"]
    photo = api.get(address.removeprefix("/api/v1"), token=joan.access)
    assert photo.headers["content-type"] == "image/jpeg"
    assert "no-store" in photo.headers["cache-control"]
    assert api.get(address.removeprefix("/api/v1"), token=grace.access).status_code == 409

    some = api.post(
        f"{SECOND}/{case}/grades",
        token=joan.access,
        json={"metrics": {"pores": {"verdict": "value", "value": 1}}},
    )
    assert_problem(some, 422, "invalid-input")
    given = api.post(f"{SECOND}/{case}/grades", token=joan.access, json={"metrics": EVERY})
    assert given.status_code == 201
    closed = api.get(address.removeprefix("/api/v1"), token=joan.access)
    assert_problem(closed, 409, "conflict")
    assert api.get(SECOND, token=joan.access).json() == {"is_waiting": False, "in_hand": None}


def test_what_is_put_back_waits_for_somebody_else(api: Api, joan: Person, case: str) -> None:
    api.post(SECOND, token=joan.access)
    assert api.delete(f"{SECOND}/{case}", token=joan.access).status_code == 204
    assert_problem(api.delete(f"{SECOND}/{case}", token=joan.access), 409, "conflict")


def test_a_case_is_opened_with_a_reason_and_a_code_and_nothing_else(
    api: Api, joan: Person, ada: Person, case: str, code_of: Callable[[Person], str]
) -> None:
    assert api.get(f"{GLASS}/{case}", token=joan.access).status_code == 404
    without = api.post(GLASS, token=joan.access, json={"case_id": case, "reason": REASON})
    assert_problem(without, 403, "not-allowed")
    short = api.post(
        GLASS,
        token=joan.access,
        json={"case_id": case, "reason": "Curious.", "code": code_of(joan)},
    )
    assert_problem(short, 422, "invalid-input")
    for neither in ({}, {"case_id": case, "email": "ada@example.org"}):
        refused = api.post(
            GLASS, token=joan.access, json={**neither, "reason": REASON, "code": code_of(joan)}
        )
        assert_problem(refused, 422, "invalid-input")
    assert api.get(f"{GLASS}/{case}", token=joan.access).status_code == 404

    opened = api.post(
        GLASS,
        token=joan.access,
        json={"case_id": case, "reason": REASON, "code": code_of(joan)},
    )
    assert opened.status_code == 201
    assert opened.json()["opened_by"] == "Joan Clarke"
    seen = api.get(f"{GLASS}/{case}", token=joan.access).json()
    assert seen["question"] == QUESTION
    address = next(one["image_url"] for one in seen["photos"] if one["image_url"])
    assert address.startswith(f"/api/v1{GLASS}/")
    picture = api.get(address.removeprefix("/api/v1"), token=joan.access)
    assert picture.headers["content-type"] == "image/jpeg"
    # to read, nothing more
    assert api.get(f"/dermatologist/cases/{case}", token=joan.access).status_code == 404
    answer = {"text": "It is fine.", "safety_net": "Come back."}
    sent = api.post(f"/dermatologist/cases/{case}/answer", token=joan.access, json=answer)
    assert sent.status_code == 404
    [line] = api.get(GLASS, token=joan.access).json()["openings"]
    assert line["reason"] == REASON
    news = api.get("/notifications", token=ada.access).text
    assert "Somebody opened your question" in news

    assert api.delete(f"{GLASS}/{case}", token=joan.access).status_code == 204
    assert api.get(f"{GLASS}/{case}", token=joan.access).status_code == 404


def test_a_consent_that_was_withdrawn_is_not_overridden(
    api: Api, joan: Person, ada: Person, case: str, code_of: Callable[[Person], str]
) -> None:
    with transaction() as session:
        consents.withdraw(session, ada.user_id, Purpose.DERMATOLOGIST)
    refused = api.post(
        GLASS,
        token=joan.access,
        json={"case_id": case, "reason": REASON, "code": code_of(joan)},
    )
    assert_problem(refused, 403, "not-allowed")
    with read() as session:
        assert session.scalar(text("SELECT count(*) FROM break_glass")) == 0
