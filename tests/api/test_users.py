"""The person's own account over the API."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from data.database import transaction
from data.tables import Erasure, User
from tests.api.calling import Api, Person, assert_problem, person

FOUNDING = {
    "user_id",
    "email",
    "first_name",
    "last_name",
    "age",
    "skin_type",
    "created_at",
    "updated_at",
    "preferences",
    "is_active",
    "last_login",
    "profile_picture_url",
}


def photo(width: int = 300, height: int = 200, form: str = "JPEG") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), (200, 150, 120)).save(file, form)
    return file.getvalue()


def test_an_account_has_the_fields_of_the_founding_documents(api: Api) -> None:
    ada = person(age=36)
    me = api.get("/users/me", token=ada.access).json()
    assert me.keys() == FOUNDING | {"role"}
    assert me["is_active"] is True
    assert me["profile_picture_url"] is None
    assert datetime.fromisoformat(me["created_at"]).tzinfo is UTC


def test_a_change_leaves_the_rest_as_it_is(api: Api) -> None:
    ada = person(age=36)
    changed = api.put("/users/me", token=ada.access, json={"first_name": "Augusta"}).json()
    assert (changed["first_name"], changed["last_name"], changed["age"]) == ("Augusta", "Byron", 36)
    assert api.get("/users/me", token=ada.access).json() == changed


def test_no_change_at_all_is_none(api: Api) -> None:
    ada = person()
    before = api.get("/users/me", token=ada.access).json()
    assert api.put("/users/me", token=ada.access, json={}).json() == before


def test_null_takes_back_what_may_be_unknown(api: Api) -> None:
    ada = person(age=36)
    given: dict[str, Any] = {"age": 40, "skin_type": "oily", "preferences": {"a": [1, None]}}
    me = api.put("/users/me", token=ada.access, json=given).json()
    assert me.items() >= given.items()
    empty = {"age": None, "skin_type": None, "preferences": None}
    me = api.put("/users/me", token=ada.access, json=empty).json()
    assert (me["age"], me["skin_type"], me["preferences"]) == (None, None, {})


@pytest.mark.parametrize(
    "change",
    [
        {"first_name": None},
        {"last_name": None},
        {"first_name": ""},
        {"first_name": "a\u0000b"},
        {"age": 12},
        {"age": "36"},
        {"age": True},
        {"age": 2**63},
        {"skin_type": "green"},
        {"preferences": [1]},
        {"preferences": {"a": "\u0000"}},
        {"preferences": {"a": "x" * 10_001}},
        {"role": "admin"},
        {"is_active": False},
        {"email": "other@example.org"},
        {"password": "green piano north tea"},
        {"user_id": "0199e0a8-6f0e-7c3a-9d58-3a1b2c4d5e6f"},
        {"profile_picture_url": "https://evil.example/x.png"},
    ],
    ids=str,
)
def test_what_may_not_be_is_refused_and_changes_nothing(api: Api, change: dict[str, Any]) -> None:
    ada = person()
    before = api.get("/users/me", token=ada.access).json()
    answer = api.put("/users/me", token=ada.access, json={"last_name": "Lovelace", **change})
    assert_problem(answer, 422, "invalid-input")
    assert api.get("/users/me", token=ada.access).json() == before


def test_numbers_that_are_none_are_refused(api: Api) -> None:
    ada = person()
    for text in ('{"preferences": {"a": NaN}}', '{"preferences": {"a": Infinity}}', '{"age": NaN}'):
        answer = api.put(
            "/users/me",
            token=ada.access,
            content=text,
            headers={"content-type": "application/json"},
        )
        assert_problem(answer, 422, "invalid-input")


def test_closing_an_account_needs_the_password(api: Api) -> None:
    ada = person()
    answer = api.delete("/users/me", token=ada.access, json={"password": "wrong"})
    assert_problem(answer, 403, "not-allowed")
    assert api.get("/users/me", token=ada.access).status_code == 200


def test_a_closed_account_is_erased_after_the_days_of_grace(api: Api) -> None:
    ada = person()
    answer = api.delete("/users/me", token=ada.access, json={"password": ada.password})
    assert answer.json() == {
        "message": "Account deleted successfully",
        "erased_after_days": 30,
        "erased": [],
    }
    with transaction() as session:
        row = session.get_one(User, ada.user_id)
        due = session.scalars(select(Erasure.due_at).where(Erasure.user_id == ada.user_id)).one()
    assert row.is_active is False
    assert 29 <= (due - datetime.now(UTC)).days <= 30
    signing_in = {"email": ada.email, "password": ada.password}
    assert api.post("/auth/login", json=signing_in).status_code == 401


def test_an_account_is_erased_at_once_for_those_who_want_that(api: Api) -> None:
    ada = person()
    closing = {"password": ada.password}
    answer = api.delete("/users/me?erase=now", token=ada.access, json=closing)
    said = answer.json()
    assert said["message"] == "Account deleted successfully"
    assert said["erased_after_days"] == 0
    receipt = {line["what"]: line["number"] for line in said["erased"]}
    assert receipt["the account, with name, e-mail address and password"] == 1
    with transaction() as session:
        assert session.get(User, ada.user_id) is None


def test_another_word_for_now_closes_nothing(api: Api) -> None:
    ada = person()
    closing = {"password": ada.password}
    answer = api.delete("/users/me?erase=tomorrow", token=ada.access, json=closing)
    assert_problem(answer, 422, "invalid-input")
    assert api.get("/users/me", token=ada.access).status_code == 200


def test_a_new_password_is_the_one_that_counts(api: Api) -> None:
    ada = person()
    change = {"current_password": ada.password, "new_password": "green piano north tea"}
    assert api.put("/users/me/password", token=ada.access, json=change).status_code == 204
    assert api.get("/users/me", token=ada.access).status_code == 200  # this session goes on
    old = {"email": ada.email, "password": ada.password}
    assert api.post("/auth/login", json=old).status_code == 401
    new = old | {"password": "green piano north tea"}
    assert api.post("/auth/login", json=new).status_code == 200


@pytest.mark.parametrize(
    ("current", "new", "status"),
    [("wrong", "green piano north tea", 403), (None, "password1", 422), (None, "ada byron", 422)],
)
def test_a_password_is_not_changed_to_just_anything(
    api: Api, current: str | None, new: str, status: int
) -> None:
    ada = person()
    change = {"current_password": current or ada.password, "new_password": new}
    assert api.put("/users/me/password", token=ada.access, json=change).status_code == status
    signing_in = {"email": ada.email, "password": ada.password}
    assert api.post("/auth/login", json=signing_in).status_code == 200


def test_the_picture_is_the_middle_square_and_its_owners_own(api: Api) -> None:
    ada, eve = person(), person()
    files = {"picture": ("face.png", photo(form="PNG"), "image/png")}
    assert api.put("/users/me/picture", token=ada.access, files=files).status_code == 204
    assert _url(api, ada) == "/api/v1/users/me/picture"
    answer = api.get("/users/me/picture", token=ada.access)
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"] == "private, no-store"
    with Image.open(io.BytesIO(answer.content)) as image:
        assert image.size == (256, 256)
    assert_problem(api.get("/users/me/picture", token=eve.access), 404, "not-found")
    assert api.delete("/users/me/picture", token=eve.access).status_code == 204  # she had none
    assert _url(api, ada) is not None
    assert api.delete("/users/me/picture", token=ada.access).status_code == 204
    assert_problem(api.get("/users/me/picture", token=ada.access), 404, "not-found")


@pytest.mark.parametrize(
    ("files", "slug"),
    [
        ({"picture": ("x.jpg", b"no photo", "image/jpeg")}, "unreadable-photo"),
        ({"picture": ("x.jpg", b"", "image/jpeg")}, "unreadable-photo"),
        ({"other": ("x.jpg", b"x", "image/jpeg")}, "invalid-input"),
    ],
)
def test_what_is_no_picture_is_refused(api: Api, files: dict[str, Any], slug: str) -> None:
    ada = person()
    answer = api.put("/users/me/picture", token=ada.access, files=files)
    assert_problem(answer, 422, slug)
    assert _url(api, ada) is None


def test_a_picture_sent_as_json_is_the_wrong_format(api: Api) -> None:
    ada = person()
    answer = api.put("/users/me/picture", token=ada.access, json={"picture": "x"})
    assert_problem(answer, 415, "unsupported-media-type")


def test_consents_are_given_and_withdrawn_one_by_one(api: Api) -> None:
    ada = person(consent_to_analysis=False)
    listed = api.get("/users/me/consents", token=ada.access).json()["consents"]
    assert {one["purpose"] for one in listed if not one["in_force"]} == {
        "analysis",
        "dermatologist",
        "statistics",
        "model_improvement",
        "health_answers",
        "safety_answers",
    }
    [shown] = [one for one in listed if one["purpose"] == "statistics"]
    assert "ten people" in shown["current_wording"]
    agreement = {"wording_version": shown["current_wording_version"]}
    given = api.put("/users/me/consents/statistics", token=ada.access, json=agreement).json()
    assert given["in_force"] is True
    assert given["wording_version"] == shown["current_wording_version"]
    withdrawn = api.delete("/users/me/consents/statistics", token=ada.access).json()
    assert withdrawn["in_force"] is False
    assert withdrawn["withdrawn_at"] is not None
    again = api.delete("/users/me/consents/statistics", token=ada.access)
    assert again.json() == withdrawn


def test_nobody_agrees_to_words_that_are_no_longer_shown(api: Api) -> None:
    ada = person(consent_to_analysis=False)
    agreement = {"wording_version": "0"}
    answer = api.put("/users/me/consents/analysis", token=ada.access, json=agreement)
    assert_problem(answer, 409, "conflict")
    assert_problem(
        api.put("/users/me/consents/everything", token=ada.access, json=agreement),
        422,
        "invalid-input",
    )


def test_sessions_are_listed_and_ended_by_their_owner_only(api: Api) -> None:
    ada, eve = person(), person()
    credentials = {"email": ada.email, "password": ada.password}
    there = api.post("/auth/login", json=credentials).json()["access_token"]
    listed = api.get("/users/me/sessions", token=ada.access).json()["sessions"]
    assert [one["is_current"] for one in listed].count(True) == 1
    [other] = [one["session_id"] for one in listed if not one["is_current"]]
    foreign = api.delete(f"/users/me/sessions/{other}", token=eve.access)
    assert_problem(foreign, 404, "not-found")
    assert api.get("/users/me", token=there).status_code == 200
    assert api.delete(f"/users/me/sessions/{other}", token=ada.access).status_code == 204
    assert_problem(api.get("/users/me", token=there), 401, "not-signed-in")
    again = api.delete(f"/users/me/sessions/{other}", token=ada.access)
    assert again.json()["detail"] == foreign.json()["detail"]  # gone and foreign look alike


def test_all_other_sessions_end_together(api: Api) -> None:
    ada = person()
    credentials = {"email": ada.email, "password": ada.password}
    others = [api.post("/auth/login", json=credentials).json()["access_token"] for _ in range(3)]
    assert api.delete("/users/me/sessions", token=ada.access).status_code == 204
    assert {api.get("/users/me", token=token).status_code for token in others} == {401}
    assert api.get("/users/me", token=ada.access).status_code == 200


def _url(api: Api, whose: Person) -> str | None:
    found: str | None = api.get("/users/me", token=whose.access).json()["profile_picture_url"]
    return found
