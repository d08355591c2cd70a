"""Mail workers are killed, and several work at once: nothing is lost.

A mail goes twice only when its worker died between the server's 250 and our commit, and then both
have the same Message-ID.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import select, text

from core.notifications import Kind
from core.settings import ROOT
from data import addresses, mail
from data.database import read, transaction
from data.tables import Mail
from pipeline.mail import outbox
from tests.mail_sink import Does, Sink, mail_goes_to
from tests.mail_sink import sink as started
from tests.people import register
from tests.running import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.alone, pytest.mark.timeout(300)]


@pytest.fixture
def sink(fresh_database: str) -> Iterator[Sink]:
    with started() as kept, mail_goes_to(kept.port):
        yield kept


@contextmanager
def mailers(many: int, *arguments: str) -> Iterator[list[subprocess.Popen[bytes]]]:
    command = [sys.executable, "-m", "tests.faults.mailer", *arguments]
    processes = [
        subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) for _ in range(many)
    ]
    try:
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.wait(10)


def _put_in(mails: int) -> set[str]:
    """The Message-IDs of so many mails to people whose address is confirmed."""
    with transaction() as session:
        email = "ada@example.org"
        ada = register(session, email=email)
        addresses.verify(session, ada, email)
        for number in range(mails):
            outbox.notify_by_mail(session, ada, Kind.CONSULTATION_UPDATE, dedupe=str(number))
    with read() as session:
        return set(session.scalars(select(Mail.message_id)))


def _is_empty() -> bool:
    with read() as session:
        return mail.figures(session).waiting == 0


def _let_time_pass() -> None:
    with transaction() as session:
        session.execute(text("UPDATE email_outbox SET next_try_at = now() WHERE sent_at IS NULL"))


def _ids(mails: list[object]) -> Counter[str]:
    return Counter(str(one["Message-ID"]) for one in mails)  # type: ignore[index]


def test_four_mailers_send_two_hundred_mails_once_each(sink: Sink) -> None:
    put_in = _put_in(200)
    with mailers(4):
        wait_until(_is_empty, 120)
    assert _ids([*sink.seen]) == Counter(dict.fromkeys(put_in, 1))


def test_mailers_that_are_killed_again_and_again_lose_nothing(sink: Sink) -> None:
    put_in = _put_in(20)
    sink.slowly = 0.1
    for round_ in range(1, 3):
        with mailers(2):  # ended by kill -9, mostly while the server thinks
            wait_until(lambda least=round_ * 5: len(sink.seen) >= least, 60)  # type: ignore[misc]
    sink.slowly = 0.0
    with mailers(1):
        wait_until(_is_empty, 60)
    ids = _ids([*sink.seen])
    assert set(ids) == put_in
    assert sum(ids.values()) - len(ids) <= 4  # at most one a killed mailer: two rounds of two


def test_a_mailer_that_dies_between_the_servers_250_and_our_commit_sends_twice_with_one_id(
    sink: Sink,
) -> None:
    [message_id] = _put_in(1)
    with mailers(1, "--dies-before-commit") as [process]:
        assert process.wait(60) == -9
    assert len(sink.taken) == 1
    assert not _is_empty(), "it is not known that the mail went"
    with mailers(1):
        wait_until(_is_empty, 60)
    assert _ids([*sink.taken]) == {message_id: 2}
    first, second = sink.taken
    assert first.as_bytes() == second.as_bytes()


@pytest.mark.parametrize("does", [Does.REFUSES_FOR_NOW, Does.DROPS_AFTER_DATA])
def test_a_bad_hour_of_the_server_loses_nothing(sink: Sink, does: Does) -> None:
    put_in = _put_in(10)
    sink.does = does
    with mailers(2):
        wait_until(lambda: _tried() >= 3, 60)
        sink.does = Does.TAKES
        _let_time_pass()
        wait_until(_is_empty, 60)
    assert _ids([*sink.taken]) == Counter(dict.fromkeys(put_in, 1))


def _tried() -> int:
    with read() as session:
        return sum(session.scalars(select(Mail.attempts)))
