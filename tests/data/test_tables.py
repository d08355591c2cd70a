"""What the database itself refuses, whoever writes."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, delete, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.ids import new_id
from core.metrics import Metric
from core.people import Role, SkinType
from data.tables import Base, Consent, MetricScore, User, UserKey
from tests import people
from tests.data.checks import simulated_check


@pytest.mark.parametrize(
    "change",
    [
        "age = 12",
        "age = 121",
        "role = 'king'",
        "skin_type = 'reptilian'",
        "email = repeat('a', 255)",
        "email = NULL",
    ],
)
def test_a_person_outside_the_rules_is_refused(session: Session, change: str) -> None:
    people.register(session)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(text(f"UPDATE users SET {change}"))  # noqa: S608


def test_an_email_address_has_one_account_whatever_its_case(session: Session) -> None:
    people.register(session, email="ada@example.org")
    people.register(session)
    with pytest.raises(IntegrityError, match="uq_users_email"), session.begin_nested():
        session.execute(text("UPDATE users SET email = 'ADA@example.org'"))


@pytest.mark.parametrize(
    "row",
    [
        {"value": 101.0, "low": 90.0, "high": 101.0},
        {"value": -1.0, "low": -1.0, "high": 5.0},
        {"value": 50.0, "low": 60.0, "high": 70.0},
        {"value": 50.0, "low": None, "high": None},
        {"value": None, "low": None, "high": None},
        {"value": 50.0, "low": 40.0, "high": 60.0, "abstained_because": "both"},
        {"value": float("nan"), "low": 1.0, "high": 2.0},
    ],
    ids=str,
)
def test_a_score_outside_the_rules_is_refused(session: Session, row: dict[str, Any]) -> None:
    analysis_id = simulated_check(session, people.register(session), {})
    session.add(MetricScore(analysis_id=analysis_id, region="face", metric=Metric.PORES, **row))
    with pytest.raises(IntegrityError):
        session.flush()


def test_enums_are_kept_as_the_words_that_the_api_shows(
    session: Session, database: Connection
) -> None:
    user_id = people.register(session, skin_type=SkinType.DRY)
    session.flush()
    kept = database.execute(text("SELECT role, skin_type FROM users")).one()
    assert tuple(kept) == ("user", "dry")
    user = session.get_one(User, user_id)
    session.refresh(user)
    assert (user.role, user.skin_type) == (Role.USER, SkinType.DRY)


def test_what_a_person_owns_goes_with_the_person(session: Session) -> None:
    user_id = people.signed_in(session).user_id
    simulated_check(session, user_id, {Metric.PORES: 40.0})
    session.execute(delete(User).where(User.user_id == user_id))
    for table in Base.metadata.sorted_tables:
        if table.name not in ("audit_events", "users", "sign_in_attempts"):
            left = session.execute(select(table)).all()
            assert left == [], table.name


def test_one_consent_at_a_time_is_in_force_for_a_purpose(session: Session) -> None:
    user_id = people.register(session)
    session.add(Consent(consent_id=new_id(), user_id=user_id, purpose="analysis", wording="1"))
    with pytest.raises(IntegrityError, match="uq_consents_in_force"):
        session.flush()


def test_a_person_has_one_key(session: Session) -> None:
    user_id = people.register(session)
    assert session.get(UserKey, user_id) is not None
