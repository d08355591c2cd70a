"""Every route, called by everybody: a visitor, the owner, another person, staff of each role.

The routes come from the OpenAPI document: one that is not in the matrix fails.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection

from core.people import Purpose, Role
from core.settings import settings
from data.database import transaction
from pipeline import accounts, consents, profiles
from pipeline.safety.questions import questionnaire
from tests import people
from tests.api.calling import Api, Person, assert_problem, opened, person
from tests.api.checking import files, scored
from tests.api.matrix_of_cases import CONSULTING
from tests.api.matrix_rows import Row, Things, anybody, of, own, thing
from tests.api.test_openapi import operations
from tests.stand_in import photo_that

PHOTO = photo_that("is scored")


def _refresh(caller: Person | None) -> dict[str, str]:
    return {"refresh_token": caller.refresh if caller else "none"}


def _new_account(_: Person | None) -> dict[str, str]:
    email = f"{uuid4().hex}@example.org"
    return {"email": email, "password": "four tall ships", "first_name": "B", "last_name": "C"}


def _wrong_password(_: Person | None) -> dict[str, str]:
    return {"email": f"{uuid4().hex}@example.org", "password": "wrong"}


def _seen_today(_: Person | None) -> dict[str, str]:
    return {"seen_on": datetime.now(UTC).date().isoformat()}


_PASSWORD = {"password": people.PASSWORD}
_PASSWORDS = {"current_password": people.PASSWORD, "new_password": "green piano north tea"}
_NO_TOKEN = {"token": "made up"}
_WORDS = {"wording_version": "1"}
_PICTURE = {"picture": ("a.png", PHOTO, "image/png")}

# Everybody keeps their own diary and trials; staff have none.
CARE: dict[tuple[str, str], Row] = {
    ("get", "/routine"): thing(of("GET", "/routine"), 200),
    ("post", "/routine"): Row(of("POST", "/routine", json={"source": "own"}), 401, 409, 201, 403),
    ("delete", "/routine"): Row(of("DELETE", "/routine"), 401, 204, 404, 403),
    ("post", "/routine/steps"): Row(
        of("POST", "/routine/steps", json={"half": "morning", "kind": "other", "name": "Rest"}),
        401,
        201,
        404,
        403,
    ),
    ("delete", "/routine/steps/{step_id}"): Row(
        of("DELETE", "/routine/steps/{step}"), 401, 204, 404, 403
    ),
    ("put", "/routine/steps/{step_id}/ticks/{day}"): Row(
        of("PUT", "/routine/steps/{step}/ticks/{day}"), 401, 204, 404, 403
    ),
    ("delete", "/routine/steps/{step_id}/ticks/{day}"): Row(
        of("DELETE", "/routine/steps/{step}/ticks/{day}"), 401, 204, 404, 403
    ),
    ("delete", "/routine/brake"): Row(of("DELETE", "/routine/brake"), 401, 204, 404, 403),
    ("get", "/diary"): own(of("GET", "/diary"), 200),
    ("post", "/diary/irritation"): Row(
        of("POST", "/diary/irritation", json={"half": "morning", "signs": ["burning"]}),
        401,
        200,
        200,
        403,
    ),
    ("put", "/diary/answer"): Row(
        of("PUT", "/diary/answer", json={"topic": "sleep", "level": 2}), 401, 204, 204, 403
    ),
    ("post", "/diary/product"): Row(
        of("POST", "/diary/product", json={"name": "Soap", "is_new": True}), 401, 201, 201, 403
    ),
    ("delete", "/diary/{entry_id}"): thing(of("DELETE", "/diary/{entry}"), 204),
    ("get", "/trials"): own(of("GET", "/trials"), 200),
    ("post", "/trials"): Row(
        of("POST", "/trials", json={"change": "A serum", "metrics": ["pores"]}), 401, 409, 201, 403
    ),
    ("get", "/trials/{trial_id}"): thing(of("GET", "/trials/{trial}"), 200),
    ("post", "/trials/{trial_id}/begin"): thing(of("POST", "/trials/{trial}/begin"), 409),
    ("post", "/trials/{trial_id}/stop"): thing(of("POST", "/trials/{trial}/stop"), 200),
    ("delete", "/trials/{trial_id}"): thing(of("DELETE", "/trials/{trial}"), 204),
    ("get", "/users/me/wellbeing"): own(of("GET", "/users/me/wellbeing"), 200),
    ("put", "/users/me/wellbeing"): Row(
        of("PUT", "/users/me/wellbeing", json={"on": True}), 401, 200, 200, 403
    ),
}

MATRIX: dict[tuple[str, str], Row] = {
    ("post", "/auth/register"): anybody(of("POST", "/auth/register", json=_new_account), 201),
    ("post", "/auth/login"): anybody(of("POST", "/auth/login", json=_wrong_password), 401),
    ("post", "/auth/refresh"): own(of("POST", "/auth/refresh", json=_refresh), 200),
    ("post", "/auth/logout"): own(of("POST", "/auth/logout"), 204),
    ("post", "/auth/password/forgot"): anybody(
        of("POST", "/auth/password/forgot", json={"email": "adelheid@example.org"}), 404
    ),  # without a mail server
    ("post", "/auth/password/reset"): anybody(
        of("POST", "/auth/password/reset", json=_NO_TOKEN | {"new_password": "four tall ships"}),
        404,
    ),
    ("post", "/auth/verify-address"): anybody(
        of("POST", "/auth/verify-address", json=_NO_TOKEN), 404
    ),
    ("post", "/users/me/verify-address"): own(of("POST", "/users/me/verify-address"), 404),
    ("get", "/users/me"): own(of("GET", "/users/me"), 200),
    ("put", "/users/me"): own(of("PUT", "/users/me", json={"age": 40}), 200),
    ("delete", "/users/me"): own(of("DELETE", "/users/me", json=_PASSWORD), 200),
    ("put", "/users/me/password"): own(of("PUT", "/users/me/password", json=_PASSWORDS), 204),
    ("get", "/users/me/picture"): thing(of("GET", "/users/me/picture"), 200),
    ("put", "/users/me/picture"): own(of("PUT", "/users/me/picture", files=_PICTURE), 204),
    ("delete", "/users/me/picture"): own(of("DELETE", "/users/me/picture"), 204),
    ("get", "/users/me/consents"): own(of("GET", "/users/me/consents"), 200),
    ("put", "/users/me/consents/{purpose}"): own(
        of("PUT", "/users/me/consents/statistics", json=_WORDS), 200
    ),
    ("delete", "/users/me/consents/{purpose}"): own(
        of("DELETE", "/users/me/consents/statistics"), 200
    ),
    ("get", "/users/me/sessions"): own(of("GET", "/users/me/sessions"), 200),
    ("delete", "/users/me/sessions"): own(of("DELETE", "/users/me/sessions"), 204),
    ("delete", "/users/me/sessions/{session_id}"): thing(
        of("DELETE", "/users/me/sessions/{session}"), 204
    ),
    ("get", "/users/me/access-log"): own(of("GET", "/users/me/access-log"), 200),
    ("get", "/users/me/export"): own(of("GET", "/users/me/export"), 200),
    ("get", "/analysis"): own(of("GET", "/analysis"), 200),
    ("post", "/analysis"): own(of("POST", "/analysis", files=lambda _: files(PHOTO)), 202),
    ("get", "/analysis/trends"): own(of("GET", "/analysis/trends"), 200),
    ("get", "/analysis/{analysis_id}"): thing(of("GET", "/analysis/{check}"), 200),
    ("delete", "/analysis/{analysis_id}"): thing(of("DELETE", "/analysis/{check}"), 204),
    ("get", "/analysis/{analysis_id}/photo"): thing(of("GET", "/analysis/{check}/photo"), 200),
    ("get", "/analysis/{analysis_id}/maps/{metric}.png"): thing(
        of("GET", "/analysis/{check}/maps/pores.png"), 200
    ),
    ("get", "/recommendations"): thing(of("GET", "/recommendations"), 200),
    ("get", "/analysis/{analysis_id}/recommendations"): thing(
        of("GET", "/analysis/{check}/recommendations"), 200
    ),
    ("get", "/users/me/health-answers"): own(of("GET", "/users/me/health-answers"), 200),
    ("put", "/users/me/health-answers"): Row(
        # Ada has given the consent that it needs
        of("PUT", "/users/me/health-answers", json={"pregnancy": "none"}),
        401,
        200,
        403,
    ),
    ("get", "/notifications"): own(of("GET", "/notifications"), 200),
    ("post", "/notifications/read-all"): own(of("POST", "/notifications/read-all"), 200),
    ("get", "/notifications/preferences"): own(of("GET", "/notifications/preferences"), 200),
    ("put", "/notifications/preferences"): own(
        of("PUT", "/notifications/preferences", json={"quiet_hours": None}), 200
    ),
    ("get", "/notifications/reminders"): own(of("GET", "/notifications/reminders"), 200),
    ("put", "/notifications/reminders"): own(
        of("PUT", "/notifications/reminders", json={"time_zone": "Asia/Tokyo"}), 200
    ),
    ("post", "/notifications/{notification_id}/read"): thing(
        of("POST", "/notifications/{news}/read"), 200
    ),
    ("post", "/notifications/{notification_id}/unread"): thing(
        of("POST", "/notifications/{news}/unread"), 200
    ),
    ("get", "/safety/questionnaire"): own(of("GET", "/safety/questionnaire"), 200),
    ("post", "/safety/answers"): own(
        of("POST", "/safety/answers", json={"version": questionnaire().version, "ticked": []}), 201
    ),
    ("get", "/safety/flags"): own(of("GET", "/safety/flags"), 200),
    ("post", "/safety/flags/{raised_id}/seen"): thing(
        of("POST", "/safety/flags/{flag}/seen", json=_seen_today), 200
    ),
    **CARE,
    **CONSULTING,
    ("get", "/analytics/figures"): Row(
        of("GET", "/analytics/figures"), 401, 403, 403, staff=200, dermatologist=403
    ),
    ("get", "/analytics/agreement"): Row(of("GET", "/analytics/agreement"), 401, 403, 403, 200),
    ("get", "/health/live"): anybody(of("GET", "/health/live"), 200),
    ("get", "/health/ready"): anybody(of("GET", "/health/ready"), 200),
}
ROUTES = pytest.mark.parametrize("route", MATRIX, ids=lambda r: f"{r[0].upper()} {r[1]}")


@pytest.fixture
def things(var: Path, database: Connection) -> Things:
    ada = person(first_name="Adelheid", email="adelheid@example.org")
    with transaction() as session:
        profiles.put_picture(session, ada.user_id, PHOTO)
        consents.give(session, ada.user_id, Purpose.HEALTH_ANSWERS)
        consents.give(session, ada.user_id, Purpose.DERMATOLOGIST)
    with opened(settings()) as client:
        live = Api(client).get("/users/me/sessions", token=ada.access).json()
        check = scored(ada)
        told = Api(client).get("/notifications", token=ada.access).json()
        with transaction() as session:
            people.answer_safety(session, ada.user_id, "scars")
        flags = Api(client).get("/safety/flags", token=ada.access).json()["flags"]
        step, entry, trial = care_of(Api(client), ada)
        case, photo = asked_by(Api(client), ada, check)
    session_id, news = live["sessions"][0]["session_id"], told["notifications"][0]["id"]
    return Things(
        ada,
        UUID(session_id),
        check,
        UUID(news),
        UUID(flags[0]["raised_id"]),
        step,
        entry,
        trial,
        case,
        photo,
    )


def asked_by(api: Api, ada: Person, check: UUID) -> tuple[UUID, UUID]:
    """Her question to dermatologists, and the photo of her check that she shows with it."""
    body = {"question": "Is it harmless?", "image_url": f"/api/v1/analysis/{check}/photo"}
    asked = api.post("/dermatologist/consult", token=ada.access, json=body).json()
    case = asked["consultation_id"]
    whole = api.get(f"/dermatologist/consultations/{case}", token=ada.access).json()
    return UUID(case), UUID(whole["photos"][0]["image_url"].rsplit("/", 1)[1])


def care_of(api: Api, ada: Person) -> tuple[UUID, UUID, UUID]:
    """A step of her routine, which is slowed down, a line of her diary, and her trial."""
    made = [
        api.post(path, token=ada.access, json=body)
        for path, body in (
            ("/routine", {"source": "own"}),
            ("/routine/steps", {"half": "evening", "kind": "active", "name": "Retinol"}),
            ("/diary/irritation", {"half": "morning", "signs": ["burning"]}),
            ("/diary/irritation", {"half": "evening", "signs": ["burning"]}),
            ("/diary/product", {"name": "Soap", "is_new": True}),
            ("/trials", {"change": "Adelheids trial", "metrics": ["pores"]}),
        )
    ]
    assert all(answer.status_code in (200, 201) for answer in made), [a.text for a in made]
    assert made[3].json() == {"brake_put": True}
    step, entry = made[1].json()["id"], made[4].json()["id"]
    return UUID(step), UUID(entry), UUID(made[5].json()["trial_id"])


def test_every_route_of_the_document_is_in_the_matrix() -> None:
    assert set(operations()) == set(MATRIX)


@ROUTES
def test_each_caller_gets_what_is_theirs_and_nothing_else(
    route: tuple[str, str], things: Things
) -> None:
    row = MATRIX[route]
    roles = (Role.USER, *(r for r in Role if r is not Role.USER))
    others = [person(role) for role in roles]
    with opened(settings()) as client:
        api = Api(client)
        answer = row.call(api, None, things)
        assert answer.status_code == row.visitor
        if row.visitor == 401:
            assert_problem(answer, 401, "not-signed-in")
        for other, role in zip(others, roles, strict=True):  # before the owner, who may delete it
            answer = row.call(api, other, things)
            assert answer.status_code == _expected(row, role), answer.text[:300]
            for hers in (
                things.check,
                things.news,
                things.ada.user_id,
                things.session_id,
                "adelheid",
            ):
                assert str(hers) not in answer.text.lower()
        assert row.call(api, things.ada, things).status_code == row.owner


def _expected(row: Row, role: Role) -> int:
    """What another person with this role gets."""
    own_answer = {Role.DERMATOLOGIST: row.dermatologist, Role.ADMIN: row.admin}.get(role)
    if own_answer is not None:
        return own_answer
    return row.others if row.staff is None or role is Role.USER else row.staff


def test_a_role_that_was_taken_away_is_taken_away_at_once_for_tokens_too(things: Things) -> None:
    """Roles stand in the database only, and changing one ends the sessions."""
    with transaction() as session:
        accounts.grant(session, email=things.ada.email, role=Role.ANALYST)
    with opened(settings()) as client:
        answer = Api(client).get("/analysis", token=things.ada.access)
    assert_problem(answer, 401, "not-signed-in")
