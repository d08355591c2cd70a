"""What speaks against steps that were adopted before: the person's answers, or a red flag."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from core.care import StepKind
from pipeline import grounds
from pipeline.advice.eligibility import Eligibility
from pipeline.advice.knowledge import knowledge
from pipeline.advice.lookup import in_service
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
        texts = dict.fromkeys(each.text for each in against)  # each once
        return " ".join(["Paused, since your answers have changed.", *texts])


def of_person(session: Session, user_id: UUID) -> Objections:
    found = grounds.of_person(session, user_id)
    return Objections(Eligibility(in_service(), found.person, ()), found.held.everything)
