"""The API called in process, and people who call it."""

from __future__ import annotations

import secrets
import warnings
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from httpx import Response
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount

from api.headers import SecurityHeaders
from api.hosts import HostGuard
from api.request_ids import RequestIds
from api.routes.health import health_routes
from api.routes.metrics import metrics_route
from api.v1.app import PREFIX, build_api
from core.people import Role
from core.settings import Settings
from data.database import transaction
from pipeline import accounts, tokens
from tests import people

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # would rather have httpx2, which is not installed
    from starlette.testclient import TestClient as TestClient

ADDRESS = "203.0.113.7"


def served(given: Settings) -> Starlette:
    """What server.py serves, without Streamlit and its gate."""
    return Starlette(
        routes=[*health_routes(), metrics_route(given), Mount(PREFIX, build_api(given))],
        middleware=[
            Middleware(RequestIds),
            Middleware(SecurityHeaders, https=False),
            Middleware(HostGuard, hosts=("testserver",), public_url=None),
        ],
    )


@dataclass(frozen=True)
class Api:
    """A program that calls the API; addresses are those below /api/v1."""

    client: TestClient

    def __call__(
        self, method: str, path: str, *, token: str | None = None, **more: Any
    ) -> Response:
        headers = dict(more.pop("headers", {}))
        if token is not None:
            headers["authorization"] = f"Bearer {token}"
        answer: Response = self.client.request(method, PREFIX + path, headers=headers, **more)
        return answer

    def get(self, path: str, **more: Any) -> Response:
        return self("GET", path, **more)

    def post(self, path: str, **more: Any) -> Response:
        return self("POST", path, **more)

    def put(self, path: str, **more: Any) -> Response:
        return self("PUT", path, **more)

    def delete(self, path: str, **more: Any) -> Response:
        return self("DELETE", path, **more)


@dataclass(frozen=True)
class Person:
    """Somebody with an account and one session."""

    user_id: UUID
    email: str
    access: str
    refresh: str
    password: str = people.PASSWORD


def opened(given: Settings, address: str = ADDRESS) -> TestClient:
    return TestClient(served(given), client=(address, 50_000), raise_server_exceptions=False)


def person(role: Role = Role.USER, **fields: Any) -> Person:
    """A new account and its first session. `fields` as for `tests.people.register`."""
    email = fields.setdefault("email", f"{secrets.token_hex(6)}@example.org")
    with transaction() as session:
        user_id = people.register(session, **fields)
        if role is not Role.USER:
            accounts.grant(session, email=email, role=role)
        pair = session_of(session, user_id)
    password = fields.get("password", people.PASSWORD)
    return Person(user_id, email, pair.access, pair.refresh, password)


def session_of(session: Session, user_id: UUID) -> tokens.Pair:
    """One more session of this person, as after POST /auth/login."""
    return tokens.issue(session, user_id, address=ADDRESS, user_agent="Test/1.0")


def assert_problem(answer: Response, status: int, slug: str) -> dict[str, Any]:
    """That this is the one error shape, and which; the problem."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    found: dict[str, Any] = answer.json()
    assert found["type"] == f"/problems/{slug}"
    assert found["status"] == status
    assert found["title"]
    assert found["detail"].endswith(".")
    assert found["request_id"] == answer.headers["x-request-id"]
    assert found["instance"] == f"/requests/{found['request_id']}"
    assert answer.headers["cache-control"] == "private, no-store"
    return found
