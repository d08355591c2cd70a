"""Guessing passwords: limited by account and by address, with real commits and real parallelism."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from sqlalchemy import text

from core.errors import NotAllowed, SkincareError, TooMany
from core.settings import settings
from data import sign_in_attempts
from data.database import transaction
from pipeline import accounts
from tests import people
from tests.people import PASSWORD

pytestmark = pytest.mark.usefixtures("fresh_database")

ADA, NOBODY = "ada@example.org", "nobody@example.org"


@pytest.fixture(autouse=True)
def _ada(fresh_database: str) -> None:
    with transaction() as session:
        people.register(session, email=ADA)


def attempt(email: str = ADA, password: str = "wrong", address: str = "203.0.113.7") -> str:
    try:
        with transaction() as session:
            accounts.sign_in(session, email=email, password=password, address=address)
    except SkincareError as error:
        return type(error).__name__
    return "signed in"


def fail_times(count: int, email: str = ADA) -> None:
    """As many failures as that, long enough ago that no delay is left of them."""
    with transaction() as session:
        for _ in range(count):
            session.execute(
                text(
                    "INSERT INTO sign_in_attempts (account, address, at)"
                    " VALUES (:account, :address, now() - interval '5 minutes')"
                ),
                {
                    "account": sign_in_attempts.account_of(email),
                    "address": sign_in_attempts.address_of("198.51.100.1"),
                },
            )


def test_failures_count_although_the_callers_transaction_rolls_back() -> None:
    outcomes = [attempt() for _ in range(5)]
    assert outcomes == ["NotAllowed"] * 3 + ["TooMany"] * 2


@pytest.mark.parametrize("email", [ADA, NOBODY], ids=["known", "unknown"])
def test_a_locked_account_is_no_oracle(email: str) -> None:
    fail_times(settings().sign_in_failures_per_account, email)
    with pytest.raises(TooMany, match=r"Try again in 1[01] minutes\.") as right:
        accounts_sign_in(email, PASSWORD)
    with pytest.raises(TooMany) as wrong:
        accounts_sign_in(email, "wrong")
    assert str(right.value) == str(wrong.value)
    assert 590 < right.value.retry_after <= 600


def test_the_delay_grows_with_each_failure() -> None:
    waits = []
    for failures in range(3, 9):
        with transaction() as session:
            session.execute(text("DELETE FROM sign_in_attempts"))
        fail_times(failures)
        with transaction() as session:
            session.execute(text("UPDATE sign_in_attempts SET at = clock_timestamp()"))
        with pytest.raises(TooMany) as refused:
            accounts_sign_in(ADA, PASSWORD)
        waits.append(refused.value.retry_after)
    assert waits == pytest.approx([1, 2, 4, 8, 16, 32], abs=0.5)


def test_after_the_window_everything_is_as_before() -> None:
    fail_times(50)
    with transaction() as session:
        session.execute(text("UPDATE sign_in_attempts SET at = at - interval '15 minutes'"))
    assert attempt(password=PASSWORD) == "signed in"


def test_a_right_password_begins_the_count_anew() -> None:
    fail_times(settings().sign_in_failures_per_account - 1)
    assert attempt(password=PASSWORD) == "signed in"
    assert [attempt() for _ in range(3)] == ["NotAllowed"] * 3


def test_one_account_that_is_locked_locks_no_other() -> None:
    fail_times(settings().sign_in_failures_per_account, NOBODY)
    assert attempt(password=PASSWORD) == "signed in"


def test_an_address_that_tries_many_accounts_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKINCARE_SIGN_IN_FAILURES_PER_ADDRESS", "8")
    settings.cache_clear()
    outcomes = [attempt(f"person{n}@example.net") for n in range(10)]
    assert outcomes == ["NotAllowed"] * 8 + ["TooMany"] * 2
    assert attempt(ADA, PASSWORD) == "TooMany"
    assert attempt(ADA, PASSWORD, address="192.0.2.9") == "signed in"


def test_twenty_tries_at_the_same_moment_get_no_more_guesses_than_one_after_another() -> None:
    together = threading.Barrier(20)

    def guess(_number: int) -> str:
        together.wait()
        return attempt()

    with ThreadPoolExecutor(20) as pool:
        outcomes = Counter(pool.map(guess, range(20)))
    assert outcomes == {"NotAllowed": 3, "TooMany": 17}


def test_nobodys_address_or_network_address_is_kept() -> None:
    with suppress(NotAllowed):
        accounts_sign_in(ADA, "wrong")
    with transaction() as session:
        kept = str(session.execute(text("SELECT * FROM sign_in_attempts")).all())
    assert "ada" not in kept
    assert "203.0.113" not in kept


def test_wrong_passwords_inside_a_session_count_as_well() -> None:
    with transaction() as session:
        who = people.signed_in(session, email="eve@example.org")
    outcomes = []
    for _ in range(4):
        try:
            with transaction() as session:
                accounts.change_password(session, who, current="wrong", new="five grey herons")
        except SkincareError as error:
            outcomes.append(type(error).__name__)
    assert outcomes == ["NotAllowed"] * 3 + ["TooMany"]


def accounts_sign_in(email: str, password: str) -> None:
    with transaction() as session:
        accounts.sign_in(session, email=email, password=password, address="203.0.113.7")
