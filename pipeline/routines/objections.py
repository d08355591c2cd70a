"""What speaks against steps that were adopted before: the person's answers, or a red flag."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from uuid import UUID

from sqlalchemy.orm import Session

from core.care import StepKind
from core.health import Condition
from data import users
from pipeline import health_answers, held_back
from pipeline.advice.eligibility import Eligibility
from pipeline.advice.knowledge import knowledge
from pipeline.advice.lookup import Lookup
from pipeline.advice.person import Person
from pipeline.routines.pace import Step

_WISHES = ("budget", "free-of")  # they choose what is suggested, and stop nothing
_STOPPED = "Paused: what you told us has to be looked at by somebody qualified first."


@dataclass(frozen=True)
class Objections:
    """Of one person, now."""

    eligibility: Eligibility
    stops_everything: bool

    def to(self, step: Step) -> str | None:
        """Why the step is paused, as a sentence; None: nothing that we know of."""
        if self.stops_everything and step.kind is StepKind.ACTIVE:
            return _STOPPED
        known = knowledge().ingredients.get(step.ingredient or "")
        if known is None:
            return None
        against = [
            each
            for each in self.eligibility.obstacles(known)
            if not each.untold and not each.prescription and each.id not in _WISHES
        ]
        if not against:
            return None
        return " ".join(["Paused, since your answers have changed.", *_texts(against)])


def of_person(session: Session, user_id: UUID) -> Objections:
    answers = health_answers.read(session, user_id)
    user = users.get(session, user_id)
    held = held_back.of_person(session, user_id)
    person = Person.of(answers, age=user.age, skin_type=user.skin_type)
    if held.dark_mark:
        marked = (person.conditions or frozenset()) | {Condition.UNCHECKED_DARK_MARK}
        person = replace(person, conditions=marked)
    return Objections(Eligibility(_lookup(), person, ()), held.everything)


@cache
def _lookup() -> Lookup:
    return Lookup(knowledge())


def _texts(against: Iterable[object]) -> list[str]:
    return list(dict.fromkeys(str(getattr(each, "text", "")) for each in against))
