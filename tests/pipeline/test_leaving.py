"""From the wish to leave to the erasure: closed, silent, shown to nobody; and the receipt."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from core.analyses import Status
from core.consultations import State
from core.errors import NotAllowed, NotFound, NotSignedIn
from core.mail import Letter
from core.notifications import Kind
from core.people import Identity, Purpose
from data import addresses, analyses, belongings, consultations, erasures, mail
from data.base import Base
from data.database import read, transaction
from pipeline import (
    accounts,
    consents,
    erasure_receipt,
    intake,
    jobs,
    leaving,
    notify,
    sweep,
    tokens,
    web_sessions,
)
from pipeline.consultations import cases
from pipeline.mail import outbox, sending
from tests import people
from tests.consulting import claimed
from tests.mail_sink import Does, Sink, mail_goes_to, sink, text_of
from tests.people import PASSWORD
from tests.stand_in import examination, photo_that


@pytest.fixture
def server() -> Iterator[Sink]:
    with sink() as taking, mail_goes_to(taking.port):
        yield taking


@pytest.fixture
def ada(var: Path, fresh_database: str, server: Sink) -> Identity:
    """Somebody whose address is confirmed."""
    with transaction() as session:
        ada = people.signed_in(session)
        addresses.verify(session, ada.user_id, ada.email)
    return ada


def leave(who: Identity, *, at_once: bool = False) -> UUID:
    with transaction() as session:
        return leaving.delete_account(session, who, password=PASSWORD, at_once=at_once)


def let_grace_pass() -> None:
    with transaction() as session:
        session.execute(text("UPDATE erasures SET due_at = now()"))
    sweep.due_erasures()


def test_nobody_is_signed_in_any_more_and_nobody_can_be(ada: Identity) -> None:
    with transaction() as session:
        pair = tokens.issue(session, ada.user_id, address="", user_agent="")
    leave(ada)
    with transaction() as session:
        assert web_sessions.identity_of(session, ada.session_id) is None
        with pytest.raises(NotAllowed):
            accounts.sign_in(session, email=ada.email, password=PASSWORD, address="")
        with pytest.raises(NotSignedIn):
            tokens.identify(session, pair.access)
        with pytest.raises(NotSignedIn):
            tokens.refresh(session, pair.refresh)


def test_mails_that_wait_are_taken_back_and_none_follow(ada: Identity, server: Sink) -> None:
    with transaction() as session:
        outbox.enqueue(session, ada.user_id, Letter.ALREADY_REGISTERED, dedupe="1")
        notify.tell(session, ada.user_id, Kind.PASSWORD_CHANGED, dedupe="2")
        assert mail.figures(session).waiting == 2
    leave(ada)
    with transaction() as session:
        notify.tell(session, ada.user_id, Kind.PASSWORD_CHANGED, dedupe="3")
    sending.send_due()
    assert server.seen == []
    with read() as session:
        assert mail.figures(session).waiting == 0


def test_a_check_that_waits_is_not_scored(ada: Identity) -> None:
    with transaction() as session:
        check = intake.submit(session, ada, [photo_that("is scored")])
    leave(ada)
    jobs.examine(check, lambda *_: examination())
    with read() as session:
        assert analyses.get(session, ada.user_id, check).status is not Status.SCORED


def test_a_dermatologist_loses_the_open_case_at_once(ada: Identity) -> None:
    with transaction() as session:
        grace, case = claimed(session, ada)
    with transaction() as session:
        [photo_id, *_] = [one.photo_id for one in cases.open_case(session, grace, case).photos]
    assert photo_id is not None
    leave(ada)
    with read() as session:
        assert consultations.by_id(session, case).state is State.WITHDRAWN  # type: ignore[union-attr]
    for look in (
        lambda s: cases.open_case(s, grace, case),
        lambda s: cases.photo_of_case(s, grace, case, photo_id),
    ):
        with pytest.raises((NotFound, NotAllowed)), transaction() as session:
            look(session)


def test_no_consent_is_left_but_to_statistics_which_count_no_closed_account(ada: Identity) -> None:
    with transaction() as session:
        for purpose in Purpose:
            consents.give(session, ada.user_id, purpose)
    leave(ada)
    with read() as session:
        current = consents.current(session, ada.user_id)
    left = {purpose for purpose, given in current.items() if given is not None and given.in_force}
    assert left == {Purpose.STATISTICS}


# ------------------------------------------------------------------ the receipt


def test_every_table_of_a_person_has_a_word_in_the_receipt(ada: Identity) -> None:
    told = [table for tables in erasure_receipt.KINDS.values() for table in tables]
    assert sorted(told) == sorted(belongings.belonging(ada.user_id))
    assert set(told) <= set(Base.metadata.tables)


def test_the_receipt_says_what_went_and_names_nobody(ada: Identity) -> None:
    with transaction() as session:
        consents.give(session, ada.user_id, Purpose.STATISTICS)
        check = intake.submit(session, ada, [photo_that("is scored")])
        outbox.enqueue(session, ada.user_id, Letter.ALREADY_REGISTERED, dedupe="1")
    jobs.examine(check, lambda *_: examination())
    with transaction() as session:
        intake.submit(session, ada, [photo_that("is scored", seed=1)])
    entry = leave(ada, at_once=True)
    with read() as session:
        receipt = erasures.receipt_of(session, entry)
    said = {line.what: line.number for line in erasure_receipt.lines(receipt)}
    assert said["photos"] == 2
    assert said["sets of marked pictures"] == 1
    assert said["results of checks, in every version"] == 2
    assert said["days of the statistics, counted again without you"] == 1
    assert not {str(ada.user_id), ada.email} & set(str(receipt).split("'"))


def test_after_the_days_of_grace_the_receipt_comes_by_mail(ada: Identity, server: Sink) -> None:
    leave(ada)
    let_grace_pass()
    [mail_] = server.taken
    assert server.recipients == [ada.email]
    assert mail_["Subject"] == "Your account was erased"
    assert "1 × the account, with name, e-mail address and password" in " ".join(
        text_of(mail_).split()
    )
    assert "Ada" not in text_of(mail_)


def test_an_address_that_nobody_has_proven_gets_no_receipt(ada: Identity, server: Sink) -> None:
    with transaction() as session:
        session.execute(text("DELETE FROM verified_addresses"))
    leave(ada)
    let_grace_pass()
    assert server.seen == []


def test_a_mail_server_that_refuses_stops_no_erasure(
    ada: Identity, server: Sink, caplog: pytest.LogCaptureFixture
) -> None:
    server.does = Does.REFUSES
    entry = leave(ada)
    let_grace_pass()
    with read() as session:
        assert erasures.receipt_of(session, entry).rows["users"] == 1
    assert ada.email not in caplog.text


def test_there_is_no_receipt_before_the_erasure(ada: Identity) -> None:
    entry = leave(ada)
    with read() as session, pytest.raises(NotFound):
        erasures.receipt_of(session, entry)
