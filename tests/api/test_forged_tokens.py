"""Tokens that are not, or no longer, what they say."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest
from sqlalchemy import func, update

from core.keys import jwt_key
from core.people import Role
from core.settings import settings
from data.database import transaction
from data.tables import AuthSession
from pipeline import accounts, tokens, web_sessions
from tests import people
from tests.api.calling import Api, Person, assert_problem, person


def claims_of(token: str) -> dict[str, Any]:
    found: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return found


def signed(claims: dict[str, Any], *, key: bytes | None = None, algorithm: str = "HS256") -> str:
    return jwt.encode(claims, key or jwt_key(), algorithm=algorithm)


def unsigned(claims: dict[str, Any], algorithm: str = "none") -> str:
    parts = ({"alg": algorithm, "typ": "JWT"}, claims)
    packed = [base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=") for p in parts]
    return b".".join([*packed, b""]).decode()


def without(claims: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in claims.items() if key != name}


Forgery = Callable[[Person], str]

FORGERIES: dict[str, Forgery] = {
    "empty": lambda _: "",
    "no token at all": lambda _: "hello",
    "two dots": lambda _: "..",
    "naughty": lambda _: "eyJ\\u0000.%00.'; DROP TABLE users",
    "wrong key": lambda p: signed(claims_of(p.access), key=b"x" * 64),
    "empty key": lambda p: unsigned(claims_of(p.access), "HS256"),
    "alg none": lambda p: unsigned(claims_of(p.access)),
    "alg None": lambda p: unsigned(claims_of(p.access), "None"),
    "another algorithm": lambda p: signed(claims_of(p.access), algorithm="HS512"),
    "signature cut": lambda p: p.access[:-2],
    "signature of another": lambda p: f"{p.access.rpartition('.')[0]}.{p.refresh.split('.')[2]}",
    "expired": lambda p: signed(claims_of(p.access) | {"exp": 1_700_000_000}),
    "expires as text": lambda p: signed(claims_of(p.access) | {"exp": "never"}),
    "expires at infinity": lambda p: signed(claims_of(p.access) | {"exp": float("nan")}),
    "other audience": lambda p: signed(claims_of(p.access) | {"aud": "somebody-else"}),
    "several audiences": lambda p: signed(claims_of(p.access) | {"aud": [tokens.AUDIENCE, "x"]}),
    "other issuer": lambda p: signed(claims_of(p.access) | {"iss": "somebody-else"}),
    "refresh as access": lambda p: p.refresh,
    "other kind": lambda p: signed(claims_of(p.access) | {"typ": "admin"}),
    "somebody else": lambda p: signed(claims_of(p.access) | {"sub": str(person().user_id)}),
    "nobody": lambda p: signed(claims_of(p.access) | {"sub": str(uuid.uuid4())}),
    "subject no id": lambda p: signed(claims_of(p.access) | {"sub": "ada"}),
    "session that never was": lambda p: signed(claims_of(p.access) | {"sid": str(uuid.uuid4())}),
    "session of another": lambda p: signed(
        claims_of(p.access) | {"sid": claims_of(person().access)["sid"]}
    ),
    "session a list": lambda p: signed(claims_of(p.access) | {"sid": ["x"]}),
    **{
        f"without {name}": (lambda p, name=name: signed(without(claims_of(p.access), name)))  # type: ignore[misc]
        for name in ("iss", "aud", "sub", "jti", "typ", "sid", "iat", "exp")
    },
}


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES.keys())
def test_a_forged_token_opens_nothing(api: Api, forgery: Forgery) -> None:
    ada = person()
    answer = api.get("/users/me", token=forgery(ada))
    assert_problem(answer, 401, "not-signed-in")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert api.get("/users/me", token=ada.access).status_code == 200  # she herself comes in


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic {}", "Token {}", "{}", "Bearer {} x", "Bearer  {},{}"],
)
def test_a_token_in_another_dress_opens_nothing(api: Api, header: str) -> None:
    ada = person()
    sent = header.replace("{}", ada.access)
    assert_problem(api.get("/users/me", headers={"authorization": sent}), 401, "not-signed-in")


def test_a_cookie_or_a_parameter_opens_nothing(api: Api) -> None:
    with transaction() as session:
        ada = people.register(session)
        cookie = people.token_of(session, ada)
    headers = {"cookie": f"sid={cookie}; __Host-sid={cookie}"}
    assert_problem(api.get("/users/me", headers=headers), 401, "not-signed-in")
    parameters = {"access_token": person().access, "token": person().access}
    assert_problem(api.get("/users/me", params=parameters), 401, "not-signed-in")


def test_no_token_of_the_api_is_a_cookie_of_a_browser(api: Api) -> None:
    ada = person()
    token_id = claims_of(ada.refresh)["jti"]
    with transaction() as session:
        for cookie in (ada.access, ada.refresh, token_id):
            assert web_sessions.identify(session, cookie) is None


def _logout(api: Api, ada: Person) -> None:
    assert api.post("/auth/logout", token=ada.access).status_code == 204


def _another_password(api: Api, ada: Person) -> None:
    credentials = {"email": ada.email, "password": ada.password}
    elsewhere = api.post("/auth/login", json=credentials).json()["access_token"]
    changed = {"current_password": ada.password, "new_password": "green piano north tea"}
    assert api.put("/users/me/password", token=elsewhere, json=changed).status_code == 204


def _another_role(_api: Api, ada: Person) -> None:
    with transaction() as session:
        accounts.grant(session, email=ada.email, role=Role.DERMATOLOGIST)


def _deactivated(_api: Api, ada: Person) -> None:
    with transaction() as session:
        accounts.deactivate(session, ada.user_id)


def _deleted(api: Api, ada: Person) -> None:
    answer = api.delete("/users/me", token=ada.access, json={"password": ada.password})
    assert answer.json()["message"] == "Account deleted successfully"


def _erased(api: Api, ada: Person) -> None:
    closing = {"token": ada.access, "json": {"password": ada.password}}
    assert api.delete("/users/me?erase=now", **closing).status_code == 200


def _everything_ended(_api: Api, ada: Person) -> None:
    with transaction() as session:
        accounts.sign_out_everywhere(session, ada.user_id)


def _idle_for_long(_api: Api, ada: Person) -> None:
    _turn_back(ada, last_seen_at=func.now() - timedelta(hours=settings().session_idle_hours + 1))


def _at_its_end(_api: Api, ada: Person) -> None:
    _turn_back(ada, expires_at=func.now() - timedelta(seconds=1))


def _turn_back(ada: Person, **values: Any) -> None:
    with transaction() as session:
        session.execute(
            update(AuthSession).where(AuthSession.user_id == ada.user_id).values(**values)
        )


@pytest.mark.parametrize(
    "happens",
    [
        _logout,
        _another_password,
        _another_role,
        _deactivated,
        _deleted,
        _erased,
        _everything_ended,
        _idle_for_long,
        _at_its_end,
    ],
    ids=lambda happens: happens.__name__.strip("_"),
)
def test_a_token_ends_at_once_with_its_session(
    api: Api, happens: Callable[[Api, Person], None]
) -> None:
    ada = person()
    assert api.get("/users/me", token=ada.access).status_code == 200
    happens(api, ada)
    assert_problem(api.get("/users/me", token=ada.access), 401, "not-signed-in")
    refreshed = api.post("/auth/refresh", json={"refresh_token": ada.refresh})
    assert_problem(refreshed, 401, "not-signed-in")


def test_a_token_of_before_a_new_key_opens_nothing(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = person()
    monkeypatch.setenv("JWT_SECRET_KEY", "k" * 32)
    settings.cache_clear()
    assert_problem(api.get("/users/me", token=ada.access), 401, "not-signed-in")
    monkeypatch.delenv("JWT_SECRET_KEY")
    settings.cache_clear()
    assert api.get("/users/me", token=ada.access).status_code == 200
