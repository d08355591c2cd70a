"""One door for every question of an analyst: the role, the day's budget, the audit, the answer."""

from __future__ import annotations

from datetime import timedelta

from core.errors import NotAllowed, TooMany
from core.people import Identity, Role
from core.settings import settings
from data import analytics, audit
from data.database import one_at_a_time, transaction
from pipeline.analytics.answers import answer
from pipeline.analytics.lines import Answer
from pipeline.analytics.questions import Question, written

ROLES = (Role.ANALYST, Role.ADMIN)
ASKED = "statistics_asked"
_DAY = timedelta(days=1)


def ask(who: Identity, question: Question) -> Answer:
    """The answer, noted and counted before it is given; raises NotAllowed or TooMany.

    Two transactions of its own: the question stays noted whatever becomes of the answer.
    """
    note(who, written(question))
    with analytics.reading() as session:
        return answer(session, question)


def note(who: Identity, question: str) -> None:
    """Write down what is asked, and count it; raises NotAllowed or TooMany."""
    may_ask(who)
    with transaction() as session:
        one_at_a_time(session, f"statistics {who.user_id}")
        if left(audit.count(session, ASKED, actor=who.user_id, within=_DAY)) <= 0:
            raise TooMany(
                f"You have asked {settings().analyst_questions_per_day} questions within a day, "
                "which is the limit here. Go on when the first of them is a day old.",
                retry_after=3600,
            )
        audit.add(session, ASKED, actor=who.user_id, question=question)


def may_ask(who: Identity) -> None:
    if who.role not in ROLES:
        raise NotAllowed("Your account does not include the statistics.")


def left(asked: int) -> int:
    """Of the day's budget."""
    return settings().analyst_questions_per_day - asked
