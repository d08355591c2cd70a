"""Registering, signing in and out, and refresh tokens that work once."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import jwt
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from core.people import Role
from core.settings import settings
from data import users
from data.database import transaction
from pipeline import web_sessions
from tests import people
from tests.api.calling import Api, assert_problem, opened, person

ADA: dict[str, Any] = {
    "email": "ada@example.org",
    "password": people.PASSWORD,
    "first_name": "Ada",
    "last_name": "Byron",
}
CREDENTIALS = {"email": ADA["email"], "password": ADA["password"]}


def test_registering_signing_in_and_being_known(api: Api) -> None:
    made = api.post("/auth/register", json=ADA | {"age": 36, "skin_type": "dry"})
    assert made.status_code == 201
    signed_in = api.post("/auth/login", json=CREDENTIALS)
    assert signed_in.status_code == 200
    assert signed_in.json()["token_type"] == "bearer"
    assert signed_in.json()["expires_in"] == 3600
    me = api.get("/users/me", token=signed_in.json()["access_token"]).json()
    assert me["user_id"] == made.json()["user_id"]
    assert (me["age"], me["skin_type"], me["role"]) == (36, "dry", "user")


def test_the_form_of_oauth2_signs_in_at_the_same_address(api: Api) -> None:
    ada = person()
    form = {"grant_type": "password", "username": ada.email, "password": ada.password, "scope": ""}
    answer = api.post("/auth/login", data=form)
    assert api.get("/users/me", token=answer.json()["access_token"]).status_code == 200


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"", "application/json", 422),
        (b"{", "application/json", 422),
        (b"[" * 100_00, "application/json", 422),
        (b"null", "application/json", 422),
        (b'{"email": 1, "password": null}', "application/json", 422),
        (b'{"email": "a", "password": "b", "role": "admin"}', "application/json", 422),
        (b'{"email": "\\ud800", "password": "\\u0000"}', "application/json", 422),
        (b"username=a", "application/x-www-form-urlencoded", 422),
        (b"username=a&username=b&password=c", "application/x-www-form-urlencoded", 400),
        (b"username=%ff&password=%00", "application/x-www-form-urlencoded", 400),
        (b"\xff\xfe", "application/x-www-form-urlencoded", 400),
        (b"&".join([b"a=b"] * 100), "application/x-www-form-urlencoded", 400),
        (b"<xml/>", "application/xml", 415),
        (b'{"email": "a"}', "text/plain", 415),
        (b"x", "", 415),
    ],
)
def test_a_sign_in_that_cannot_be_read_is_refused_in_words(
    api: Api, content: bytes, kind: str, status: int
) -> None:
    answer = api.post("/auth/login", content=content, headers={"content-type": kind})
    slug = {400: "invalid-request", 415: "unsupported-media-type", 422: "invalid-input"}[status]
    assert_problem(answer, status, slug)


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(api: Api) -> None:
    ada = person()
    problems = [
        assert_problem(api.post("/auth/login", json=tried), 401, "not-signed-in")
        for tried in (
            {"email": ada.email, "password": "wrong"},
            {"email": "nobody@example.org", "password": ada.password},
            {"email": "no address", "password": ada.password},
        )
    ]
    assert len({problem["detail"] for problem in problems}) == 1


@pytest.mark.usefixtures("fresh_database")
def test_too_many_failures_are_told_to_wait_as_on_the_pages() -> None:
    with opened(settings()) as client:
        api = Api(client)
        ada = person()
        wrong = {"email": ada.email, "password": "wrong"}
        statuses = [api.post("/auth/login", json=wrong).status_code for _ in range(4)]
        assert statuses == [401, 401, 401, 429]
        answer = api.post("/auth/login", json={"email": ada.email, "password": ada.password})
        assert_problem(answer, 429, "too-many")  # the right password too
        assert int(answer.headers["retry-after"]) >= 1


def test_an_address_that_has_an_account_gets_no_second_one(api: Api) -> None:
    ada = person()
    answer = api.post("/auth/register", json=ADA | {"email": ada.email.upper()})
    assert_problem(answer, 409, "conflict")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("role", "admin"),
        ("is_active", True),
        ("user_id", "x"),
        ("email", "no address"),
        ("email", None),
        ("password", "short"),
        ("password", "password1"),
        ("first_name", ""),
        ("last_name", ["Byron"]),
        ("age", 12),
        ("age", "36"),
        ("age", 36.5),
        ("age", 10**30),
        ("skin_type", "green"),
        ("consent_to_analysis", "yes"),
    ],
)
def test_an_account_that_may_not_be_is_refused(api: Api, field: str, value: object) -> None:
    answer = api.post("/auth/register", json=ADA | {field: value})
    assert_problem(answer, 422, "invalid-input")
    assert api.post("/auth/login", json=CREDENTIALS).status_code == 401


def test_consent_is_given_only_by_those_who_say_so(api: Api) -> None:
    for email, agrees in (("a@example.org", True), ("b@example.org", False)):
        api.post("/auth/register", json=ADA | {"email": email, "consent_to_analysis": agrees})
        token = api.post("/auth/login", json=CREDENTIALS | {"email": email}).json()["access_token"]
        consents = api.get("/users/me/consents", token=token).json()["consents"]
        in_force = [one["purpose"] for one in consents if one["in_force"]]
        assert in_force == (["analysis"] if agrees else [])


def test_a_refresh_token_gives_the_next_pair_of_the_same_session(api: Api) -> None:
    ada = person()
    pair = api.post("/auth/refresh", json={"refresh_token": ada.refresh}).json()
    assert api.get("/users/me", token=pair["access_token"]).status_code == 200
    assert api.get("/users/me", token=ada.access).status_code == 200  # until it expires
    again = api.post("/auth/refresh", json={"refresh_token": pair["refresh_token"]})
    assert again.status_code == 200
    sessions = api.get("/users/me/sessions", token=again.json()["access_token"]).json()
    assert len(sessions["sessions"]) == 1


def test_a_refresh_token_used_twice_ends_the_session_for_both(api: Api) -> None:
    ada = person()
    thief = api.post("/auth/refresh", json={"refresh_token": ada.refresh}).json()
    owner = api.post("/auth/refresh", json={"refresh_token": ada.refresh})
    assert "used before" in assert_problem(owner, 401, "not-signed-in")["detail"]
    for token in (ada.access, thief["access_token"]):
        assert_problem(api.get("/users/me", token=token), 401, "not-signed-in")
    stolen = api.post("/auth/refresh", json={"refresh_token": thief["refresh_token"]})
    assert_problem(stolen, 401, "not-signed-in")


@pytest.mark.usefixtures("fresh_database")
def test_of_ten_that_refresh_at_once_one_gets_a_pair_and_the_session_ends() -> None:
    ada = person()
    with opened(settings()) as client:
        api = Api(client)
        ready = threading.Barrier(10)

        def refresh(_: int) -> int:
            ready.wait()
            return api.post("/auth/refresh", json={"refresh_token": ada.refresh}).status_code

        with ThreadPoolExecutor(10) as pool:
            statuses = Counter(pool.map(refresh, range(10)))
        assert statuses == {200: 1, 401: 9}
        assert api.get("/users/me", token=ada.access).status_code == 401


@pytest.mark.parametrize("name", ["access", "nonsense", ""])
def test_only_a_refresh_token_refreshes(api: Api, name: str) -> None:
    ada = person()
    token = getattr(ada, name, name)
    answer = api.post("/auth/refresh", json={"refresh_token": token})
    assert_problem(answer, 401, "not-signed-in")
    assert api.get("/users/me", token=ada.access).status_code == 200  # no harm done


def test_a_forged_refresh_token_ends_nobodys_session(api: Api) -> None:
    ada = person()
    claims = jwt.decode(ada.refresh, options={"verify_signature": False})
    forged = jwt.encode(claims | {"jti": "another"}, b"x" * 64, algorithm="HS256")
    assert api.post("/auth/refresh", json={"refresh_token": forged}).status_code == 401
    assert api.post("/auth/refresh", json={"refresh_token": ada.refresh}).status_code == 200


def test_logging_out_ends_this_session_and_no_other(api: Api) -> None:
    ada = person()
    credentials = {"email": ada.email, "password": ada.password}
    there = api.post("/auth/login", json=credentials).json()["access_token"]
    assert api.post("/auth/logout", token=ada.access).status_code == 204
    assert_problem(api.post("/auth/logout", token=ada.access), 401, "not-signed-in")
    assert api.get("/users/me", token=there).status_code == 200


def test_an_access_token_outlives_no_session(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKINCARE_SESSION_ABSOLUTE_HOURS", "0.5")
    settings.cache_clear()
    ada = person()
    claims = jwt.decode(ada.access, options={"verify_signature": False})
    monkeypatch.delenv("SKINCARE_SESSION_ABSOLUTE_HOURS")
    settings.cache_clear()
    assert claims["exp"] - claims["iat"] <= 1800


def test_tokens_name_no_one(api: Api) -> None:
    ada = person(first_name="Canary", email="canary@example.org")
    for token in (ada.access, ada.refresh):
        claims = jwt.decode(token, options={"verify_signature": False})
        assert set(claims) == {"iss", "aud", "sub", "sid", "jti", "typ", "iat", "exp"}
        assert "canary" not in str(claims).lower()


@pytest.mark.parametrize("role", Role)
def test_every_role_signs_in(api: Api, role: Role) -> None:
    somebody = person(role)
    assert api.get("/users/me", token=somebody.access).json()["role"] == role


def test_signing_in_is_noted(api: Api) -> None:
    ada = person()
    api.post("/auth/login", json={"email": ada.email, "password": ada.password})
    with transaction() as session:
        assert users.get(session, ada.user_id).last_login is not None
        latest = web_sessions.live(session, ada.user_id)
    assert {one.address_hint for one in latest} == {"203.0.113.…"}


@how(max_examples=40, suppress_health_check=list(HealthCheck))
@given(body=st.binary(max_size=300), form=st.booleans())
def test_no_bytes_make_the_sign_in_fail(api: Api, body: bytes, form: bool) -> None:
    kind = "application/x-www-form-urlencoded" if form else "application/json"
    answer = api.post("/auth/login", content=body, headers={"content-type": kind})
    assert answer.status_code in (400, 401, 422, 429)


@how(max_examples=30, suppress_health_check=list(HealthCheck))
@given(name=st.text(max_size=40))
def test_no_form_field_makes_the_sign_in_fail(api: Api, name: str) -> None:
    encoded = quote(name, errors="replace")
    answer = api.post(
        "/auth/login",
        content=f"username={encoded}&password={encoded}",
        headers={"content-type": "application/x-www-form-urlencoded; charset=utf-8"},
    )
    assert answer.status_code in (401, 422, 429)
