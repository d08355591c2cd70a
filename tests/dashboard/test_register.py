"""The register page."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, select
from streamlit.testing.v1 import AppTest

from core.people import Purpose, SkinType
from data.database import transaction
from data.tables import User
from pipeline import consents
from tests.dashboard.seeing import seen_by
from tests.people import PASSWORD, register

EMAIL = "ada@example.org"


@pytest.fixture
def page(database: Connection) -> AppTest:
    return seen_by(None).switch_page("pages/register.py").run()


def _fill_in(page: AppTest, **other: str) -> AppTest:
    values = {
        "E-mail": EMAIL,
        "First name": "Ada",
        "Last name": "Byron",
        "Password": PASSWORD,
        "Password again": PASSWORD,
    } | {label.replace("_", " "): value for label, value in other.items()}
    for field in page.text_input:
        field.set_value(values[field.label])
    return page


def _create(page: AppTest) -> AppTest:
    return page.button[0].click().run()


def _account() -> User | None:
    with transaction() as session:
        return session.scalar(select(User).where(User.email == EMAIL))


def test_an_account_with_all_that_was_said(page: AppTest) -> None:
    _fill_in(page)
    page.number_input[0].set_value(34.0)
    page.selectbox[0].set_value(SkinType.DRY)
    page.checkbox[0].check()
    _create(page)
    account = _account()
    assert account is not None
    assert (account.first_name, account.age, account.skin_type) == ("Ada", 34, SkinType.DRY)
    with transaction() as session:
        consent = consents.current(session, account.user_id)[Purpose.ANALYSIS]
    assert consent is not None
    assert consent.in_force
    assert page.session_state["leaving_to"].startswith("/session/start?ticket=")


def test_age_and_skin_type_are_optional_and_consent_is_not_assumed(page: AppTest) -> None:
    assert page.checkbox[0].value is False
    _create(_fill_in(page))
    account = _account()
    assert account is not None
    assert (account.age, account.skin_type) == (None, None)
    with transaction() as session:
        assert consents.current(session, account.user_id)[Purpose.ANALYSIS] is None


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"Password again": "something else"}, "not the same"),
        ({"E-mail": "no address"}, "name@example.org"),
        ({"First name": " "}, "first name"),
        ({"Password": "short", "Password again": "short"}, "password"),
    ],
    ids=["repeated wrongly", "e-mail", "name", "short"],
)
def test_what_is_missing_is_said_and_no_account_is_made(
    page: AppTest, changed: dict[str, str], words: str
) -> None:
    _create(_fill_in(page, **changed))
    assert words in page.error[0].value.replace("\\", "").replace("\u2060", "").lower()
    assert _account() is None
    assert "leaving_to" not in page.session_state


def test_a_child_cannot_register(page: AppTest) -> None:
    _fill_in(page).number_input[0].set_value(12.0)
    _create(page)
    assert page.error.len == 1
    assert _account() is None


def test_an_e_mail_address_has_one_account(page: AppTest) -> None:
    with transaction() as session:
        register(session, email=EMAIL)
    _create(_fill_in(page, **{"E-mail": EMAIL.upper()}))
    assert page.error.len == 1
    assert "leaving_to" not in page.session_state
