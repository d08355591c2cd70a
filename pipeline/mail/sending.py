"""Sending what waits in the outbox: one mail, one transaction, locked while the server has it.

Any number of workers may do this at once. A worker that dies gives its mail back at once, because
its lock ends with its connection. If it dies between the server's 250 and our commit the mail goes
a second time, with the same Message-ID; see docs/decisions/mail.md.
"""

from __future__ import annotations

import random
from datetime import timedelta
from enum import Enum, auto
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from core.notifications import Channel
from data import addresses, mail, mailed_links, notification_preferences, users
from data.database import transaction
from data.tables import Mail
from pipeline.mail import letters, smtp

log = structlog.get_logger(__name__)

MOST_REFUSALS = 3  # 5xx answers to the same mail; once may be a server's bad day
_FIRST_WAIT, _LONGEST_WAIT = 15.0, 3600.0  # seconds
_JITTER = 0.25  # of a wait, to either side: what failed together does not come back together


class Outcome(Enum):
    SENT = auto()
    LATER = auto()  # it is tried again
    SERVER_AWAY = auto()  # it is tried again, and others need not be tried now
    GIVEN_UP = auto()
    REMOVED = auto()  # nobody shall get it any more


def send(mail_id: UUID | None = None) -> Outcome | None:
    """Try one mail that is due: this one, or the one due longest. None when there is none."""
    with transaction() as session:
        found = mail.take(session, mail_id=mail_id)
        if found is None:
            return None
        recipient = _recipient(session, found)
        if recipient is None or found.user_id is None:
            return _end(session, found)
        problem = smtp.deliver(letters.written(_envelope(found, found.user_id, recipient)))
        if problem is None:
            mail.sent(session, found.mail_id)
            outcome = Outcome.SENT
        else:
            outcome = _put_off(session, found, problem)
    _say(found, outcome, problem)
    return outcome


def send_due() -> int:
    """Try what is due, until nothing is or the server is away; how many went."""
    went = 0
    while (outcome := send()) not in (None, Outcome.SERVER_AWAY):
        went += outcome is Outcome.SENT
    return went


def wait_after(attempts: int) -> timedelta:
    """How long a mail rests after so many tries in vain: twice as long each time, to an hour."""
    wait = min(_LONGEST_WAIT, _FIRST_WAIT * 2.0 ** min(attempts - 1, 20))
    return timedelta(seconds=wait * random.uniform(1 - _JITTER, 1 + _JITTER))  # noqa: S311


def _recipient(session: Session, row: Mail) -> str | None:
    """The address as it is now; None when the mail has lost its sense since it was wanted."""
    if row.user_id is None:  # asked for an address without an account
        return None
    user = users.get(session, row.user_id)
    if row.link_id is not None:
        return user.email if mailed_links.is_good(session, row.link_id) else None
    if row.kind is None:
        return user.email
    wanted = notification_preferences.read(session, user.user_id).is_on(row.kind, Channel.EMAIL)
    is_proven = addresses.verified_at(session, user.user_id) is not None
    return user.email if wanted and is_proven and user.is_active else None


def _end(session: Session, row: Mail) -> Outcome:
    """A mail that nobody needs is removed; one that came too late for its link is given up."""
    if row.attempts == 0 or row.link_id is None:
        mail.remove(session, row.mail_id)
        return Outcome.REMOVED
    mail.give_up(session, row.mail_id)
    _say(row, Outcome.GIVEN_UP, smtp.Problem(row.last_problem or "expired"))
    return Outcome.GIVEN_UP


def _put_off(session: Session, row: Mail, problem: smtp.Problem) -> Outcome:
    mail.failed(
        session,
        row.mail_id,
        problem.code,
        wait=wait_after(row.attempts + 1),
        is_refusal=problem.is_refusal,
    )
    is_refused = row.refusals + int(problem.is_refusal) >= MOST_REFUSALS
    if is_refused or mail.is_over(session, row):
        mail.give_up(session, row.mail_id)
        return Outcome.GIVEN_UP
    return Outcome.SERVER_AWAY if problem.is_away else Outcome.LATER


def _envelope(row: Mail, user_id: UUID, recipient: str) -> letters.Envelope:
    return letters.Envelope(
        mail_id=row.mail_id,
        user_id=user_id,
        recipient=recipient,
        letter=row.letter,
        message_id=row.message_id,
        written_at=row.created_at,
        kind=row.kind,
        link_id=row.link_id,
    )


def _say(row: Mail, outcome: Outcome, problem: smtp.Problem | None) -> None:
    """For whoever runs this. Ids and codes; no address, no link."""
    facts = {"mail_id": str(row.mail_id), "letter": row.letter, "attempt": row.attempts + 1}
    if problem is None:
        log.info("mail_sent", **facts)
    elif outcome is Outcome.GIVEN_UP:
        log.error("mail_given_up", problem=problem.code, **facts)
    else:
        log.warning("mail_not_taken", problem=problem.code, **facts)
