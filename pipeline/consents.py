"""Consent: given for one purpose at a time, in words that are kept, withdrawn at any time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from core.care import Topic
from core.errors import NotAllowed
from core.people import Purpose
from data import advice, audit, consultations, diaries, dirty_days, safety
from data import consents as kept

# What is shown beside the box. Whoever changes a sentence raises the version.
WORDING_VERSION = "1"
WORDING: dict[Purpose, str] = {
    Purpose.ANALYSIS: "I agree that my photos are stored encrypted and analysed by software to "
    "score what can be seen of my skin. I can withdraw this at any time; new photos are then not "
    "analysed, and I can delete earlier ones.",
    Purpose.DERMATOLOGIST: "I agree that a dermatologist sees the photos and scores of a question "
    "that I send.",
    Purpose.STATISTICS: "I agree that my scores, without name, e-mail address or photo, are "
    "counted in statistics of groups of at least ten people.",
    Purpose.MODEL_IMPROVEMENT: "I agree that my photos are used to check and improve the scoring "
    "software.",
    Purpose.HEALTH_ANSWERS: "I agree that my answers about my health (pregnancy, allergies, "
    "conditions, medicines, what I use) are kept and used to choose advice for me. When I withdraw "
    "this, the answers and the advice made with them are deleted.",
    Purpose.SAFETY_ANSWERS: "I agree that my answers to the safety questions are kept, and used to "
    "stop scores and advice where a professional has to look first. When I withdraw this, the "
    "answers are deleted, and no photo is scored until I have answered again.",
}


@dataclass(frozen=True)
class Consent:
    """The newest consent for a purpose."""

    purpose: Purpose
    given_at: datetime
    withdrawn_at: datetime | None
    wording: str  # version of the words that were agreed to

    @property
    def in_force(self) -> bool:
        return self.withdrawn_at is None


def current(session: Session, user_id: UUID) -> Mapping[Purpose, Consent | None]:
    """Every purpose with its newest consent, in force or withdrawn; None: never asked or given."""
    found = {
        row.purpose: Consent(row.purpose, row.given_at, row.withdrawn_at, row.wording)
        for row in kept.latest(session, user_id)
    }
    return {purpose: found.get(purpose) for purpose in Purpose}


def give(session: Session, user_id: UUID, purpose: Purpose) -> None:
    kept.give(session, user_id, purpose, wording=WORDING_VERSION)
    if purpose is Purpose.STATISTICS:
        dirty_days.mark_person(session, user_id)
    audit.add(session, "consent_given", actor=user_id, purpose=purpose, wording=WORDING_VERSION)


def withdraw(session: Session, user_id: UUID, purpose: Purpose) -> None:
    """End the consent. Checks that wait for their turn will not be made; answers go with it."""
    if purpose is Purpose.HEALTH_ANSWERS:
        advice.forget_answers(session, user_id)
        diaries.forget(session, user_id, Topic.CYCLE)
    if purpose is Purpose.SAFETY_ANSWERS:
        safety.forget(session, user_id)
    if purpose is Purpose.DERMATOLOGIST:
        consultations.hide_all(session, user_id)
    if purpose is Purpose.STATISTICS:
        dirty_days.mark_person(session, user_id)
    if kept.withdraw(session, user_id, purpose):
        audit.add(session, "consent_withdrawn", actor=user_id, purpose=purpose)


def require(session: Session, user_id: UUID, purpose: Purpose) -> None:
    """Raise NotAllowed unless the consent is in force."""
    if not kept.in_force(session, user_id, purpose):
        raise NotAllowed(_MISSING[purpose])


_MISSING: dict[Purpose, str] = {
    Purpose.ANALYSIS: "You have not agreed to the analysis of your photos. "
    "You can do so on the Profile page.",
    Purpose.DERMATOLOGIST: "The consent to show this to a dermatologist is not given.",
    Purpose.STATISTICS: "The consent to statistics is not given.",
    Purpose.MODEL_IMPROVEMENT: "The consent to model improvement is not given.",
    Purpose.HEALTH_ANSWERS: "You have not agreed that answers about your health are kept. "
    "Nothing was saved.",
    Purpose.SAFETY_ANSWERS: "You have not agreed that answers to the safety questions are kept. "
    "Nothing was saved.",
}
