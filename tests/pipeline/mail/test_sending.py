from __future__ import annotations

import contextlib
import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.notifications import Channel, Kind
from data import addresses, mail, users
from data.database import transaction
from data.tables import Mail
from pipeline import leaving, notify
from pipeline.mail import outbox, sending
from pipeline.mail.sending import Outcome
from tests.mail_sink import Does, Sink, html_of, text_of
from tests.people import PASSWORD, register, signed_in


def _somebody(session: Session, email: str = "ada@example.org") -> UUID:
    """A person whose address is confirmed."""
    user_id = register(session, email=email)
    addresses.verify(session, user_id, email)
    return user_id


def _row(session: Session) -> Mail:
    session.expire_all()
    return session.scalars(select(Mail)).one()


def _let_time_pass(session: Session) -> None:
    session.execute(text("UPDATE email_outbox SET next_try_at = now() - interval '1 second'"))


def test_a_mail_goes_once_with_its_own_message_id(session: Session, sink: Sink) -> None:
    ada = _somebody(session)
    outbox.notify_by_mail(session, ada, Kind.DERMATOLOGIST_REPLIED, dedupe="1")
    outbox.notify_by_mail(session, ada, Kind.DERMATOLOGIST_REPLIED, dedupe="1")
    assert sending.send() is Outcome.SENT
    assert sending.send() is None
    [got] = sink.taken
    assert got["To"] == "ada@example.org"
    assert got["Message-ID"] == _row(session).message_id
    assert re.fullmatch(r"<[0-9a-f]{32}@example\.org>", got["Message-ID"])
    assert _row(session).sent_at is not None


def test_a_mail_says_only_that_something_waits(session: Session, sink: Sink) -> None:
    ada = _somebody(session)
    for kind in Kind:
        outbox.notify_by_mail(session, ada, kind, dedupe=kind)
        notify.switch(session, ada, kind, Channel.EMAIL, on=True)
    assert sending.send_due() == len(Kind)
    telling = re.compile(
        r"skin(?!care)|dermat|consult|result|check|trial|photo|score|acne|routine|doctor", re.I
    )
    for got in sink.taken:
        for words in (
            got["Subject"],
            text_of(got),
            re.sub(r"(?s)<style.*?</style>", "", html_of(got)),
        ):
            seen = re.sub(r"https://\S+", "", re.sub(r"<[^>]*>", " ", words))
            assert telling.search(seen) is None, seen


def test_only_an_address_that_is_confirmed_gets_mail(session: Session, sink: Sink) -> None:
    bea = register(session, email="bea@example.org")
    outbox.notify_by_mail(session, bea, Kind.CONSULTATION_UPDATE, dedupe="1")
    assert sending.send() is None
    assert sink.seen == []


def test_news_that_is_not_wanted_any_more_is_not_sent(session: Session, sink: Sink) -> None:
    ada = _somebody(session)
    outbox.notify_by_mail(session, ada, Kind.CONSULTATION_UPDATE, dedupe="1")
    notify.switch(session, ada, Kind.CONSULTATION_UPDATE, Channel.EMAIL, on=False)
    assert sending.send() is Outcome.REMOVED
    assert sink.seen == []


def test_without_a_mail_server_nothing_is_put_into_the_outbox(session: Session) -> None:
    ada = _somebody(session)
    outbox.notify_by_mail(session, ada, Kind.CONSULTATION_UPDATE, dedupe="1")
    assert not outbox.is_available()
    assert mail.figures(session).waiting == 0


def test_mail_waits_for_the_end_of_quiet_hours(session: Session, sink: Sink) -> None:
    ada = _somebody(session)
    end = session.scalar(text("SELECT now() + interval '1 hour'"))
    outbox.notify_by_mail(session, ada, Kind.CONSULTATION_UPDATE, dedupe="1", not_before=end)
    assert sending.send() is None
    session.execute(text("UPDATE email_outbox SET next_try_at = now()"))
    assert sending.send() is Outcome.SENT


def test_erasing_an_account_takes_its_mails_out_of_the_outbox(session: Session, sink: Sink) -> None:
    ada = signed_in(session, _somebody(session))
    outbox.notify_by_mail(session, ada.user_id, Kind.CONSULTATION_UPDATE, dedupe="1")
    assert mail.figures(session).waiting == 1
    leaving.delete_account(session, ada, password=PASSWORD, at_once=True)
    assert mail.figures(session).waiting == 0
    assert sending.send() is None
    assert sink.seen == []


