from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core.errors import NotFound, NotSignedIn
from data import sessions
from data.tables import AuthSession, SignInTicket
from pipeline import accounts, web_sessions
from tests import people


def redeem(session: Session, ticket: str, visitor: str = "v") -> str:
    return web_sessions.redeem_ticket(
        session, ticket, visitor=visitor, address="2001:db8:1:2::3", user_agent="A\0\ud800B"
    )


def test_a_ticket_becomes_a_session_once(session: Session) -> None:
    ada = people.register(session, first_name="Ada", email="ada@example.org")
    ticket = web_sessions.issue_ticket(session, ada, visitor="v")
    who = web_sessions.identify(session, redeem(session, ticket))
    assert who is not None
    assert (who.user_id, who.email, who.first_name) == (ada, "ada@example.org", "Ada")
    assert web_sessions.identity_of(session, who.session_id) == who
    with pytest.raises(NotSignedIn):
        redeem(session, ticket)


def test_a_ticket_is_good_for_its_visitor_only(session: Session) -> None:
    ticket = web_sessions.issue_ticket(session, people.register(session), visitor="v")
    with pytest.raises(NotSignedIn):
        redeem(session, ticket, visitor="w")


def test_a_ticket_is_good_for_a_minute(session: Session) -> None:
    ticket = web_sessions.issue_ticket(session, people.register(session), visitor="v")
    lasts = session.scalar(text("SELECT expires_at - now() FROM sign_in_tickets"))
    assert lasts == timedelta(seconds=60)
    session.execute(text("UPDATE sign_in_tickets SET expires_at = now()"))
    with pytest.raises(NotSignedIn):
        redeem(session, ticket)


def test_a_ticket_of_an_account_that_was_closed_meanwhile_is_void(session: Session) -> None:
    ada = people.register(session)
    ticket = web_sessions.issue_ticket(session, ada, visitor="v")
    session.execute(text("UPDATE users SET is_active = false"))
    session.expire_all()
    with pytest.raises(NotSignedIn):
        redeem(session, ticket)


@pytest.mark.parametrize("token", ["", "x", "\0", "\ud800", "ä" * 5000])
def test_a_token_that_nobody_was_given_is_nobody(session: Session, token: str) -> None:
    people.signed_in(session)
    assert web_sessions.identify(session, token) is None


def test_only_hashes_are_kept(session: Session) -> None:
    ada = people.register(session)
    token = people.token_of(session, ada)
    ticket = web_sessions.issue_ticket(session, ada, visitor="visitor-id")
    session.flush()
    rows = [vars(r) for t in (AuthSession, SignInTicket) for r in session.scalars(select(t))]
    kept = str(rows)
    assert len(rows) == 2
    assert token not in kept
    assert ticket not in kept
    assert "visitor-id" not in kept


@pytest.mark.parametrize(
    "later",
    ["last_seen_at = now() - interval '168 hours'", "expires_at = now()"],
    ids=["idle", "too old"],
)
def test_a_session_ends_by_idleness_and_by_age(session: Session, later: str) -> None:
    token = people.token_of(session, people.register(session))
    session.execute(text(f"UPDATE auth_sessions SET {later}"))  # noqa: S608
    assert web_sessions.identify(session, token) is None
    assert sessions.sweep(session) == 1
    assert session.scalars(select(AuthSession)).all() == []


def test_a_session_of_somebody_who_is_not_active_is_nobodys(session: Session) -> None:
    here = people.signed_in(session)
    there = people.token_of(session, here.user_id)
    session.execute(text("UPDATE users SET is_active = false"))  # whoever did it, however
    assert web_sessions.identify(session, there) is None
    assert web_sessions.identity_of(session, here.session_id) is None


def test_use_keeps_a_session_alive_and_is_noted_once_a_minute(session: Session) -> None:
    token = people.token_of(session, people.register(session))
    seen = "SELECT now() - last_seen_at FROM auth_sessions"
    for before, after in (("50 seconds", timedelta(seconds=50)), ("100 hours", timedelta(0))):
        session.execute(
            text("UPDATE auth_sessions SET last_seen_at = now() - CAST(:ago AS interval)"),
            {"ago": before},
        )
        assert web_sessions.identify(session, token) is not None
        assert session.scalar(text(seen)) == after


def test_sign_out_ends_this_session_and_no_other(session: Session) -> None:
    here = people.signed_in(session)
    there = people.token_of(session, here.user_id)
    accounts.sign_out(session, here.session_id)
    accounts.sign_out(session, here.session_id)  # again: no error
    assert web_sessions.identity_of(session, here.session_id) is None
    assert web_sessions.identify(session, there) is not None
    accounts.sign_out_everywhere(session, here.user_id)
    assert web_sessions.identify(session, there) is None


def test_a_person_sees_and_ends_own_sessions(session: Session) -> None:
    here = people.signed_in(session)
    people.token_of(session, here.user_id)
    eve = people.signed_in(session)
    found = web_sessions.live(session, here.user_id)
    assert len(found) == 2
    assert {s.address_hint for s in found} == {"203.0.113.…"}
    with pytest.raises(NotFound):
        web_sessions.end(session, here.user_id, eve.session_id)
    web_sessions.end_others(session, here.user_id, here.session_id)
    assert [s.session_id for s in web_sessions.live(session, here.user_id)] == [here.session_id]
    web_sessions.end(session, here.user_id, here.session_id)
    assert web_sessions.live(session, here.user_id) == []
    assert web_sessions.identity_of(session, eve.session_id) is not None


def test_what_a_browser_says_of_itself_is_made_harmless(session: Session) -> None:
    ada = people.register(session)
    redeem(session, web_sessions.issue_ticket(session, ada, visitor="v"))
    (only,) = web_sessions.live(session, ada)
    assert (only.user_agent, only.address_hint) == ("AB", "2001:0db8:0001:…")


@pytest.mark.parametrize("address", ["", "unix:", "999.1.1.1", "\0", "::ffff:203.0.113.7"])
def test_an_address_that_cannot_be_read_is_no_hint(address: str) -> None:
    assert web_sessions._hint(address) in ("", "203.0.113.…")
