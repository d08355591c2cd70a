"""Asking a dermatologist over the API: photos of one's own, pictures in the thread, the rating."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection

from core.people import Purpose, Role
from data.database import transaction
from pipeline import consents, intake
from pipeline.reviews import answers
from tests import people
from tests.api.calling import Api, Person, assert_problem, person
from tests.stand_in import photo_that

CONSULT = "/dermatologist/consult"
PICTURE = ("mole.jpg", photo_that("is scored"), "image/jpeg")


@pytest.fixture
def ada(var: Path, database: Connection) -> Person:
    """She has agreed to show her photos."""
    ada = person()
    with transaction() as session:
        consents.give(session, ada.user_id, Purpose.DERMATOLOGIST)
    return ada


@pytest.fixture
def grace(var: Path, database: Connection) -> Person:
    return person(Role.DERMATOLOGIST, first_name="Grace", last_name="Hopper")


def check_of(who: Person) -> str:
    """The address of the photo of a check of this person."""
    with transaction() as session:
        signed_in = people.signed_in(session, who.user_id)
        check = intake.submit(session, signed_in, [photo_that("is scored", seed=3)])
    return f"/api/v1/analysis/{check}/photo"


def asked(api: Api, who: Person, **fields: Any) -> str:
    answer = api("post", CONSULT, token=who.access, json={"question": "Is it harmless?", **fields})
    assert answer.status_code == 201, answer.text
    return f"/dermatologist/consultations/{answer.json()['consultation_id']}"


def test_a_photo_of_ones_own_check_becomes_the_overview(api: Api, ada: Person) -> None:
    case = asked(api, ada, image_url=check_of(ada), missing_views={"side": "I cannot reach it."})
    shown = {one["view"]: one for one in api("get", case, token=ada.access).json()["photos"]}
    assert shown["overview"]["image_url"].startswith(f"/api/v1{case}/photos/")
    assert shown["side"]["missing_because"] == "I cannot reach it."
    assert shown["close_up"]["missing_because"]  # nothing incomplete goes without saying so


def test_no_other_address_is_taken_let_alone_fetched(api: Api, ada: Person) -> None:
    of_another = check_of(person())
    for address in (
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        f"https://evil.example{check_of(ada)}",
        f"{check_of(ada)}?shot=5",
        f"{check_of(ada)}/../../users/me/picture",
        "",
    ):
        answer = api(
            "post", CONSULT, token=ada.access, json={"question": "?", "image_url": address}
        )
        assert_problem(answer, 422, "invalid-input")
    for address in (of_another, f"/api/v1/analysis/{uuid4()}/photo"):
        answer = api(
            "post", CONSULT, token=ada.access, json={"question": "?", "image_url": address}
        )
        assert_problem(answer, 404, "not-found")
    assert api("get", "/dermatologist/consultations", token=ada.access).json()["total"] == 0


def test_pictures_go_with_a_message_and_only_the_two_sides_see_them(
    api: Api, ada: Person, grace: Person
) -> None:
    case = asked(api, ada)
    path = f"{case}/messages/with-pictures"
    sent = api(
        "post",
        path,
        token=ada.access,
        data={"text": "It looks so today."},
        files=[("pictures", PICTURE), ("pictures", PICTURE)],
    )
    assert sent.status_code == 201, sent.text
    pictures = [one.removeprefix("/api/v1") for one in sent.json()["attachments"]]
    assert len(pictures) == 2
    assert api("get", pictures[0], token=ada.access).headers["content-type"] == "image/jpeg"
    assert_problem(api("get", pictures[0], token=person().access), 404, "not-found")
    assert_problem(api("get", pictures[0], token=grace.access), 404, "not-found")
    claim = case.replace("/consultations/", "/cases/") + "/claim"
    assert api("post", claim, token=grace.access).status_code == 200
    assert api("get", pictures[0], token=grace.access).status_code == 200
    five = api(
        "post", path, token=ada.access, data={"text": "More."}, files=[("pictures", PICTURE)] * 5
    )
    assert five.status_code in (413, 422)
    no_picture = ("x.jpg", b"no picture", "image/jpeg")
    odd = api(
        "post", path, token=ada.access, data={"text": "Odd."}, files=[("pictures", no_picture)]
    )
    assert odd.status_code == 422
    assert len(api("get", case, token=ada.access).json()["messages"]) == 1


def test_an_answer_is_rated_and_only_an_answer(api: Api, ada: Person, grace: Person) -> None:
    case = asked(api, ada)
    early = api("put", f"{case}/rating", token=ada.access, json={"rating": 5})
    assert_problem(early, 409, "conflict")
    claim = case.replace("/consultations/", "/cases/")
    assert api("post", f"{claim}/claim", token=grace.access).status_code == 200
    with transaction() as session:
        reader = people.signed_in(session, grace.user_id)
        answers.send(
            session,
            reader,
            UUID(case.rpartition("/")[2]),
            text="What I see is harmless.",
            safety_net="See a doctor within a few days if it gets worse.",
        )
    for rating, status in ((0, 422), (6, 422), (2.5, 422), (True, 422), (4, 204), (5, 204)):
        answer = api("put", f"{case}/rating", token=ada.access, json={"rating": rating})
        assert answer.status_code == status, rating
    assert api("get", case, token=ada.access).json()["rating"] == 5
    other = api("put", f"{case}/rating", token=person().access, json={"rating": 1})
    assert_problem(other, 404, "not-found")


def test_the_queue_is_narrowed_over_the_api(api: Api, ada: Person, grace: Person) -> None:
    asked(api, ada)
    for narrowed, found in (
        ({"view_missing": True}, 1),
        ({"due_within_hours": 25}, 1),
        ({"due_within_hours": 6}, 0),
        ({"late": True}, 0),
        ({"flagged": True}, 0),
        ({"second_opinion": True}, 0),
        ({"in_pool": True}, 1),
    ):
        page = api("get", "/dermatologist/queue", token=grace.access, params=narrowed)
        assert len(page.json()["cases"]) == found, narrowed
