"""What advice rests on besides the scores: what a person told, and what flags hold back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.orm import Session

from core.health import Answers, Condition
from data import users
from pipeline import health_answers, held_back
from pipeline.advice.person import Person
from pipeline.held_back import Held


@dataclass(frozen=True)
class Grounds:
    answers: Answers
    person: Person  # with a mark that a flag is about counted as not looked at yet
    held: Held


def of_person(session: Session, user_id: UUID) -> Grounds:
    """As things stand now."""
    answers = health_answers.read(session, user_id)
    user = users.get(session, user_id)
    held = held_back.of_person(session, user_id)
    person = Person.of(answers, age=user.age, skin_type=user.skin_type)
    if held.dark_mark:
        marked = (person.conditions or frozenset()) | {Condition.UNCHECKED_DARK_MARK}
        person = replace(person, conditions=marked)
    return Grounds(answers, person, held)
