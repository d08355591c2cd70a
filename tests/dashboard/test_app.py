"""Which pages an account has, and who is asked again before anything happens."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from core.people import Identity, Role
from core.settings import settings
from dashboard import identity
from dashboard.redirect import go_to
from data.database import transaction
from pipeline import accounts
from tests.dashboard.seeing import seen_by
from tests.people import signed_in


@pytest.fixture
def ada(database: Connection) -> Identity:
    with transaction() as session:
        return signed_in(session, email="ada@example.org")


def test_a_visitor_sees_the_sign_in_page(database: Connection) -> None:
    page = seen_by(None).run()
    assert page.button[0].label == "Sign in"


def test_a_session_that_has_ended_is_sent_to_the_start(ada: Identity) -> None:
    page = seen_by(ada).run()
    assert not page.info
    with transaction() as session:
        accounts.sign_out(session, ada.session_id)
    page.run()
    assert page.info[0].value == "You are signed out."
    assert page.button.len == 0


@pytest.mark.parametrize(
    "session_id", ["", "none", "visitor", "00000000-0000-0000-0000-000000000000"]
)
def test_an_identity_that_we_never_gave_is_nobody(database: Connection, session_id: str) -> None:
    page = seen_by(None)
    page.user = {"user": None, "session": session_id}
    page.run()
    assert page.button.len == 0


@pytest.mark.parametrize(
    ("role", "title"),
    [(Role.DERMATOLOGIST, "Queue"), (Role.ADMIN, "Queue"), (Role.ANALYST, "Home")],
)
def test_staff_begin_with_their_own_work(ada: Identity, role: Role, title: str) -> None:
    with transaction() as session:
        accounts.grant(session, email=ada.email, role=role)
        staff = signed_in(session, ada.user_id)
    page = seen_by(staff).run()
    assert page.title[0].value == title


def test_a_demonstration_says_so_on_every_page(
    database: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not seen_by(None).run().warning
    monkeypatch.setenv("SKINCARE_DEMONSTRATION", "1")
    settings.cache_clear()
    page = seen_by(None).run()
    settings.cache_clear()
    assert "Demonstration" in page.warning[0].value


def test_an_address_elsewhere_is_no_place_to_send_a_browser() -> None:
    for address in ("https://evil.example", "//evil.example", "/\\evil.example", "evil", ""):
        with pytest.raises(ValueError, match="not a path"):
            go_to(address)


def test_a_guarded_action_is_not_called_without_authority(
    ada: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[Identity] = []

    @identity.guarded(Role.ADMIN)
    def act(who: Identity) -> None:
        done.append(who)

    monkeypatch.setattr(identity, "known", lambda: ada)
    act()
    monkeypatch.setattr(identity, "known", lambda: None)
    act()
    assert done == []
    identity.guarded()(lambda who: done.append(who))  # nobody: not called either
    monkeypatch.setattr(identity, "known", lambda: ada)
    identity.guarded(Role.USER)(lambda who: done.append(who))()
    assert done == [ada]
