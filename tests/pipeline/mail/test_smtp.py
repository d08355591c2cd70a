"""TLS: certificates are checked, and without them nothing is said, not even the password."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
import trustme
from sqlalchemy.orm import Session

from core.errors import InvalidInput
from core.notifications import Kind
from core.settings import settings
from data import addresses
from pipeline.mail import outbox, sending
from pipeline.mail.sending import Outcome
from tests.mail_sink import PASSWORD, USER, environment, mail_goes_to, sink
from tests.people import register

_SIGNS_IN = {"SMTP_USER": USER, "SMTP_PASSWORD": PASSWORD}


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> Path:
    file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(file)
    return file


@pytest.fixture
def waits(session: Session) -> None:
    """One mail to somebody whose address is confirmed."""
    ada = register(session, email="ada@example.org")
    addresses.verify(session, ada, "ada@example.org")
    with mail_goes_to(1):
        outbox.notify_by_mail(session, ada, Kind.CONSULTATION_UPDATE, dedupe="1")


def _speaks_as(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(context)
    return context


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.usefixtures("waits")
def test_a_server_with_the_right_certificate_gets_password_and_mail(
    security: str, authority: trustme.CA, ca_file: Path
) -> None:
    context = _speaks_as(authority, "127.0.0.1")
    with sink(context, at_once=security == "tls") as server:
        more = _SIGNS_IN if security == "starttls" else {}
        given = {"SMTP_SECURITY": security, "SMTP_CA_FILE": str(ca_file)} | more
        with mail_goes_to(server.port, **given):
            assert sending.send() is Outcome.SENT
    assert len(server.taken) == 1
    if security == "starttls":
        assert server.was_tls == [True]


# The test's server leaves its transport open when a handshake fails.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("wrong", ["name", "authority"])
@pytest.mark.usefixtures("waits")
def test_a_wrong_certificate_gets_nothing(
    security: str, wrong: str, authority: trustme.CA, ca_file: Path
) -> None:
    speaks = _speaks_as(authority, "mail.example.org")
    if wrong == "authority":
        speaks = _speaks_as(trustme.CA(), "127.0.0.1")
    with sink(speaks, at_once=security == "tls") as server:
        given = {"SMTP_SECURITY": security, "SMTP_CA_FILE": str(ca_file), **_SIGNS_IN}
        with mail_goes_to(server.port, **given):
            assert sending.send() is Outcome.SERVER_AWAY
    assert server.seen == []
    assert server.signed_in == []


@pytest.mark.usefixtures("waits")
def test_a_server_that_offers_no_starttls_gets_nothing(ca_file: Path) -> None:
    with sink() as server:
        given = {"SMTP_SECURITY": "starttls", "SMTP_CA_FILE": str(ca_file)}
        with mail_goes_to(server.port, **given):
            assert sending.send() is Outcome.SERVER_AWAY
    assert server.seen == []


@pytest.mark.usefixtures("waits")
def test_a_wrong_password_is_the_servers_problem_and_not_the_mails(
    authority: trustme.CA, ca_file: Path
) -> None:
    with sink(_speaks_as(authority, "127.0.0.1")) as server:
        given = {"SMTP_SECURITY": "starttls", "SMTP_CA_FILE": str(ca_file), **_SIGNS_IN}
        with mail_goes_to(server.port, **given | {"SMTP_PASSWORD": "another"}):
            assert sending.send() is Outcome.SERVER_AWAY
        assert set(server.signed_in) == {False}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"SMTP_SECURITY": "none", "SMTP_SERVER": "mail.example.org"}, "for a server on this"),
        ({"SKINCARE_PUBLIC_URL": ""}, "SKINCARE_PUBLIC_URL"),
        ({"SMTP_SENDER": ""}, "the address that mails come from"),
        ({"SMTP_SENDER": "Skin <a@example.org>\r\nBcc: b@example.org"}, "the address that"),
    ],
    ids=["open to the world", "no public address", "no sender", "line break in the sender"],
)
def test_settings_that_would_not_work_are_refused_with_a_sentence(
    given: dict[str, str], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (environment(25) | given).items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    with pytest.raises(InvalidInput, match=words):
        settings()
    monkeypatch.undo()
    settings.cache_clear()