def test_what_is_rolled_back_is_not_sent(fresh_database: str, sink: Sink) -> None:
    with transaction() as session:
        ada = _somebody(session)
    with contextlib.suppress(NotFound), transaction() as session:
        outbox.notify_by_mail(session, ada, Kind.CONSULTATION_UPDATE, dedupe="1")
        users.get(session, uuid4())  # fails, and so does all of it
    assert sending.send() is None
    assert sink.seen == []


@pytest.mark.parametrize(
    ("does", "problem", "outcome"),
    [
        (Does.REFUSES_FOR_NOW, "451", Outcome.LATER),
        (Does.REFUSES, "550", Outcome.LATER),
        (Does.REFUSES_THE_TEXT, "554", Outcome.LATER),
        (Does.DROPS_AFTER_DATA, "connection", Outcome.SERVER_AWAY),
        (Does.HANGS, "timeout", Outcome.SERVER_AWAY),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_a_mail_that_was_not_taken_goes_later_with_the_same_message_id(
    session: Session,
    sink: Sink,
    monkeypatch: pytest.MonkeyPatch,
    does: Does,
    problem: str,
    outcome: Outcome,
) -> None:
    monkeypatch.setattr("pipeline.mail.smtp.SECONDS", 1.0)
    outbox.notify_by_mail(session, _somebody(session), Kind.CONSULTATION_UPDATE, dedupe="1")
    sink.does = does
    assert sending.send() is outcome
    assert (_row(session).attempts, _row(session).last_problem) == (1, problem)
    assert sending.send() is None, "it rests before the next try"
    sink.does = Does.TAKES
    _let_time_pass(session)
    assert sending.send() is Outcome.SENT
    assert len(sink.taken) == 1
    assert {got["Message-ID"] for got in sink.seen} == {_row(session).message_id}
    assert {got.as_bytes() for got in sink.seen} == {sink.taken[0].as_bytes()}


def test_the_third_refusal_is_the_last_try_and_seen_in_the_log(
    session: Session, sink: Sink, caplog: pytest.LogCaptureFixture
) -> None:
    outbox.notify_by_mail(session, _somebody(session), Kind.CONSULTATION_UPDATE, dedupe="1")
    sink.does = Does.REFUSES
    outcomes = []
    for _ in range(3):
        outcomes.append(sending.send())
        _let_time_pass(session)
    assert outcomes == [Outcome.LATER, Outcome.LATER, Outcome.GIVEN_UP]
    assert sending.send() is None
    assert mail.figures(session).given_up == 1
    assert _row(session).given_up_at is not None


def test_a_mail_is_given_up_after_three_days_but_tried_once_whatever_happens(
    session: Session, sink: Sink
) -> None:
    outbox.notify_by_mail(session, _somebody(session), Kind.CONSULTATION_UPDATE, dedupe="1")
    lasts = _row(session).give_up_at - _row(session).created_at
    assert lasts == outbox.GIVE_UP_AFTER == timedelta(days=3)
    session.execute(text("UPDATE email_outbox SET give_up_at = now() - interval '1 day'"))
    sink.does = Does.REFUSES_FOR_NOW
    assert sending.send() is Outcome.GIVEN_UP


def test_each_wait_is_longer_and_none_longer_than_an_hour_and_a_quarter() -> None:
    middle = [15.0, 30.0, 60.0, 120.0, 240.0, 480.0, 960.0, 1920.0, 3600.0, 3600.0]
    for attempts, seconds in enumerate(middle, start=1):
        waits = [sending.wait_after(attempts).total_seconds() for _ in range(200)]
        assert min(waits) >= seconds * 0.75
        assert max(waits) <= seconds * 1.25
        assert max(waits) - min(waits) > seconds * 0.2, "jitter"


def test_news_ends_by_one_click_of_any_mail_program(session: Session, sink: Sink) -> None:
    ada = _somebody(session)
    outbox.notify_by_mail(session, ada, Kind.CONSULTATION_UPDATE, dedupe="1")
    sending.send()
    [got] = sink.taken
    assert got["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = got["List-Unsubscribe"].strip("<>")
    assert address.startswith("https://skin.example.org/mail/unsubscribe?token=")
    assert address in text_of(got)
