from __future__ import annotations

from typing import Any
from uuid import uuid4

import bcrypt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound, SkincareError
from core.people import Purpose, Role, SkinType
from data import consents, users
from data.tables import AuditEvent, User
from pipeline import accounts, passwords, profiles, web_sessions
from tests import people
from tests.people import ADDRESS, PASSWORD


def sign_in(session: Session, email: str, password: str = PASSWORD) -> Any:
    return accounts.sign_in(session, email=email, password=password, address=ADDRESS)


def test_who_registers_can_sign_in_with_the_address_in_any_case(session: Session) -> None:
    ada = people.register(session, email="Ada@Example.org")
    assert sign_in(session, " aDA@example.ORG ") == ada
    profile = profiles.read(session, ada)
    assert profile.email == "ada@example.org"
    assert profile.role is Role.USER
    assert profile.last_login is not None


def test_age_and_skin_type_can_be_left_out_or_given(session: Session) -> None:
    bare = profiles.read(session, people.register(session))
    full = profiles.read(session, people.register(session, age=34, skin_type=SkinType.OILY))
    assert (bare.age, bare.skin_type, full.age, full.skin_type) == (None, None, 34, SkinType.OILY)


def test_consent_is_given_only_where_the_box_was_ticked(session: Session) -> None:
    without = people.register(session, consent_to_analysis=False)
    with_ = people.register(session)
    assert not consents.in_force(session, without, Purpose.ANALYSIS)
    assert consents.in_force(session, with_, Purpose.ANALYSIS)
    assert not consents.in_force(session, with_, Purpose.STATISTICS)


def test_an_address_has_one_account(session: Session) -> None:
    people.register(session, email="ada@example.org")
    with pytest.raises(Conflict):
        people.register(session, email="ADA@example.org")
    assert session.scalar(select(func.count()).select_from(User)) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"email": "ada"},
        {"first_name": ""},
        {"last_name": "x\0"},
        {"password": "short"},
        {"age": 7},
        {"age": 2**70},
        {"skin_type": "reptilian"},
    ],
    ids=str,
)
def test_a_field_that_is_wrong_is_named_and_nothing_is_made(
    session: Session, fields: dict[str, Any]
) -> None:
    with pytest.raises(
        InvalidInput, match=next(iter(fields)).replace("_", " ").replace("email", "e-mail")
    ):
        people.register(session, **fields)
    assert session.scalar(select(func.count()).select_from(User)) == 0


@given(
    fields=st.fixed_dictionaries(
        {},
        optional={
            name: st.one_of(st.text(st.characters(), max_size=300), st.integers(), st.none())
            for name in ("email", "first_name", "last_name", "password", "age", "skin_type")
        },
    )
)
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_is_typed_makes_an_account_or_a_sentence(
    session: Session, fields: dict[str, Any]
) -> None:
    try:
        user_id = people.register(session, **fields)
    except SkincareError as error:
        outcome = str(error)
    else:
        session.expire_all()
        outcome = profiles.read(session, user_id).email
    assert outcome


@pytest.mark.parametrize("email", ["nobody@example.org", "no address", "nul\0@x.org", "\ud800", ""])
def test_an_unknown_address_and_a_wrong_password_are_the_same_answer(
    session: Session, email: str
) -> None:
    people.register(session, email="ada@example.org")
    with pytest.raises(NotAllowed) as wrong:
        sign_in(session, "ada@example.org", "wrong")
    with pytest.raises(NotAllowed) as unknown:
        sign_in(session, email)
    assert str(wrong.value) == str(unknown.value) == accounts.WRONG


