from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.errors import Conflict, NotAllowed, NotFound, TooMany
from core.notifications import Channel, Kind
from data import mailed_links, users
from pipeline import accounts, notify, registration, unsubscribing, verification
from pipeline.mail import letters, links, sending
from pipeline.mail.sending import Outcome
from tests.mail_sink import Sink, link_in, mail_goes_to
from tests.mail_sink import sink as started
from tests.people import ADDRESS, PASSWORD, register, signed_in

EMAIL = "ada@example.org"


@pytest.fixture
def sink() -> Iterator[Sink]:
    with started() as kept, mail_goes_to(kept.port):
        yield kept


def _register(session: Session, password: str = PASSWORD) -> UUID | None:
    return registration.register(
        session,
        email=EMAIL,
        password=password,
        first_name="Ada",
        last_name="Byron",
        address=ADDRESS,
    )


def _sign_in(session: Session, password: str = PASSWORD) -> UUID:
    return accounts.sign_in(session, email=EMAIL, password=password, address=ADDRESS)


def _token(sink: Sink) -> str:
    assert sending.send() is Outcome.SENT
    return link_in(sink.taken[-1]).partition("token=")[2]


def test_with_mail_an_account_opens_by_the_link_and_its_address_is_confirmed(
    session: Session, sink: Sink
) -> None:
    assert _register(session) is None
    with pytest.raises(NotAllowed, match=accounts.WRONG):
        _sign_in(session)
    confirmed = verification.confirm(session, _token(sink))
    assert confirmed.is_new_account
    session.expire_all()
    assert _sign_in(session) == confirmed.user_id
    assert verification.since(session, confirmed.user_id) is not None


def test_an_address_with_an_account_gets_the_same_answer_and_its_owner_a_mail(
    session: Session, sink: Sink
) -> None:
    ada = register(session, email=EMAIL)
    assert _register(session, "nine blue trumpets") is None
    assert sending.send() is Outcome.SENT
    assert sink.taken[0]["Subject"] == "You have an account already"
    with pytest.raises(NotAllowed):
        _sign_in(session, "nine blue trumpets")
    assert _sign_in(session) == ada


@pytest.mark.parametrize("is_taken", [True, False])
def test_the_limit_of_mails_tells_nothing_either(
    session: Session, sink: Sink, is_taken: bool
) -> None:
    if is_taken:
        register(session, email=EMAIL)
    for _ in range(mailed_links.MOST_PER_ACCOUNT):
        _register(session)
    with pytest.raises(TooMany):
        _register(session)


def test_the_last_of_two_registrations_counts_until_the_address_is_confirmed(
    session: Session, sink: Sink
) -> None:
    _register(session, "nine blue trumpets")
    older = _token(sink)
    _register(session)
    newer = _token(sink)
    with pytest.raises(NotFound):
        verification.confirm(session, older)
    verification.confirm(session, newer)
    session.expire_all()
    _sign_in(session)


def test_an_account_that_nobody_confirms_is_erased_after_two_days(
    session: Session, sink: Sink
) -> None:
    _register(session)
    registration.forget_unconfirmed()
    assert users.by_email(session, EMAIL) is not None
    session.execute(text("UPDATE pending_accounts SET created_at = now() - interval '49 hours'"))
    registration.forget_unconfirmed()
    session.expire_all()
    assert users.by_email(session, EMAIL) is None


def test_without_mail_an_account_is_made_at_once_as_before(session: Session) -> None:
    assert _register(session) == _sign_in(session)
    with pytest.raises(Conflict):
        _register(session)


def test_a_person_confirms_the_address_of_an_account_that_there_was(
    session: Session, sink: Sink
) -> None:
    ada = signed_in(session, email=EMAIL)
    assert verification.since(session, ada.user_id) is None
    verification.ask(session, ada, address=ADDRESS)
    token = _token(sink)
    assert not verification.confirm(session, token).is_new_account
    with pytest.raises(NotFound):
        verification.confirm(session, token)
    with pytest.raises(Conflict):
        verification.ask(session, ada, address=ADDRESS)


def test_a_link_confirms_only_the_address_that_it_went_to(session: Session, sink: Sink) -> None:
    ada = signed_in(session, email=EMAIL)
    verification.ask(session, ada, address=ADDRESS)
    token = _token(sink)
    users.change(session, ada.user_id, email="other@example.org")
    session.expire_all()
    with pytest.raises(NotFound):
        verification.confirm(session, token)


def test_an_unsubscribe_link_ends_its_kind_and_no_other(session: Session, sink: Sink) -> None:
    ada = register(session)
    address = links.unsubscribe_address(ada, Kind.CONSULTATION_UPDATE)
    token = address.partition("token=")[2]
    unsubscribing.unsubscribe(session, token)
    unsubscribing.unsubscribe(session, token)
    assert not notify.wants(session, ada, Kind.CONSULTATION_UPDATE, Channel.EMAIL)
    assert notify.wants(session, ada, Kind.CONSULTATION_UPDATE, Channel.APP)
    assert notify.wants(session, ada, Kind.DERMATOLOGIST_REPLIED, Channel.EMAIL)
    for forged in ("", "x", token[:-1], token.swapcase(), token + "a", "\ud800"):
        with pytest.raises(NotFound):
            unsubscribing.unsubscribe(session, forged)


@pytest.mark.parametrize("sign", ["\r\nBcc: eve@example.org", "\n", "\r"])
def test_a_line_break_in_an_address_never_becomes_a_header(sink: Sink, sign: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        letters._address(f"ada{sign}@example.org")
    with pytest.raises(ValueError, match=r".+"):
        letters._address(f"ada@example.org{sign}")
