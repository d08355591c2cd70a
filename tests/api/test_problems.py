"""One shape for every error; nothing of what was sent comes back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import APIRouter
from structlog.testing import capture_logs

from api.v1 import problems, routes
from core import errors
from core.settings import settings
from data.database import transaction
from tests.api.calling import ADDRESS, Api, assert_problem, opened, person

CANARY = "canary7c3a"

_fails = APIRouter(prefix="/fails")


@_fails.get("/unexpectedly")
def _unexpectedly() -> None:
    raise RuntimeError(f"{CANARY} postgresql://user:secret@host/name")


@_fails.get("/{name}")
def _fail(name: str) -> None:
    known: dict[str, errors.SkincareError] = {
        "rejected": errors.PhotoRejected(("Too dark.", "Too far away.")),
        "unreadable": errors.UnreadablePhoto("This is no photo."),
        "many": errors.TooMany("Wait a little.", 0.2),
        "away": errors.Unavailable("The store is away."),
        "conflict": errors.Conflict("It exists."),
        "allowed": errors.NotAllowed("Not you."),
        "found": errors.NotFound("No such thing."),
    }
    raise known[name]


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    monkeypatch.setattr("api.v1.app.ROUTERS", (*routes.ROUTERS, _fails))
    with opened(settings()) as client:
        yield Api(client)


@pytest.mark.parametrize(
    ("name", "status", "slug"),
    [
        ("rejected", 422, "photo-rejected"),
        ("unreadable", 422, "unreadable-photo"),
        ("many", 429, "too-many"),
        ("away", 503, "unavailable"),
        ("conflict", 409, "conflict"),
        ("allowed", 403, "not-allowed"),
        ("found", 404, "not-found"),
    ],
)
def test_every_error_of_ours_has_its_problem(
    failing: Api, name: str, status: int, slug: str
) -> None:
    answer = failing.get(f"/fails/{name}")
    found = assert_problem(answer, status, slug)
    assert ("retry-after" in answer.headers) == (status in (429, 503))
    assert found.get("reasons") == (["Too dark.", "Too far away."] if name == "rejected" else None)


def _family(root: type[errors.SkincareError]) -> set[type[errors.SkincareError]]:
    children = set(root.__subclasses__())
    return children.union(*(_family(child) for child in children))


def test_every_kind_of_error_has_a_kind_of_problem() -> None:
    family = {one for one in _family(errors.SkincareError) if one.__module__ == "core.errors"}
    assert family == problems._OF_ERRORS.keys()


def test_what_nobody_expected_says_nothing_but_a_reference(failing: Api) -> None:
    with capture_logs() as lines:
        answer = failing.get("/fails/unexpectedly")
    found = assert_problem(answer, 500, "unexpected")
    assert CANARY not in answer.text
    assert "secret" not in answer.text
    [line] = [line for line in lines if line["event"] == "request_failed"]
    assert line["exc_info"]
    assert found["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize(
    ("method", "path", "more", "status", "slug"),
    [
        ("GET", f"/{CANARY}", {}, 404, "not-found"),
        ("GET", "/users/me/", {}, 404, "not-found"),
        ("GET", f"/users/{CANARY}", {}, 404, "not-found"),
        ("PATCH", "/users/me", {}, 405, "method-not-allowed"),
        ("TRACE", "/users/me", {}, 405, "method-not-allowed"),
        ("OPTIONS", "/users/me", {}, 405, "method-not-allowed"),
        (CANARY.upper(), "/users/me", {}, 405, "method-not-allowed"),
        ("POST", "/docs", {}, 405, "method-not-allowed"),
        ("POST", "/auth/register", {"content": CANARY}, 415, "unsupported-media-type"),
        ("POST", "/auth/register", {"data": {CANARY: CANARY}}, 415, "unsupported-media-type"),
        ("POST", "/auth/register", {"json": {CANARY: CANARY}}, 422, "invalid-input"),
        ("POST", "/auth/register", {"json": CANARY}, 422, "invalid-input"),
        ("POST", "/auth/register", {"json": [CANARY]}, 422, "invalid-input"),
        (
            "POST",
            "/auth/register",
            {"json": dict.fromkeys(("email", "password", "age", "skin_type"), CANARY)},
            422,
            "invalid-input",
        ),
        ("POST", "/auth/login", {"json": {"email": [CANARY], CANARY: 1}}, 422, "invalid-input"),
        ("POST", "/auth/refresh", {"json": {"refresh_token": CANARY}}, 401, "not-signed-in"),
    ],
)
def test_nothing_that_was_sent_comes_back(
    api: Api, method: str, path: str, more: dict[str, Any], status: int, slug: str
) -> None:
    answer = api(method, path, **more)
    assert_problem(answer, status, slug)
    everything = f"{answer.text} {answer.headers}"
    assert CANARY not in everything.lower()
    assert ADDRESS not in everything


def test_ids_that_are_none_are_named_without_being_repeated(api: Api) -> None:
    answer = api.delete(f"/users/me/sessions/{CANARY}", token=person().access)
    found = assert_problem(answer, 422, "invalid-input")
    assert found["errors"][0]["field"] == "session_id"
    assert CANARY not in answer.text


def test_broken_json_is_named(api: Api) -> None:
    sent = {"content": f'{{"{CANARY}": ', "headers": {"content-type": "application/json"}}
    answer = api.post("/auth/register", **sent)
    found = assert_problem(answer, 422, "invalid-input")
    assert found["detail"] == "The body is no valid JSON."
    assert CANARY not in answer.text


def test_a_body_that_breaks_the_reader_is_a_bad_request(api: Api) -> None:
    for text in ("[" * 30_000, '{"age": ' + "9" * 5000 + "}", '"\ud800"'):
        content = text.encode("utf-8", "surrogatepass")
        headers = {"content-type": "application/json"}
        answer = api.post("/auth/register", content=content, headers=headers)
        assert answer.status_code in (400, 422), answer.text


def test_every_missing_field_is_named(api: Api) -> None:
    found = assert_problem(api.post("/auth/register", json={}), 422, "invalid-input")
    assert [one["field"] for one in found["errors"]] == [
        "email",
        "password",
        "first_name",
        "last_name",
    ]


def test_an_address_says_all_of_its_methods(api: Api) -> None:
    assert api("PATCH", "/users/me").headers["allow"] == "DELETE, GET, HEAD, PUT"
    assert api("GET", "/auth/login").headers["allow"] == "POST"
    session = "/users/me/sessions/0199e0a8-6f0e-7c3a-9d58-3a1b2c4d5e6f"
    assert api("POST", session).headers["allow"] == "DELETE"
    assert api("POST", "/openapi.json").headers["allow"] == "GET, HEAD"


def test_head_is_get_without_the_body(api: Api) -> None:
    ada = person()
    for path in ("/users/me", "/openapi.json", "/docs", "/health/live", "/nothing"):
        got, head = api.get(path, token=ada.access), api("HEAD", path, token=ada.access)
        assert head.status_code == got.status_code
        assert head.content == b""
        assert head.headers["content-type"] == got.headers["content-type"]
        if path != "/nothing":  # each problem has its own request id
            assert head.headers["content-length"] == got.headers["content-length"]


@pytest.mark.parametrize("given", ["a1b2c3d4", "A-b_c.9" + "x" * 40, "x" * 64])
def test_a_request_id_that_was_given_is_kept(api: Api, given: str) -> None:
    answer = api.get("/nothing", headers={"x-request-id": given})
    assert answer.headers["x-request-id"] == given
    assert assert_problem(answer, 404, "not-found")["request_id"] == given


@pytest.mark.parametrize(
    "given",
    ["", "short", "x" * 65, "a b c d e f", "<script>alert</script>", "ä" * 10, "../../../x"],
)
def test_a_request_id_that_is_none_is_replaced(api: Api, given: str) -> None:
    answer = api.get("/nothing", headers={"x-request-id": given.encode()})
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["x-request-id"])


def test_every_line_of_the_log_has_the_request_id(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also the lines that a route writes in its own thread."""
    import structlog

    seen: list[dict[str, Any]] = []

    def keep(_logger: Any, _name: str, event: Any) -> Any:
        seen.append(dict(event))
        raise structlog.DropEvent

    structlog.configure(processors=[structlog.contextvars.merge_contextvars, keep])
    try:
        wrong = {"email": "ada@example.org", "password": "wrong"}
        api.post("/auth/login", json=wrong, headers={"x-request-id": "given-request-id"})
    finally:
        structlog.reset_defaults()
    assert {line["event"] for line in seen} == {"sign_in_failed", "request"}
    assert {line["request_id"] for line in seen} == {"given-request-id"}


