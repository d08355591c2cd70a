"""Handing one mail to the server.

What goes wrong comes back as a code, never in the server's words: they often quote the address.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage

import aiosmtplib

from core.settings import settings

# For all of it, from the first packet to the server's 250. Shorter than the database lets a
# transaction rest (60 s) or another one wait (30 s).
SECONDS = 20.0
_SECONDS_FOR_GOODBYE = 1.0


@dataclass(frozen=True)
class Problem:
    """Why the server did not take a mail."""

    code: str  # "451", or in one word what happened
    is_refusal: bool = False  # it does not want this mail, now or later (5xx)
    is_away: bool = False  # it would take no other mail either


def deliver(message: EmailMessage) -> Problem | None:
    """Hand the mail over; None when the server has said that it has it."""
    try:
        asyncio.run(_deliver(message))
    except aiosmtplib.SMTPRecipientsRefused as error:
        return _of_code(error.recipients[0].code)
    except (aiosmtplib.SMTPRecipientRefused, aiosmtplib.SMTPDataError) as error:
        return _of_code(error.code)
    except aiosmtplib.SMTPSenderRefused as error:
        return Problem(str(error.code))  # our settings, or a server that is busy
    except aiosmtplib.SMTPNotSupported:
        return Problem("not-supported", is_refusal=True)  # an address that is not ASCII
    except aiosmtplib.SMTPResponseException as error:
        return Problem(str(error.code), is_away=True)  # at its greeting or our sign-in
    except ssl.SSLError:
        return Problem("certificate", is_away=True)
    except TimeoutError:
        return Problem("timeout", is_away=True)
    except (aiosmtplib.SMTPException, OSError) as error:
        is_tls = isinstance(error.__cause__, ssl.SSLError)
        return Problem("certificate" if is_tls else "connection", is_away=True)
    return None


async def _deliver(message: EmailMessage) -> None:
    given = settings()
    password = given.smtp_password
    server = aiosmtplib.SMTP(
        hostname=given.smtp_server,
        port=given.smtp_port,
        username=given.smtp_user,
        password=password.get_secret_value() if password else None,
        timeout=SECONDS,
        use_tls=given.smtp_security == "tls",
        start_tls=given.smtp_security == "starttls",
        tls_context=ssl.create_default_context(cafile=given.smtp_ca_file),
    )
    try:
        async with asyncio.timeout(SECONDS):
            await server.connect()
            await server.send_message(message)
        with contextlib.suppress(aiosmtplib.SMTPException, OSError):
            async with asyncio.timeout(_SECONDS_FOR_GOODBYE):
                await server.quit()
    finally:
        server.close()


def _of_code(code: int) -> Problem:
    return Problem(str(code), is_refusal=code >= 500)
