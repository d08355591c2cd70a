"""The page on which staff open a case that is not theirs."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import pyotp
import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from core.people import Identity, Purpose, Role
from core.settings import ROOT
from data import second_factors
from data.database import read, transaction
from pipeline import break_glass, consents, second_factor
from tests import people
from tests.consulting import claimed, staff
from tests.dashboard.checks import button, opened, words
from tests.dashboard.seeing import SECONDS
from tests.people import ADDRESS

REASON = "She called: her lip swells since this morning."
QUESTION = "Is this redness something to treat?"


@dataclass(frozen=True)
class World:
    """Ada's question is in Grace's hands; Joan and an administrator have a second factor."""

    ada: Identity
    joan: Identity
    admin: Identity
    case: UUID
    secrets: dict[UUID, str]

    def code(self, who: Identity) -> str:
        with transaction() as session:
            session.execute(text("UPDATE second_factors SET last_step = 0"))
            step = int(second_factors.now_seconds(session) // second_factor.STEP_SECONDS)
        return str(pyotp.TOTP(self.secrets[who.user_id]).generate_otp(step))


@pytest.fixture
def world(ada: Identity) -> World:
    secrets = {}
    with transaction() as session:
        _, case = claimed(session, ada, question=QUESTION)
        joan = staff(session, first_name="Joan", last_name="Clarke")
        admin = staff(session, Role.ADMIN)
        for who in (joan, admin):
            secret = second_factor.begin(session, who.user_id).secret
            step = int(second_factors.now_seconds(session) // second_factor.STEP_SECONDS)
            first = pyotp.TOTP(secret).generate_otp(step)
            second_factor.confirm(session, who.user_id, first, address=ADDRESS)
            secrets[who.user_id] = secret
    return World(ada, joan, admin, case, secrets)


def fill_in(
    page: AppTest, world: World, who: Identity, *, reason: str = REASON, email: str | None = None
) -> AppTest:
    page.text_area(key="break_glass_reason").set_value(reason)
    page.text_input(key="break_glass_code").set_value(world.code(who))
    if email is not None:
        page.text_input(key="break_glass_email").set_value(email)
    button(page, "Open the case").click()
    page.run()
    assert not page.exception
    return page


def test_a_case_that_is_not_theirs_leads_to_break_glass(world: World) -> None:
    page = opened(world.joan, "case", case=str(world.case))
    [link] = [each.proto for each in page.get("page_link")]
    assert "break-glass" in link.label
    assert str(world.case) in str(link)


def test_with_reason_and_code_it_is_open_to_read_and_can_be_closed(world: World) -> None:
    page = opened(world.joan, "break_glass", case=str(world.case))
    assert QUESTION not in words(page)
    page = fill_in(page, world, world.joan)
    assert QUESTION in words(page)
    assert "To read only" in words(page)
    assert not page.text_area  # nowhere to write
    assert "Claim" not in [each.label for each in page.button]
    button(page, "Close it").click().run()
    assert not page.exception
    assert QUESTION not in words(page)
    assert REASON in words(page)  # in the list of what she opened


@pytest.mark.parametrize("who", ["joan", "admin"])
def test_a_person_is_found_by_the_address(world: World, who: str) -> None:
    caller = getattr(world, who)
    page = fill_in(opened(caller, "break_glass"), world, caller, email=world.ada.email)
    assert QUESTION in words(page)


def test_a_refusal_is_said_and_the_typed_words_stay(world: World) -> None:
    page = opened(world.joan, "break_glass", case=str(world.case))
    page = fill_in(page, world, world.joan, reason="Emergency")
    assert page.error
    assert QUESTION not in words(page)
    assert page.text_area(key="break_glass_reason").value == "Emergency"
    assert page.text_input(key="break_glass_code").value == ""


def test_a_withdrawn_consent_closes_the_open_page(world: World) -> None:
    page = opened(world.joan, "break_glass", case=str(world.case))
    page = fill_in(page, world, world.joan)
    with transaction() as session:
        consents.withdraw(session, world.ada.user_id, Purpose.DERMATOLOGIST)
    page.run()
    assert not page.exception
    assert QUESTION not in words(page)


def test_an_administrator_sees_who_opened_what_and_a_colleague_does_not(world: World) -> None:
    fill_in(opened(world.joan, "break_glass", case=str(world.case)), world, world.joan)
    seen = words(opened(world.admin, "break_glass"))
    assert "Joan Clarke" in seen
    assert REASON in seen
    with transaction() as session:
        other = staff(session)
    assert REASON not in words(opened(other, "break_glass"))


@pytest.mark.parametrize("role", [Role.USER, Role.ANALYST])
def test_nobody_else_has_the_page(world: World, role: Role) -> None:
    with transaction() as session:
        who = people.signed_in(session) if role is Role.USER else staff(session, role)
    page = AppTest.from_file(str(ROOT / "dashboard/pages/break_glass.py"), default_timeout=SECONDS)
    page.user = {"user": str(who.user_id), "session": str(who.session_id)}
    page.query_params.update({"case": str(world.case)})
    page.run()
    assert not page.exception
    assert page.info[0].value == "Your account does not include this page."
    assert not page.text_area
    assert QUESTION not in words(page)
    with read() as session:
        assert break_glass.standing(session, who, world.case) is None


def test_the_person_reads_the_reason(world: World) -> None:
    fill_in(opened(world.joan, "break_glass", case=str(world.case)), world, world.joan)
    seen = words(opened(world.ada, "profile"))
    assert "**Joan Clarke** opened your question, which was not theirs" in seen
    assert "her lip swells" in seen