def test_the_log_names_routes_and_no_people(api: Api) -> None:
    ada = person(first_name="Canary", email=f"{CANARY}@example.org")
    with capture_logs() as lines:
        api.get("/users/me", token=ada.access, params={CANARY: CANARY})
        api.get(f"/{CANARY}")
        api.delete(f"/users/me/sessions/{ada.user_id}", token=ada.access)
    assert CANARY not in str(lines).lower()
    assert [line["route"] for line in lines if line["event"] == "request"] == [
        "/users/me",
        "(none)",
        "/users/me/sessions/{session_id}",
    ]


# ---------------------------------------------------------------------- size


def test_a_body_that_says_it_is_too_large_is_refused_unread(api: Api) -> None:
    answer = api.post("/auth/register", content=b"x" * 70_000)
    assert_problem(answer, 413, "too-large")


def test_a_body_that_only_becomes_too_large_is_refused_while_it_comes(api: Api) -> None:
    pieces = 0

    def body() -> Iterator[bytes]:
        nonlocal pieces
        for _ in range(1000):
            pieces += 1
            yield b"[" * 10_000

    headers = {"content-type": "application/json"}
    answer = api.post("/auth/register", content=body(), headers=headers)
    assert_problem(answer, 413, "too-large")


def test_a_large_body_is_taken_only_from_somebody_with_a_token(api: Api) -> None:
    files = {"picture": ("x.jpg", b"x" * 100_000, "image/jpeg")}
    for token in (None, "hello", person().refresh):
        answer = api.put("/users/me/picture", files=files, token=token)
        assert_problem(answer, 413, "too-large")
    answer = api.put("/users/me/picture", files=files, token=person().access)
    assert_problem(answer, 422, "unreadable-photo")


