"""Who of the staff saw or used a person's data, and why: shown to the person, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from core.consultations import Why
from data import accesses, break_glass, consultations

# What the person is told; everything that staff do with a case writes one of these.
WORDS: Mapping[str, str] = {
    "photo_viewed": "looked at a photo",
    "case_opened": "opened your question",
    "case_claimed": "took your question on",
    "case_released": "gave your question back",
    "scores_shown": "looked at the scores",
    "graded": "graded the check",
    "second_reading_taken": "took the check for a second grading",
    "annotated": "drew on a photo",
    "annotation_taken_back": "took a drawing back",
    "noted": "wrote a note for colleagues",
    "answered": "answered",
    "amended": "added to the answer",
    "letter_written": "wrote a letter for you",
    "letter_opened": "opened the letter",
    "red_flag_closed": "closed a red flag",
    "break_glass": "opened your question, which was not theirs",
    "break_glass_ended": "closed your question again",
    "gradings_exported": "took what dermatologists graded along, without your name, to improve "
    "the scoring",
}
WHY: Mapping[Why, str] = {
    Why.QUEUE: "so that your question finds somebody who answers it",
    Why.ANSWERING: "to answer your question",
    Why.ANSWERED: "to read again what they answered",
    Why.READ_BEFORE: "they worked on your question before a colleague took it over",
    Why.BREAK_GLASS: "in an emergency",
    Why.SECOND_READING: "for comparison: a share of faces is graded twice, without the question",
}
OPERATOR = "Who runs Skincare AI"
LEFT = "Somebody who has left the staff"
PHOTOS = frozenset({"photo_viewed"})


@dataclass(frozen=True)
class Access:
    """What one of the staff did on one day, and how often."""

    at: datetime  # the last time
    name: str  # first and last name, or that they have left
    what: str
    times: int
    consultation_id: UUID | None  # the question that it was for
    question: str | None  # its words
    why: str | None  # in words; None: from before reasons were noted


def read(
    session: Session, user_id: UUID, *, photos_only: bool = False, limit: int, offset: int = 0
) -> list[Access]:
    """The newest first. What the person does with their own data is not in it."""
    found = accesses.of(
        session, user_id, PHOTOS if photos_only else WORDS, limit=limit, offset=offset
    )
    asked = {one.consultation_id for one in found if one.consultation_id is not None}
    questions = consultations.questions(session, user_id, asked) if asked else {}
    broken = {one.break_glass_id for one in found if one.break_glass_id is not None}
    reasons = break_glass.reasons(session, user_id, broken) if broken else {}
    return [
        Access(
            one.at,
            OPERATOR if one.action in accesses.BY_OPERATOR else one.name or LEFT,
            WORDS[one.action],
            one.times,
            one.consultation_id,
            questions.get(one.consultation_id) if one.consultation_id else None,
            _why(one, reasons),
        )
        for one in found
    ]


def _why(one: accesses.Access, reasons: Mapping[UUID, str]) -> str | None:
    """In an emergency the reason is told as it was given."""
    if one.why is None:
        return None
    reason = reasons.get(one.break_glass_id) if one.break_glass_id else None
    if reason is not None:
        return f"with this reason: “{reason}”"
    return WHY[Why(one.why)]
