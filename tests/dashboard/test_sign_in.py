"""The sign-in page: streamlit-authenticator's form over our accounts."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, func, select
from streamlit.testing.v1 import AppTest

from core.settings import settings
from data.database import transaction
from data.tables import SignInTicket
from tests.dashboard.seeing import seen_by
from tests.people import PASSWORD, register

EMAIL = "ada@example.org"


@pytest.fixture
def page(database: Connection) -> AppTest:
    with transaction() as session:
        register(session, email=EMAIL)
    return seen_by(None).run()


def _sign_in(page: AppTest, email: str, password: str) -> AppTest:
    page.text_input[0].set_value(email)
    page.text_input[1].set_value(password)
    return page.button[0].click().run()


def _tickets() -> int:
    with transaction() as session:
        return session.scalar(select(func.count()).select_from(SignInTicket)) or 0


def test_the_right_password_gets_a_ticket(page: AppTest) -> None:
    assert [field.label for field in page.text_input] == ["E-mail", "Password"]
    _sign_in(page, EMAIL, PASSWORD)
    assert page.error.len == 0
    assert _tickets() == 1
    assert page.session_state["leaving_to"].startswith("/session/start?ticket=")


def test_a_click_while_the_browser_leaves_asks_for_no_second_ticket(page: AppTest) -> None:
    _sign_in(page, EMAIL, PASSWORD).run()
    assert _tickets() == 1
    assert "Signing you in" in page.info[0].value


@pytest.mark.parametrize(
    ("email", "password"), [(EMAIL, "not the password"), ("nobody@example.org", PASSWORD)]
)
def test_what_is_wrong_is_not_told(page: AppTest, email: str, password: str) -> None:
    _sign_in(page, email, password)
    assert page.error[0].value.replace("\\", "") == "E-mail or password is wrong."
    assert _tickets() == 0


def test_blanks_around_a_password_are_part_of_it(page: AppTest) -> None:
    """The library's own controller strips them: a password with one at its end never matched."""
    with transaction() as session:
        register(session, email="blank@example.org", password="  " + PASSWORD + "  ")
    _sign_in(page, "blank@example.org", PASSWORD)
    assert page.error.len == 1
    _sign_in(page, "blank@example.org", "  " + PASSWORD + "  ")
    assert _tickets() == 1


def test_after_many_failures_it_says_when_to_come_back(
    page: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SKINCARE_SIGN_IN_FAILURES_PER_ACCOUNT", "2")
    settings.cache_clear()
    for _ in range(3):
        _sign_in(page, EMAIL, "not the password")
    said = page.error[0].value
    _sign_in(page, EMAIL, PASSWORD)
    settings.cache_clear()
    assert "wrong" not in said
    assert _tickets() == 0
