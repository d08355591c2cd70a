"""People for tests, made by the product's own use-cases."""

from __future__ import annotations

import itertools
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from core.health import Answers, Pregnancy
from core.people import Identity, Purpose
from data import users
from pipeline import accounts, consents, web_sessions
from pipeline.safety import answers

PASSWORD = "violet otter lamp"
ADDRESS = "203.0.113.7"

# Of somebody against whom nothing speaks.
OPEN_ANSWERS = Answers(
    pregnancy=Pregnancy.NONE,
    allergies=frozenset(),
    conditions=frozenset(),
    medicines=frozenset(),
    uses=frozenset(),
    country="DE",
)

_numbers = itertools.count(1)


def register(session: Session, **fields: Any) -> UUID:
    """A new person who has agreed to analysis and ticked none of the safety questions."""
    known: dict[str, Any] = {
        "email": f"person{next(_numbers)}@example.org",
        "password": PASSWORD,
        "first_name": "Ada",
        "last_name": "Byron",
        "consent_to_analysis": True,
    } | fields
    user_id = accounts.register(session, **known)
    if known["consent_to_analysis"]:
        answer_safety(session, user_id)
    return user_id


def answer_safety(session: Session, user_id: UUID, *ticked: str) -> None:
    """Answer the safety questions: with these items, or with “nothing of it”."""
    consents.give(session, user_id, Purpose.SAFETY_ANSWERS)
    user = users.get(session, user_id)
    who = Identity(user_id, uuid4(), user.email, user.first_name, user.role)
    answers.answer(session, who, ticked)


def token_of(session: Session, user_id: UUID) -> str:
    """The cookie's token of a browser in which this person has just signed in."""
    ticket = web_sessions.issue_ticket(session, user_id, visitor="visitor")
    return web_sessions.redeem_ticket(
        session, ticket, visitor="visitor", address=ADDRESS, user_agent="Test/1.0"
    )


def signed_in(session: Session, user_id: UUID | None = None, **fields: Any) -> Identity:
    """Somebody who is signed in: the person given, or a new one."""
    if user_id is None:
        user_id = register(session, **fields)
    identity = web_sessions.identify(session, token_of(session, user_id))
    assert identity is not None
    return identity