def test_one_picture_may_not_be_larger_than_one_photo(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SKINCARE_PHOTO_MAX_MB", "1")
    settings.cache_clear()
    with opened(settings()) as client:
        files = {"picture": ("x.jpg", b"x" * (1 << 21), "image/jpeg")}
        answer = Api(client).put("/users/me/picture", files=files, token=person().access)
    monkeypatch.delenv("SKINCARE_PHOTO_MAX_MB")
    settings.cache_clear()
    assert_problem(answer, 413, "too-large")


# ---------------------------------------------------------------------- other sites


def test_no_other_site_may_read_or_write(api: Api) -> None:
    ada = person()
    evil = {"origin": "https://evil.example"}
    answer = api.get("/users/me", token=ada.access, headers=evil)
    assert not [name for name in answer.headers if name.startswith("access-control-")]
    asked = {**evil, "access-control-request-method": "PUT"}
    assert_problem(api("OPTIONS", "/users/me", headers=asked), 405, "method-not-allowed")
    answer = api.put("/users/me", token=ada.access, json={"age": 40}, headers=evil)
    assert_problem(answer, 403, "not-allowed")
    rebound = api.get("/users/me", token=ada.access, headers={"host": "evil.example"})
    assert_problem(rebound, 421, "wrong-address")


def test_the_database_away_is_said_with_when_to_come_back(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = person().access
    with transaction() as session:
        session.commit()

    def away() -> None:
        raise errors.Unavailable("The database does not answer.")

    monkeypatch.setattr("data.database.engine", away)
    answer = api.get("/users/me", token=token)
    assert_problem(answer, 503, "unavailable")
    assert answer.headers["retry-after"] == "5"
