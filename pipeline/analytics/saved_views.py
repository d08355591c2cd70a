"""Questions that an analyst keeps by a name of their own."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from core.errors import Conflict, InvalidInput
from core.people import Identity
from data import saved_views
from data.saved_views import Kept
from pipeline.analytics.asking import may_ask
from pipeline.analytics.questions import Question, written

MOST = 100
LONGEST_NAME = 80


def all_of(session: Session, who: Identity) -> list[Kept]:
    may_ask(who)
    return saved_views.of(session, who.user_id)


def save(session: Session, who: Identity, name: str, question: Question) -> None:
    """Keep the question; an older one of the same name is replaced."""
    may_ask(who)
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise InvalidInput(f"Give the view a name of at most {LONGEST_NAME} characters.")
    if saved_views.count(session, who.user_id) >= MOST:
        raise Conflict(f"You keep {MOST} views already. Remove one first.")
    saved_views.save(session, who.user_id, name, written(question))


def remove(session: Session, who: Identity, view_id: UUID) -> None:
    may_ask(who)
    saved_views.remove(session, who.user_id, view_id)