def test_known_unknown_and_closed_accounts_cost_the_same_work(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    people.register(session, email="ada@example.org")
    closed = people.register(session, email="closed@example.org")
    accounts.deactivate(session, closed)
    work: list[bytes] = []
    real = bcrypt.checkpw

    def counted(password: bytes, hashed: bytes) -> bool:
        work.append(hashed.split(b"$")[2])
        return real(password, hashed)

    passwords._nobodys()
    monkeypatch.setattr(bcrypt, "checkpw", counted)
    for email in ("ada@example.org", "nobody@example.org", "closed@example.org", "no address"):
        work.clear()
        with pytest.raises(NotAllowed):
            sign_in(session, email, "wrong")
        assert work == [b"04"], email


def test_a_closed_account_does_not_tell_that_the_password_was_right(session: Session) -> None:
    ada = people.register(session, email="ada@example.org")
    accounts.deactivate(session, ada)
    with pytest.raises(NotAllowed, match=r"^E-mail or password is wrong\.$"):
        sign_in(session, "ada@example.org")


def test_a_new_password_replaces_the_old_and_ends_other_sessions(session: Session) -> None:
    here = people.signed_in(session, email="ada@example.org")
    there = people.token_of(session, here.user_id)
    accounts.change_password(session, here, current=PASSWORD, new="five grey herons")
    assert web_sessions.identify(session, there) is None
    assert web_sessions.identity_of(session, here.session_id) is not None
    with pytest.raises(NotAllowed):
        sign_in(session, "ada@example.org", PASSWORD)
    assert sign_in(session, "ada@example.org", "five grey herons") == here.user_id


def test_who_does_not_know_the_password_cannot_change_it(session: Session) -> None:
    here = people.signed_in(session, email="ada@example.org")
    with pytest.raises(NotAllowed):
        accounts.change_password(session, here, current="wrong", new="five grey herons")
    with pytest.raises(InvalidInput):
        accounts.change_password(session, here, current=PASSWORD, new="password1")
    assert sign_in(session, "ada@example.org") == here.user_id


def test_a_ticket_issued_before_a_new_password_is_void(session: Session) -> None:
    here = people.signed_in(session)
    ticket = web_sessions.issue_ticket(session, here.user_id, visitor="v")
    accounts.change_password(session, here, current=PASSWORD, new="five grey herons")
    with pytest.raises(SkincareError):
        web_sessions.redeem_ticket(session, ticket, visitor="v", address="", user_agent="")


def test_a_role_is_granted_by_address_and_ends_sessions(session: Session) -> None:
    here = people.signed_in(session, email="ada@example.org")
    accounts.grant(session, email="Ada@example.org", role="dermatologist")
    assert web_sessions.identity_of(session, here.session_id) is None
    assert people.signed_in(session, here.user_id).role is Role.DERMATOLOGIST


def test_a_role_that_does_not_exist_or_a_person_who_does_not_is_a_sentence(
    session: Session,
) -> None:
    people.register(session, email="ada@example.org")
    with pytest.raises(InvalidInput, match="user, dermatologist, analyst, admin"):
        accounts.grant(session, email="ada@example.org", role="king")
    with pytest.raises(NotFound):
        accounts.grant(session, email="eve@example.org", role=Role.ADMIN)


def test_a_closed_account_is_out_at_once(session: Session) -> None:
    token = people.token_of(session, ada := people.register(session))
    accounts.deactivate(session, ada)
    assert web_sessions.identify(session, token) is None


def test_the_audit_names_nobody(session: Session) -> None:
    here = people.signed_in(session, email="canary@example.org", first_name="Canary")
    sign_in(session, "canary@example.org")
    accounts.deactivate(session, here.user_id)
    session.flush()
    events = session.scalars(select(AuditEvent)).all()
    written = " ".join(f"{e.actor} {e.action} {e.subject} {e.details}" for e in events).lower()
    assert "registered" in written
    assert "canary" not in written
    assert str(here.user_id) not in written


def test_nobody_can_be_looked_up_by_an_id_that_is_not_there(session: Session) -> None:
    with pytest.raises(NotFound):
        users.get(session, uuid4())
    with pytest.raises(NotFound):
        accounts.deactivate(session, uuid4())
