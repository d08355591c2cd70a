"""What the mails say. Nothing about anybody's skin, and no word that a person wrote.

A mail is read on other people's servers and lock screens, so it says that something waits, and
where. It loads nothing: whether it was opened is nobody's business.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from core.mail import Letter, LinkFor
from core.notifications import REMINDERS, Kind
from core.settings import settings
from pipeline.mail import links

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Envelope:
    """What a letter is made from: the mail's row, and the address as it is now."""

    mail_id: UUID
    user_id: UUID
    recipient: str
    letter: Letter
    message_id: str
    written_at: datetime
    kind: Kind | None = None  # of the news
    link_id: UUID | None = None


@dataclass(frozen=True)
class _Words:
    """The parts of a letter that its template does not hold."""

    subject: str
    sentences: tuple[str, ...]
    button: str
    page: str = ""  # where the button leads, unless it is a link of its own


_WAITS = _Words(
    "Something is waiting for you",
    (
        "Something new is waiting for you in Skincare AI.",
        "For your privacy this mail does not say what. Sign in to read it.",
    ),
    "Open Skincare AI",
    "/notifications",
)
_REMINDER = _Words(
    "Your reminder",
    ("This is the reminder that you asked for.",),
    "Open Skincare AI",
    "/notifications",
)
_OF_NEWS: Mapping[Kind, _Words] = {
    **dict.fromkeys(REMINDERS, _REMINDER),
    Kind.NEW_SIGN_IN: _Words(
        "New sign-in to your account",
        (
            "Somebody has signed in to your account from a place that we did not know yet.",
            "If it was you, there is nothing to do. If not, change your password and end the "
            "sessions that you do not know.",
        ),
        "See where you are signed in",
        "/profile",
    ),
    Kind.PASSWORD_CHANGED: _Words(
        "Your password was changed",
        (
            "The password of your account was changed, and every other session has ended.",
            "If this was not you, choose “Forgot your password?” where you sign in and set a new "
            "one at once.",
        ),
        "Open Skincare AI",
        "/",
    ),
    Kind.PHOTO_ACCESSED: _Words(
        "A notice about your account",
        (
            "There is a notice about who has looked into your account.",
            "For your privacy this mail does not say more. Sign in to read it.",
        ),
        "Read the notice",
        "/notifications",
    ),
}
_OTHERS: Mapping[Letter, _Words] = {
    Letter.VERIFY_ADDRESS: _Words(
        "Confirm your e-mail address",
        (
            "Confirm that this is your e-mail address, and we can write to you when something is "
            "waiting.",
            "The link works once, for 24 hours. If you did not ask for it, do nothing.",
        ),
        "Confirm this address",
    ),
    Letter.FINISH_REGISTRATION: _Words(
        "Confirm your new account",
        (
            "Somebody, probably you, has made an account with this e-mail address. Confirm the "
            "address, and you can sign in.",
            "The link works once, for 24 hours. If it was not you, do nothing: without the "
            "confirmation the account is deleted.",
        ),
        "Confirm and open my account",
    ),
    Letter.ALREADY_REGISTERED: _Words(
        "You have an account already",
        (
            "Somebody, probably you, wanted to make an account with this e-mail address. It has "
            "one already, so nothing was changed.",
            "Sign in as before. If you do not know your password any more, choose “Forgot your "
            "password?” there.",
        ),
        "Sign in",
        "/",
    ),
    Letter.RESET_PASSWORD: _Words(
        "Set a new password",
        (
            "You can set a new password for your account with this link. It works once, for 30 "
            "minutes.",
            "If you did not ask for it, do nothing: your password stays as it is.",
        ),
        "Set a new password",
    ),
}
_LINKS = {
    Letter.VERIFY_ADDRESS: LinkFor.VERIFY,
    Letter.FINISH_REGISTRATION: LinkFor.VERIFY,
    Letter.RESET_PASSWORD: LinkFor.RESET,
}


def written(envelope: Envelope) -> EmailMessage:
    """The whole mail. The same envelope gives the same bytes, however often it is tried."""
    words = _words(envelope)
    unsubscribe = None
    if envelope.kind is not None:
        unsubscribe = links.unsubscribe_address(envelope.user_id, envelope.kind)
    return _message(
        words,
        envelope.recipient,
        mail_id=envelope.mail_id,
        message_id=envelope.message_id,
        written_at=envelope.written_at,
        address=_leads_to(envelope, words),
        unsubscribe=unsubscribe,
    )


def of_erasure(
    recipient: str, sentences: tuple[str, ...], *, mail_id: UUID, message_id: str, now: datetime
) -> EmailMessage:
    """To somebody whose account is gone: what was erased with it."""
    return _message(
        _Words("Your account was erased", sentences, "Skincare AI"),
        recipient,
        mail_id=mail_id,
        message_id=message_id,
        written_at=now,
        address=links.page("/"),
        unsubscribe=None,
    )


def _message(
    words: _Words,
    recipient: str,
    *,
    mail_id: UUID,
    message_id: str,
    written_at: datetime,
    address: str,
    unsubscribe: str | None,
) -> EmailMessage:
    texts = {
        "words": words,
        "address": address,
        "unsubscribe": unsubscribe,
        "home": links.page("/"),
    }
    message = EmailMessage(policy.SMTP)
    message["From"] = _address(settings().smtp_sender or "", name="Skincare AI")
    message["To"] = _address(recipient)
    message["Subject"] = words.subject
    message["Date"] = written_at
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: holiday replies stay at home
    if unsubscribe is not None:
        message["List-Unsubscribe"] = f"<{unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    message.set_content(
        _templates().get_template("letter.txt").render(texts), cte="quoted-printable"
    )
    message.add_alternative(
        _templates().get_template("letter.html").render(texts),
        subtype="html",
        cte="quoted-printable",
    )
    message.set_boundary(f"=_{mail_id.hex}")
    return message


def _words(envelope: Envelope) -> _Words:
    if envelope.kind is not None:
        return _OF_NEWS.get(envelope.kind, _WAITS)
    return _OTHERS[envelope.letter]


def _leads_to(envelope: Envelope, words: _Words) -> str:
    if envelope.link_id is None:
        return links.page(words.page)
    return links.address(_LINKS[envelope.letter], envelope.link_id)


def _address(text: str, *, name: str = "") -> Address:
    """As a header can hold it. Raises ValueError for line breaks and the like.

    The name of a domain goes in ASCII, so that every server can take it.
    """
    local, _, domain = text.rpartition("@")
    return Address(name, local, domain.encode("idna").decode("ascii"))


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
