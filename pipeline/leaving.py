"""Ending an account: closed and silent at once, erased after the days of grace or at once."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from core.consultations import HAS_ANSWER, OVER, State
from core.mail import LinkFor
from core.people import Identity, Purpose
from data import audit, erasures, mail, mailed_links
from data import consultations as cases
from pipeline import accounts, consents
from pipeline.consultations import states, thread

_MOST_QUESTIONS = 10_000  # of one person: more than anybody has


def delete_account(
    session: Session, identity: Identity, *, password: str, at_once: bool = False
) -> UUID:
    """End the account; the id under which `erasures.receipt_of` says what was erased.

    From now on nobody signs in to it, no mail goes to it, nothing of it is scored, shown to staff
    or counted: the consents end with it. Raises NotAllowed when the password is wrong.
    """
    user_id = accounts.proven(session, identity, password).user_id
    close(session, identity)
    entry = erasures.request(session, user_id, at_once=at_once)
    audit.add(session, "deletion_requested", actor=user_id, at_once=at_once)
    if at_once:
        erasures.erase(session, user_id)
    return entry


def close(session: Session, identity: Identity) -> None:
    """Nobody signs in to the account any more, and nothing of it is used."""
    user_id = identity.user_id
    _end_questions(session, identity)
    for purpose in set(Purpose) - {Purpose.STATISTICS}:  # who is not active is not counted
        consents.withdraw(session, user_id, purpose)
    accounts.deactivate(session, user_id)
    mail.withdraw(session, user_id)
    for link in LinkFor:
        mailed_links.end_all(session, user_id, link)


def _end_questions(session: Session, who: Identity) -> None:
    """Dermatologists have nothing to answer any more, and nothing to look at."""
    asked, _ = cases.listed(session, who.user_id, limit=_MOST_QUESTIONS)
    for case in asked:
        if case.state in HAS_ANSWER:
            states.move(session, case, State.CLOSED, actor=who.user_id)
        elif case.state not in OVER:
            thread.withdraw(session, who, case.consultation_id)
