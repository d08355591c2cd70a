from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from core.errors import InvalidInput, NotAllowed, NotFound, TooMany
from core.notifications import Kind
from data import mailed_links, notifications
from data.database import transaction
from data.tables import AuthSession, MailedLink
from pipeline import accounts, password_reset, verification
from pipeline.mail import sending
from pipeline.mail.sending import Outcome
from tests.mail_sink import Sink, link_in, mail_goes_to
from tests.mail_sink import sink as started
from tests.people import ADDRESS, PASSWORD, register, signed_in

EMAIL, NEW = "ada@example.org", "seven green pianos"


@pytest.fixture
def sink() -> Iterator[Sink]:
    with started() as kept, mail_goes_to(kept.port):
        yield kept


def _token(session: Session, sink: Sink) -> str:
    """The token of the mail that asking brings."""
    password_reset.ask(session, email=EMAIL, address=ADDRESS)
    assert sending.send() is Outcome.SENT
    return link_in(sink.taken[-1]).partition("token=")[2]


def _sign_in(session: Session, password: str) -> None:
    accounts.sign_in(session, email=EMAIL, password=password, address=ADDRESS)


def test_the_link_sets_a_new_password_once_and_ends_every_session(
    session: Session, sink: Sink
) -> None:
    ada = signed_in(session, email=EMAIL)
    token = _token(session, sink)
    password_reset.check(session, token=token)
    password_reset.reset(session, token=token, password=NEW)
    _sign_in(session, NEW)
    with pytest.raises(NotAllowed):
        _sign_in(session, PASSWORD)
    assert session.scalar(select(func.count()).select_from(AuthSession)) == 0
    with pytest.raises(NotFound):
        password_reset.check(session, token=token)
    with pytest.raises(NotFound):
        password_reset.reset(session, token=token, password="nine blue trumpets")
    _sign_in(session, NEW)
    told, _ = notifications.listed(session, ada.user_id)
    assert Kind.PASSWORD_CHANGED in {one.kind for one in told}
    assert verification.since(session, ada.user_id) is not None, "the mailbox is proven by it"


def test_the_link_works_for_thirty_minutes(session: Session, sink: Sink) -> None:
    register(session, email=EMAIL)
    token = _token(session, sink)
    lasts = session.scalar(select(MailedLink.expires_at - MailedLink.asked_at))
    assert lasts is not None
    assert lasts.total_seconds() == 30 * 60
    session.execute(text("UPDATE mailed_links SET expires_at = now() - interval '1 second'"))
    with pytest.raises(NotFound):
        password_reset.reset(session, token=token, password=NEW)
    _sign_in(session, PASSWORD)


def test_a_weak_password_does_not_use_the_link_up(fresh_database: str, sink: Sink) -> None:
    with transaction() as session:
        register(session, email=EMAIL)
    with transaction() as session:
        password_reset.ask(session, email=EMAIL, address=ADDRESS)
    assert sending.send() is Outcome.SENT
    token = link_in(sink.taken[-1]).partition("token=")[2]
    with pytest.raises(InvalidInput), transaction() as session:
        password_reset.reset(session, token=token, password="password1")
    with transaction() as session:
        password_reset.reset(session, token=token, password=NEW)


def test_the_database_holds_no_token(session: Session, sink: Sink) -> None:
    register(session, email=EMAIL)
    token = _token(session, sink)
    for table in ("mailed_links", "email_outbox", "procrastinate_jobs"):
        rows = session.execute(text(f"SELECT t::text FROM {table} t")).scalars().all()  # noqa: S608
        assert rows
        assert not [row for row in rows if token in row or EMAIL in row]


def test_a_newer_link_and_an_older_one_end_together(session: Session, sink: Sink) -> None:
    register(session, email=EMAIL)
    older, newer = _token(session, sink), _token(session, sink)
    password_reset.reset(session, token=newer, password=NEW)
    with pytest.raises(NotFound):
        password_reset.reset(session, token=older, password="nine blue trumpets")


def test_an_unknown_address_gets_the_same_answer_and_no_mail(session: Session, sink: Sink) -> None:
    password_reset.ask(session, email="nobody@example.org", address=ADDRESS)
    assert sending.send() is Outcome.REMOVED
    assert sending.send() is None
    assert sink.seen == []


def test_a_closed_account_gets_no_link(session: Session, sink: Sink) -> None:
    accounts.deactivate(session, register(session, email=EMAIL))
    password_reset.ask(session, email=EMAIL, address=ADDRESS)
    assert sending.send() is Outcome.REMOVED


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.org"])
def test_the_sixth_mail_in_an_hour_is_refused_with_and_without_an_account(
    session: Session, sink: Sink, email: str
) -> None:
    register(session, email=EMAIL)
    for _ in range(mailed_links.MOST_PER_ACCOUNT):
        password_reset.ask(session, email=email, address=ADDRESS)
    with pytest.raises(TooMany) as refused:
        password_reset.ask(session, email=email, address="198.51.100.1")
    assert 0 < refused.value.retry_after <= 3600


@pytest.mark.alone
def test_asking_takes_as_long_for_unknown_addresses(fresh_database: str, sink: Sink) -> None:
    """By the same rows for both. Medians of 25 each, taken in turns, within a fifth."""
    known = [f"known{number}@example.org" for number in range(25)]
    with transaction() as session:
        for email in known:
            register(session, email=email)
    taken: dict[bool, list[float]] = {True: [], False: []}
    for number, email in enumerate(known):
        for is_known in (True, False):
            began = time.perf_counter()
            with transaction() as session:
                password_reset.ask(
                    session,
                    email=email if is_known else f"un{email}",
                    address=f"198.51.100.{number}",
                )
            taken[is_known].append(time.perf_counter() - began)
    known_takes, unknown_takes = (statistics.median(taken[one]) for one in (True, False))
    assert known_takes == pytest.approx(unknown_takes, rel=0.2, abs=0.004)


def test_without_a_mail_server_nothing_can_be_reset(session: Session) -> None:
    with pytest.raises(NotFound, match="sends no mail"):
        password_reset.ask(session, email=EMAIL, address=ADDRESS)
