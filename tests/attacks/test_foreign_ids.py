"""Row 4: ids of other people, in addresses and in calls, and pages of other roles."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import Session

import data.database
from core.errors import NotFound
from core.metrics import Metric
from core.people import Role
from data import analyses
from pipeline import results, web_sessions
from tests.attacks.conftest import Served
from tests.data.checks import simulated_check
from tests.people import register, signed_in

SCORES = {Metric.PORES: 61.25, Metric.REDNESS: 17.75, Metric.SKIN_SCORE: 73.5}
# Where a mail leads stands open to everybody; under the last two names visitors get the sign-in.
OPEN_PAGES = {"", "register", "forgot-password", "reset-password", "notifications", "profile"}
USER_PAGES = ("today", "new-check", "result", "trends", "profile", "sign-out")


@pytest.mark.slow
@pytest.mark.parametrize("page", ["result", "new-check"])
def test_the_check_of_another_is_as_if_it_were_not_there(served: Served, page: str) -> None:
    alice, mallory = served.person(), served.person()
    with data.database.transaction() as session:
        check = simulated_check(session, alice.user_id, SCORES)
    hers = served.signed_in(alice).connect()
    hers.run(page, query=f"check={check}")
    own = list(hers.texts)

    foreign = served.signed_in(mallory).connect()
    foreign.run(page, query=f"check={check}")
    seen_of_foreign = list(foreign.texts)
    nothing = served.signed_in(mallory).connect()
    nothing.run(page, query=f"check={uuid.uuid4()}")
    assert seen_of_foreign == nothing.texts
    assert foreign.media == []
    if page == "result":  # the control: its owner does see it
        assert own != seen_of_foreign


@pytest.mark.slow
@pytest.mark.parametrize("page", USER_PAGES)
def test_a_visitor_gets_the_sign_in_page_whatever_page_he_asks_for(
    served: Served, page: str
) -> None:
    known = served.signed_in(served.anybody).connect()
    known.run()
    visitor = served.visitor().connect()
    visitor.run(page)
    assert set(visitor.pages) == OPEN_PAGES
    visitor.pages = dict(known.pages)  # by the hash of the page, which he should not know
    visitor.run(page)
    assert set(visitor.pages) == OPEN_PAGES
    assert "Sign in" in visitor.widgets


@pytest.mark.slow
@pytest.mark.parametrize("role", [Role.DERMATOLOGIST, Role.ANALYST, Role.ADMIN])
def test_staff_do_not_reach_the_pages_of_users(served: Served, role: Role) -> None:
    user = served.signed_in(served.anybody).connect()
    user.run()
    staff = served.signed_in(served.person(role)).connect()
    for page in ("today", "new-check", "result", "trends"):
        staff.pages = dict(user.pages)
        staff.run(page)
        assert set(staff.pages).isdisjoint({"today", "new-check", "result", "trends"})
        assert ("Home" if role is Role.ANALYST else "Queue") in staff.texts


@pytest.mark.parametrize(
    "call",
    [
        lambda session, user_id, check: analyses.get(session, user_id, check),
        lambda session, user_id, check: results.photo(session, user_id, check),
        lambda session, user_id, check: results.maps(session, user_id, check),
        lambda session, user_id, check: results.delete(session, user_id, check),
    ],
    ids=["get", "photo", "maps", "delete"],
)
def test_no_use_case_takes_the_check_of_another(
    database: Connection, call: Callable[[Session, uuid.UUID, uuid.UUID], Any]
) -> None:
    with data.database.transaction() as session:
        alice, mallory = register(session), register(session)
        check = simulated_check(session, alice, SCORES)
        with pytest.raises(NotFound) as foreign:
            call(session, mallory, check)
        with pytest.raises(NotFound) as missing:
            call(session, mallory, uuid.uuid4())
        assert str(foreign.value) == str(missing.value)
        assert analyses.get(session, alice, check).analysis_id == check  # and it is still there


def test_nobody_ends_the_session_of_another(database: Connection) -> None:
    with data.database.transaction() as session:
        alice, mallory = signed_in(session), signed_in(session)
        with pytest.raises(NotFound):
            web_sessions.end(session, mallory.user_id, alice.session_id)
        assert web_sessions.identity_of(session, alice.session_id) is not None
