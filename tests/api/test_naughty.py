"""Hostile text in every text field of the account: an answer of 4xx, or exactly what was sent."""

from __future__ import annotations

import json
import secrets
import unicodedata
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from tests.api.calling import Api, Person, person
from tests.attacks.naughty import NUMBERS, STRINGS, SURROGATES
from tests.people import PASSWORD

REFUSED = {401, 403, 404, 409, 413, 422, 429}


def register(**hostile: Any) -> tuple[str, str, dict[str, Any]]:
    fields = {
        "email": f"{secrets.token_hex(6)}@example.org",
        "password": PASSWORD,
        "first_name": "Ada",
        "last_name": "Byron",
    }
    return "POST", "/auth/register", fields | hostile


# Every text field of every body: method, address, body.
FIELDS: dict[str, Callable[[Any], tuple[str, str, Any]]] = {
    "register email": lambda text: register(email=text),
    "register password": lambda text: register(password=text),
    "register first_name": lambda text: register(first_name=text),
    "register last_name": lambda text: register(last_name=text),
    "register skin_type": lambda text: register(skin_type=text),
    "register unknown": lambda text: register(**{str(text): text}),
    "login email": lambda text: ("POST", "/auth/login", {"email": text, "password": "x"}),
    "login password": lambda text: (
        "POST",
        "/auth/login",
        {"email": f"{secrets.token_hex(6)}@example.org", "password": text},
    ),
    "refresh": lambda text: ("POST", "/auth/refresh", {"refresh_token": text}),
    "first_name": lambda text: ("PUT", "/users/me", {"first_name": text}),
    "last_name": lambda text: ("PUT", "/users/me", {"last_name": text}),
    "skin_type": lambda text: ("PUT", "/users/me", {"skin_type": text}),
    "preference": lambda text: ("PUT", "/users/me", {"preferences": {"a": text}}),
    "preference's name": lambda text: ("PUT", "/users/me", {"preferences": {str(text): 1}}),
    "current password": lambda text: (
        "PUT",
        "/users/me/password",
        {"current_password": text, "new_password": "green piano north tea"},
    ),
    "new password": lambda text: (
        "PUT",
        "/users/me/password",
        {"current_password": "wrong", "new_password": text},
    ),
    "closing": lambda text: ("DELETE", "/users/me", {"password": text}),
    "wording": lambda text: (
        "PUT",
        "/users/me/consents/statistics",
        {"wording_version": text},
    ),
}


def _json(value: Any) -> bytes:
    """As an attacker writes it: escapes for what UTF-8 cannot carry, NaN as such."""
    return json.dumps(value).encode("ascii")


def send(api: Api, ada: Person, field: str, value: Any) -> None:
    method, path, body = FIELDS[field](value)
    headers = {"content-type": "application/json"}
    answer = api(method, path, token=ada.access, content=_json(body), headers=headers)
    assert answer.status_code in REFUSED | {200, 201}, (field, ascii(value), answer.text)
    if answer.status_code == 200 and field in ("first_name", "last_name"):
        kept = unicodedata.normalize("NFC", str(value)).strip()
        assert answer.json()[field] == kept
    if answer.status_code == 200 and field == "preference" and not isinstance(value, float):
        assert api.get("/users/me", token=ada.access).json()["preferences"] == {"a": value}


@pytest.fixture
def ada(api: Api) -> Person:
    return person()


@pytest.mark.parametrize("field", FIELDS)
def test_hostile_text_is_refused_or_kept_as_it_is(api: Api, ada: Person, field: str) -> None:
    for text in [*STRINGS, *SURROGATES]:
        send(api, ada, field, text)


@pytest.mark.parametrize("field", [f for f in FIELDS if not f.endswith(("unknown", "name"))])
def test_what_is_no_text_is_refused(api: Api, ada: Person, field: str) -> None:
    for value in [*NUMBERS, 2**63, 10**400, True, [], {}, ["x"], {"x": "y"}]:
        send(api, ada, field, value)


@how(max_examples=50, suppress_health_check=list(HealthCheck))
@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=50),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=8,
    ),
    field=st.sampled_from(sorted(FIELDS)),
)
def test_no_json_makes_a_request_fail(api: Api, ada: Person, value: Any, field: str) -> None:
    method, path, body = FIELDS[field](value)
    headers = {"content-type": "application/json"}
    answer = api(method, path, token=ada.access, content=_json(body), headers=headers)
    assert answer.status_code < 500, answer.text


def test_addresses_and_parameters_may_be_anything(api: Api, ada: Person) -> None:
    for text in STRINGS:
        quoted = quote(text, safe="", errors="replace")[:2000]
        for method, path in (
            ("DELETE", f"/users/me/sessions/{quoted}"),
            ("PUT", f"/users/me/consents/{quoted}"),
            ("GET", f"/{quoted}"),
            ("DELETE", f"/users/me?erase={quoted}"),
        ):
            answer = api(method, path, token=ada.access, json={"wording_version": "1"})
            assert answer.status_code < 500, (path, answer.text)
    assert api.get("/users/me", token=ada.access).status_code == 200


def test_every_text_field_of_the_document_is_tried_here(api: Api) -> None:
    """The account's bodies; others are tried beside the routes that take them."""
    document = api.get("/openapi.json").json()
    ours = ("Registration", "RefreshToken", "UserChanges", "PasswordChange", "Closing", "Agreement")
    texts = {
        name
        for schema in ours
        for name, field in document["components"]["schemas"][schema]["properties"].items()
        if "string" in str(field) or "SkinType" in str(field) or "object" in str(field)
    }
    sent = {name for try_ in FIELDS.values() for name in try_("x")[2]}
    assert texts <= sent
