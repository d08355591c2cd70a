"""Row 1 and 2 of the threats: a session that is not yours, and one that has ended."""

from __future__ import annotations

import secrets
import warnings
from datetime import UTC, datetime, timedelta

import jwt
import pytest

import data.database
from core.people import Role
from data import users
from pipeline import accounts, web_sessions
from tests.attacks.conftest import PASSWORD, Person, Served
from tests.attacks.test_foreign_ids import OPEN_PAGES
from tests.attacks.wire import Refused, Wire

pytestmark = pytest.mark.slow


def test_a_stolen_streamlit_session_id_gives_a_fresh_session(probed: Served) -> None:
    alice, mallory = probed.person(), probed.person()
    victim = probed.signed_in(alice).connect()
    victim.run(query="show=authority")
    assert any(alice.email in text for text in victim.texts)

    attacker = probed.signed_in(mallory).connect(session_id=victim.session_id)
    attacker.run(query="show=authority")
    assert attacker.session_id != victim.session_id
    assert alice.email.encode() not in attacker.seen
    victim.run(query="show=authority")  # and hers goes on
    assert any(alice.email in text for text in victim.texts)


def test_a_stolen_session_id_gives_nothing_after_its_tab_was_closed(probed: Served) -> None:
    victim = probed.signed_in(probed.person()).connect()
    victim.run(query="show=authority")
    victim.close()
    attacker = probed.signed_in(probed.person()).connect(session_id=victim.session_id)
    attacker.run(query="show=authority")
    assert attacker.session_id != victim.session_id


def test_a_visitor_cannot_take_over_a_signed_in_session(probed: Served) -> None:
    alice = probed.person()
    victim = probed.signed_in(alice).connect()
    victim.run(query="show=authority")
    visitor = probed.visitor().connect(session_id=victim.session_id)
    visitor.run(query="show=authority")
    assert visitor.session_id != victim.session_id
    assert alice.email.encode() not in visitor.seen


def test_two_visitors_do_not_share_an_identity(probed: Served) -> None:
    first = probed.visitor().connect()
    first.run()
    second = probed.visitor().connect(session_id=first.session_id)
    second.run()
    assert second.session_id != first.session_id


def test_the_same_browser_does_get_its_session_back(probed: Served) -> None:
    """The control: without it the tests above would pass if resuming never worked at all."""
    victim = probed.signed_in(probed.person()).connect()
    victim.run(query="show=authority")
    victim.close()
    again = Wire(probed.address, cookies=victim.cookies).connect(session_id=victim.session_id)
    again.run(query="show=authority")
    assert again.session_id == victim.session_id


@pytest.mark.parametrize(
    "cookies",
    [{}, {"sid": "made-up"}, {"visitor": "made-up.aaaaaa.bbbb"}, {"__Host-sid": "x"}],
    ids=["none", "made up", "unsigned visitor", "wrong name"],
)
def test_no_websocket_without_a_cookie_of_ours(probed: Served, cookies: dict[str, str]) -> None:
    with pytest.raises(Refused):
        Wire(probed.address, cookies=cookies).connect()


@pytest.mark.parametrize("name", ["x-auth-user", "X-Auth-Session", "x_auth_session"])
def test_identity_headers_of_the_client_are_dropped(probed: Served, name: str) -> None:
    alice = probed.person()
    victim = probed.signed_in(alice)
    with data.database.transaction() as session:
        who = web_sessions.identify(session, victim.cookies["sid"])
    assert who is not None
    value = str(who.user_id) if "user" in name else str(who.session_id)
    visitor = probed.visitor().connect(headers={name: value})
    visitor.run(query="show=authority")
    assert visitor.texts[0] == "user None"


def test_a_copied_cookie_is_worth_nothing_after_sign_out(served: Served) -> None:
    browser = served.signed_in(served.person())
    copied = dict(browser.cookies)
    browser.connect()
    browser.run()
    browser.run("sign-out")
    assert "/session/end" in browser.redirects
    _assert_nobody(served, {"sid": copied["sid"]})
    # The open websocket is nobody's either, and so is the second tab.
    browser.run()
    assert browser.redirects == ["/"]


