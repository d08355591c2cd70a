"""A code of the app, once, in its half minute; a recovery code, once; nothing else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pyotp
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.errors import Conflict, NotAllowed, SkincareError, TooMany
from core.people import Role
from data import second_factors
from data.database import transaction
from pipeline import accounts, second_factor
from tests.attacks.naughty import STRINGS
from tests.people import ADDRESS, register


def code_at(session: Session, secret: str, off: int = 0) -> str:
    step = int(second_factors.now_seconds(session) // second_factor.STEP_SECONDS)
    return str(pyotp.TOTP(secret).generate_otp(step + off))


@pytest.fixture
def somebody(session: Session) -> UUID:
    return register(session)


@pytest.fixture
def secret(session: Session, somebody: UUID) -> str:
    return second_factor.begin(session, somebody).secret


@pytest.fixture
def codes(session: Session, somebody: UUID, secret: str) -> tuple[str, ...]:
    return second_factor.confirm(session, somebody, code_at(session, secret, -1), address=ADDRESS)


def test_a_code_is_good_once(
    session: Session, somebody: UUID, secret: str, codes: tuple[str, ...]
) -> None:
    code = code_at(session, secret)
    second_factor.check(session, somebody, f" {code[:3]} {code[3:]}", address=ADDRESS)
    with pytest.raises(NotAllowed):
        second_factor.check(session, somebody, code, address=ADDRESS)
    with pytest.raises(NotAllowed):  # nor is an older one, which somebody may have overlooked
        second_factor.check(session, somebody, code_at(session, secret, -1), address=ADDRESS)


@pytest.mark.parametrize("off", [-3, -2, 2, 3, 1000])
def test_a_code_of_another_time_is_refused(
    session: Session, somebody: UUID, secret: str, codes: tuple[str, ...], off: int
) -> None:
    with pytest.raises(NotAllowed):
        second_factor.check(session, somebody, code_at(session, secret, off), address=ADDRESS)


def test_each_recovery_code_stands_in_for_the_app_once(
    session: Session, somebody: UUID, codes: tuple[str, ...]
) -> None:
    assert len(set(codes)) == second_factor.RECOVERY_CODES
    second_factor.check(session, somebody, codes[0].upper(), address=ADDRESS)
    assert second_factors.codes_left(session, somebody) == second_factor.RECOVERY_CODES - 1
    with pytest.raises(NotAllowed):
        second_factor.check(session, somebody, codes[0], address=ADDRESS)
    second_factor.check(session, somebody, codes[1].replace("-", " "), address=ADDRESS)


def test_somebody_elses_codes_are_worth_nothing(
    session: Session, somebody: UUID, codes: tuple[str, ...]
) -> None:
    other = register(session)
    theirs = second_factor.begin(session, other).secret
    second_factor.confirm(session, other, code_at(session, theirs), address=ADDRESS)
    with pytest.raises(NotAllowed):
        second_factor.check(session, other, codes[0], address=ADDRESS)


def test_guessing_is_stopped_by_a_limit(
    session: Session, somebody: UUID, codes: tuple[str, ...]
) -> None:
    refused: list[type[SkincareError]] = []
    for _ in range(12):
        with pytest.raises((NotAllowed, TooMany)) as refusal:
            second_factor.check(session, somebody, "000000", address=ADDRESS)
        refused.append(refusal.type)
    assert refused[0] is NotAllowed
    assert refused[-1] is TooMany


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(given_code=st.one_of(st.text(max_size=40), st.sampled_from(STRINGS)))
def test_nothing_else_is_a_code(
    session: Session, somebody: UUID, codes: tuple[str, ...], given_code: str
) -> None:
    session.execute(text("DELETE FROM sign_in_attempts"))
    with pytest.raises(NotAllowed):
        second_factor.check(session, somebody, given_code, address=ADDRESS)


def test_the_secret_is_not_readable_in_the_database(
    session: Session, somebody: UUID, secret: str
) -> None:
    kept = session.scalar(
        text("SELECT wrapped_secret FROM second_factors WHERE user_id = :u"), {"u": somebody}
    )
    assert secret.encode() not in bytes(kept)


def test_one_that_is_in_force_is_not_replaced_by_whoever_knows_the_password(
    session: Session, somebody: UUID, codes: tuple[str, ...]
) -> None:
    with pytest.raises(Conflict):
        second_factor.begin(session, somebody)
    with pytest.raises(Conflict):
        second_factor.confirm(session, somebody, "000000", address=ADDRESS)


def test_staff_need_one_and_people_may_have_one(session: Session, somebody: UUID) -> None:
    assert second_factor.wanted(session, somebody) == second_factor.Wanted(False, False)
    staff = register(session, email="derm@example.org")
    accounts.grant(session, email="derm@example.org", role=Role.DERMATOLOGIST)
    assert second_factor.wanted(session, staff) == second_factor.Wanted(False, True)
    secret = second_factor.begin(session, staff).secret
    second_factor.confirm(session, staff, code_at(session, secret), address=ADDRESS)
    assert second_factor.wanted(session, staff) == second_factor.Wanted(True, False)
    second_factor.remove(session, staff)
    assert second_factor.wanted(session, staff) == second_factor.Wanted(False, True)


def test_of_two_who_send_the_same_code_at_once_one_gets_in(fresh_database: str) -> None:
    with transaction() as session:
        user_id = register(session)
        secret = second_factor.begin(session, user_id).secret
        second_factor.confirm(session, user_id, code_at(session, secret, -1), address=ADDRESS)
        code = code_at(session, secret)

    def enter(_: int) -> bool:
        try:
            with transaction() as session:
                second_factor.check(session, user_id, code, address=ADDRESS)
        except SkincareError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(enter, range(4))) == 1
