"""A case over the API: claimed, graded blind, drawn on, answered, amended, referred."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection

from core.people import Role
from core.reviews import GRADED
from data.database import transaction
from data.progress import Seen
from pipeline import intake, record
from tests import people
from tests.api.calling import Api, Person, assert_problem, person
from tests.consulting import question
from tests.stand_in import examination, photo_that

EVERY = {metric.value: {"verdict": "value", "value": 35} for metric in GRADED}
NET = "See a doctor within a few days if it gets worse."


@pytest.fixture
def ada(var: Path, database: Connection) -> Person:
    return person()


@pytest.fixture
def grace(var: Path, database: Connection) -> Person:
    return person(Role.DERMATOLOGIST, first_name="Grace", last_name="Hopper")


@pytest.fixture
def case(api: Api, ada: Person, grace: Person) -> str:
    """Ada has a scored check and asks about it; Grace has claimed the case."""
    with transaction() as session:
        who = people.signed_in(session, ada.user_id)
        check = intake.submit(session, who, [photo_that("is scored")])
        begun = record.start(session, check)
        assert begun is not None
        assert record.record(session, begun, [Seen(examination())])
        asked = question(session, who, photos=True, analysis_id=check)
    path = f"/dermatologist/cases/{asked}"
    assert api("post", f"{path}/claim", token=grace.access).status_code == 200
    return path


def test_scores_are_hidden_until_every_metric_is_graded(api: Api, grace: Person, case: str) -> None:
    before = api("get", f"{case}/grades", token=grace.access).json()
    assert before == {"scores_hidden": True, "gradings": []}
    some = api(
        "post",
        f"{case}/grades",
        token=grace.access,
        json={"metrics": {"pores": {"verdict": "value", "value": 10}}},
    )
    assert_problem(some, 422, "invalid-input")
    agreeing = {**EVERY, "pores": {"verdict": "agree"}}
    assert_problem(
        api("post", f"{case}/grades", token=grace.access, json={"metrics": agreeing}),
        422,
        "invalid-input",
    )
    given = api(
        "post",
        f"{case}/grades",
        token=grace.access,
        json={"metrics": EVERY, "severity": {"acne_iga": "1", "rosacea_nrsec": None}},
    )
    assert given.status_code == 201
    after = api("get", f"{case}/grades", token=grace.access).json()
    assert after["scores_hidden"] is False
    [grading] = after["gradings"]
    assert grading["is_blind"] is True
    assert grading["reader"] == "Grace Hopper"
    assert grading["metrics"]["pores"] == {"verdict": "value", "value": 35.0}
    assert grading["severity"] == {"acne_iga": "1", "rosacea_nrsec": None}


def test_a_drawing_lies_on_the_photo_and_is_taken_back_by_who_drew_it(
    api: Api, grace: Person, case: str
) -> None:
    photo = photo_of(api, grace, case)
    sent: dict[str, Any] = {
        "photo_id": photo,
        "shape": "ellipse",
        "label": "papule",
        "points": [[20, 30]],
        "radii": [4, 3],
    }
    outside = api(
        "post", f"{case}/annotations", token=grace.access, json={**sent, "points": [[20, 99_999]]}
    )
    assert_problem(outside, 422, "invalid-input")
    drawn = api("post", f"{case}/annotations", token=grace.access, json=sent)
    assert drawn.status_code == 201
    [kept] = api("get", f"{case}/annotations", token=grace.access).json()["annotations"]
    assert kept["annotation_id"] == drawn.json()["id"]
    assert (kept["shape"], kept["points"], kept["radii"]) == ("ellipse", [[20, 30]], [4, 3])
    assert kept["is_mine"] is True
    one = f"{case}/annotations/{kept['annotation_id']}"
    assert api("delete", one, token=grace.access).status_code == 204
    assert_problem(api("delete", one, token=grace.access), 404, "not-found")
    assert api("get", f"{case}/annotations", token=grace.access).json() == {"annotations": []}


def test_an_answer_needs_its_safety_net_and_is_amended_and_never_changed(
    api: Api, ada: Person, grace: Person, case: str
) -> None:
    draft = api(
        "put", f"{case}/draft", token=grace.access, json={"text": "Hello", "safety_net": ""}
    )
    assert draft.status_code == 200
    assert api("get", f"{case}/draft", token=grace.access).json()["text"] == "Hello"
    bare = api("post", f"{case}/answer", token=grace.access, json={"text": "Hm", "safety_net": ""})
    assert_problem(bare, 422, "invalid-input")
    blank = {"text": "Use [product].", "safety_net": NET}
    assert_problem(
        api("post", f"{case}/answer", token=grace.access, json=blank), 422, "invalid-input"
    )
    answer = {"text": "It looks harmless.", "safety_net": NET}
    assert api("post", f"{case}/answer", token=grace.access, json=answer).status_code == 201
    assert_problem(api("post", f"{case}/answer", token=grace.access, json=answer), 409, "conflict")
    assert api("get", f"{case}/draft", token=grace.access).json()["saved_at"] is None
    more = api("post", f"{case}/amendments", token=grace.access, json={"text": "And rest."})
    assert more.status_code == 201
    read_by_ada = api("get", asked_by(case), token=ada.access).json()
    assert read_by_ada["status"] == "answered"
    assert [one["kind"] for one in read_by_ada["messages"]] == ["answer", "amendment"]
    assert NET in read_by_ada["messages"][0]["text"]


def test_a_letter_is_a_pdf_for_both(api: Api, ada: Person, grace: Person, case: str) -> None:
    own = f"{asked_by(case)}/letter.pdf"
    assert_problem(api("get", own, token=ada.access), 404, "not-found")
    written = {"recipient": "To whom it may concern", "text": "Please see this person soon."}
    assert api("put", f"{case}/letter", token=grace.access, json=written).status_code == 204
    for path, who in ((f"{case}/letter.pdf", grace), (own, ada)):
        pdf = api("get", path, token=who.access)
        assert pdf.status_code == 200
        assert pdf.headers["content-type"] == "application/pdf"
        assert pdf.headers["cache-control"] == "private, no-store"
        assert pdf.content.startswith(b"%PDF-")


def test_notes_are_for_those_who_read_the_case(
    api: Api, ada: Person, grace: Person, case: str
) -> None:
    noted = api("post", f"{case}/notes", token=grace.access, json={"text": "Compare with May."})
    assert noted.status_code == 204
    [note] = api("get", f"{case}/notes", token=grace.access).json()["notes"]
    assert (note["author"], note["text"]) == ("Grace Hopper", "Compare with May.")
    other = person(Role.DERMATOLOGIST)
    assert_problem(api("get", f"{case}/notes", token=other.access), 404, "not-found")
    assert_problem(api("get", f"{case}/notes", token=ada.access), 403, "not-allowed")


def photo_of(api: Api, grace: Person, case: str) -> str:
    photos = api("get", case, token=grace.access).json()["photos"]
    address = next(one["image_url"] for one in photos if one["image_url"])
    return str(UUID(address.rsplit("/", 1)[1]))


def asked_by(case: str) -> str:
    """The same question as the person reads it."""
    return case.replace("/cases/", "/consultations/")


def test_a_template_is_changed_and_removed_by_who_keeps_it_and_read_by_all_when_shared(
    api: Api, grace: Person
) -> None:
    path = "/dermatologist/templates"
    colleague = person(Role.DERMATOLOGIST)

    def titles(who: Person) -> list[str]:
        listed = api("get", path, token=who.access).json()["templates"]
        return [one["title"] for one in listed]

    own = api("post", path, token=grace.access, json={"title": "Mine", "text": "Hello"})
    sent = {"title": "Ours", "text": "Hello [first name]", "is_shared": True}
    shared = api("post", path, token=grace.access, json=sent)
    assert (own.status_code, shared.status_code) == (201, 201)
    assert titles(grace)[:2] == ["Mine", "Ours"]
    assert "Ours" in titles(colleague)
    assert "Mine" not in titles(colleague)
    for kept in (own, shared):
        one = f"{path}/{kept.json()['id']}"
        words = {"title": "Changed", "text": "x"}
        assert_problem(api("put", one, token=colleague.access, json=words), 404, "not-found")
        assert_problem(api("delete", one, token=colleague.access), 404, "not-found")
        assert api("put", one, token=grace.access, json=words).status_code == 204
        assert titles(grace).count("Changed") == 1
        assert api("delete", one, token=grace.access).status_code == 204
    assert not {"Mine", "Ours", "Changed"} & set(titles(grace))
