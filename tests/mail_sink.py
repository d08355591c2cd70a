"""A real SMTP server for tests: it keeps what it takes, and can be told to misbehave."""

from __future__ import annotations

import asyncio
import email
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from enum import Enum, auto
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from core.settings import settings
from tests.journeys.ports import free_port
from tests.running import wait_until

USER, PASSWORD = "skin@example.org", "a password for mail"
SENDER = "skin@example.org"


class Does(Enum):
    """What the server does with a mail."""

    TAKES = auto()
    REFUSES_FOR_NOW = auto()  # 451 to the recipient
    REFUSES = auto()  # 550 to the recipient
    REFUSES_THE_TEXT = auto()  # 554 after DATA
    HANGS = auto()  # takes the text, and says nothing
    DROPS_AFTER_DATA = auto()  # takes the text, and hangs up without a word


@dataclass
class Sink:
    """`taken` are the mails that it said 250 to, `seen` also those that it did not."""

    port: int
    does: Does = Does.TAKES
    slowly: float = 0.0  # seconds between the whole text and the 250
    taken: list[EmailMessage] = field(default_factory=list)
    seen: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    was_tls: list[bool] = field(default_factory=list)
    signed_in: list[bool] = field(default_factory=list)  # each try, whether it was right

    def wait_for(self, mails: int, seconds: float = 20.0) -> list[EmailMessage]:
        wait_until(lambda: len(self.taken) >= mails, seconds)
        return self.taken

    def knows(
        self, _server: SMTP, _session: Any, _envelope: Any, _way: str, data: Any
    ) -> AuthResult:
        """Whether name and password are the right ones."""
        assert isinstance(data, LoginPassword)
        is_right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        self.signed_in.append(is_right)
        return AuthResult(success=is_right, handled=False)

    async def handle_RCPT(  # noqa: N802 # aiosmtpd's name
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if self.does is Does.REFUSES_FOR_NOW:
            return f"451 4.3.0 {address} later"
        if self.does is Does.REFUSES:
            return f"550 5.1.1 {address} unknown"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        mail = email.message_from_bytes(content, policy=policy.SMTP)
        self.seen.append(mail)
        if self.does is Does.DROPS_AFTER_DATA:
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
            return "250 never heard"
        if self.does is Does.REFUSES_THE_TEXT:
            return "554 5.7.1 we do not like it"
        if self.does is Does.HANGS:
            await asyncio.sleep(60)  # whoever asks has gone long before
            return "451 4.3.0 woke up"
        await asyncio.sleep(self.slowly)
        self.recipients.extend(envelope.rcpt_tos)
        self.was_tls.append(session.ssl is not None)
        self.taken.append(mail)
        return "250 2.0.0 taken"


@contextmanager
def sink(tls: ssl.SSLContext | None = None, *, at_once: bool = False) -> Iterator[Sink]:
    """A server on a free port of this machine. With `tls` it wants STARTTLS and a sign-in.

    `at_once`: TLS from the first byte.
    """
    kept = Sink(free_port())
    options: dict[str, Any] = {}
    if tls is not None and at_once:
        options = {"ssl_context": tls}
    elif tls is not None:
        options = {
            "tls_context": tls,
            "require_starttls": True,
            "auth_required": True,
            "authenticator": kept.knows,
        }
    server = Controller(kept, hostname="127.0.0.1", port=kept.port, enable_SMTPUTF8=True, **options)
    server.start()
    try:
        yield kept
    finally:
        kept.does = Does.TAKES
        server.stop()


def environment(port: int, **more: str) -> dict[str, str]:
    """The settings that send mail to a sink without TLS."""
    return {
        "SMTP_SERVER": "127.0.0.1",
        "SMTP_PORT": str(port),
        "SMTP_SECURITY": "none",
        "SMTP_SENDER": SENDER,
        "SKINCARE_PUBLIC_URL": "https://skin.example.org",
    } | more


@contextmanager
def mail_goes_to(port: int, **more: str) -> Iterator[None]:
    """Inside the block this process sends its mail there."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment(port, **more).items():
            patch.setenv(name, value)
        settings.cache_clear()
        yield
    settings.cache_clear()


def link_in(mail: EmailMessage) -> str:
    """Where the button leads."""
    [line] = [
        line
        for line in text_of(mail).splitlines()
        if "token=" in line and "unsubscribe" not in line
    ]
    return line.strip()


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def html_of(mail: EmailMessage) -> str:
    part = mail.get_body(("html",))
    assert part is not None
    return str(part.get_content())
