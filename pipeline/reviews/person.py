"""What a dermatologist reads of the person beside the question: only while the consent stands."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.health import Answers
from core.people import SkinType
from core.red_flags import Raised
from data import users
from pipeline import health_answers
from pipeline.consultations.cases import Case
from pipeline.routines import adopted, days
from pipeline.routines.adopted import Today
from pipeline.safety.raised import raised


@dataclass(frozen=True)
class Person:
    first_name: str
    age: int | None
    skin_type: SkinType | None  # as they say
    answers: Answers  # of their health; untold where not shown
    routine: Today | None
    flags: tuple[Raised, ...] | None  # open now; None: not told any more


def of_case(session: Session, case: Case) -> Person:
    """To be called after `open_case` has said whose case it is and what may be shown.

    How the person is now is told to who has the case in hand, and not to who has answered it.
    """
    user = users.get(session, case.user_id)
    answers, routine = Answers(), None
    if case.is_mine and case.may_show:
        answers = health_answers.read(session, case.user_id)
        routine = adopted.today(session, case.user_id, days.today_of(session, case.user_id))
    return Person(
        user.first_name,
        user.age,
        user.skin_type,
        answers,
        routine,
        raised(session, case.user_id) if case.is_mine else None,
    )