def test_a_copied_cookie_is_worth_nothing_after_a_password_change(served: Served) -> None:
    alice = served.person()
    thief = served.signed_in(alice)
    own = served.signed_in(alice)
    with data.database.transaction() as session:
        who = web_sessions.identify(session, own.cookies["sid"])
        assert who is not None
        accounts.change_password(session, who, current=PASSWORD, new=secrets.token_hex(8))
    _assert_nobody(served, {"sid": thief.cookies["sid"]})
    assert own.get("/media/none.png").status == 404  # the one who changed it stays


def test_a_copied_cookie_is_worth_nothing_after_deactivation(served: Served) -> None:
    alice = served.person()
    thief = served.signed_in(alice)
    with data.database.transaction() as session:
        accounts.deactivate(session, alice.user_id)
    _assert_nobody(served, {"sid": thief.cookies["sid"]})


def _assert_nobody(served: Served, cookies: dict[str, str]) -> None:
    with pytest.raises(Refused):
        Wire(served.address, cookies=cookies).connect()
    assert Wire(served.address, cookies=cookies).get("/media/none.png").status == 401


def test_a_ticket_works_once_and_only_for_its_visitor(served: Served) -> None:
    alice = served.person()
    hers, mallorys = served.visitor(), served.visitor()
    served.sign_in_form(hers, alice.email, alice.password)
    ticket = hers.redirects[-1]
    mallorys.get(ticket)
    assert "sid" not in mallorys.cookies
    hers.get(ticket)
    assert "sid" in hers.cookies
    again = Wire(served.address, cookies={"visitor": hers.cookies["visitor"]})
    again.get(ticket)
    assert "sid" not in again.cookies


def test_a_link_to_sign_out_signs_nobody_out(served: Served) -> None:
    browser = served.signed_in(served.person())
    assert browser.get("/session/end").status == 303
    assert "sid" in browser.cookies
    browser.connect()
    browser.run("sign-out")  # the address opened by itself: asks first
    assert browser.redirects == []
    assert Wire(served.address, cookies=browser.cookies).get("/media/none.png").status == 404


def test_the_session_cookie_is_out_of_reach_of_scripts(served: Served) -> None:
    alice = served.person()
    browser = served.visitor()
    served.sign_in_form(browser, alice.email, alice.password)
    [cookie] = browser.get(browser.redirects[-1]).set_cookies
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))


@pytest.mark.parametrize("with_its_sessions", [True, False], ids=["sessions end", "role only"])
def test_authority_ends_in_the_middle_of_a_session(probed: Served, with_its_sessions: bool) -> None:
    """Row 3: after a change of role, a callback and a fragment of the old page do nothing."""
    alice = probed.person()
    browser = probed.signed_in(alice).connect()
    browser.run(query="show=authority")
    with data.database.transaction() as session:
        if with_its_sessions:
            accounts.grant(session, email=alice.email, role=Role.ANALYST)
        else:
            users.change(session, alice.user_id, role=Role.ANALYST)
    [fragment] = browser.fragments
    browser.run(fragment=fragment, query="show=authority")
    assert alice.email.encode() not in browser.seen
    browser.press("rename", query="show=authority")
    assert _first_name(alice) == "Ann"


def test_callback_and_fragment_do_run_while_the_person_may(probed: Served) -> None:
    """The control of the test above."""
    alice = probed.person()
    browser = probed.signed_in(alice).connect()
    browser.run(query="show=authority")
    [fragment] = browser.fragments
    browser.run(fragment=fragment, query="show=authority")
    assert alice.email.encode() in browser.seen
    browser.press("rename", query="show=authority")
    assert _first_name(alice) == "RENAMED"


def _first_name(person: Person) -> str:
    with data.database.transaction() as session:
        return users.get(session, person.user_id).first_name


@pytest.mark.parametrize("key", ["some_key", "random_signature_key"])
def test_the_librarys_own_cookie_signs_nobody_in(served: Served, key: str) -> None:
    """Row 2: streamlit-authenticator trusts a JWT under a name and a key that have defaults."""
    claims = {
        "username": served.anybody.email,
        "exp_date": (datetime.now(UTC) + timedelta(days=9)).timestamp(),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the keys are short; that is the point
        forged = jwt.encode(claims, key, algorithm="HS256")
    wire = served.visitor()
    wire.cookies |= {"some_cookie_name": forged, "random_cookie_name": forged}
    wire.connect()
    wire.run()
    assert "Sign in" in wire.widgets
    assert set(wire.pages) == OPEN_PAGES
