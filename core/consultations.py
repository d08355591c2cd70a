"""Words about questions to dermatologists: where one stands, what may follow, what it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Any
from uuid import UUID

from core.health import Pregnancy

PROMISED = timedelta(hours=24)  # from asking to the answer
PROMISED_WORDS = "24 hours"


class State(StrEnum):
    """Where a question stands."""

    PENDING = "pending"  # waits for a dermatologist
    CLAIMED = "claimed"  # one works on it
    NEEDS_INFORMATION = "needs_information"  # waits for the person; the clock stands still
    ESCALATED = "escalated"  # late, or handed on as too hard: waits for any colleague
    ANSWERED = "answered"
    REFERRED = "referred"  # answered: somebody has to see it in person
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


# What may follow on what. Everything else is refused, in pipeline.consultations.states.move.
TRANSITIONS: Mapping[State, frozenset[State]] = {
    State.PENDING: frozenset({State.CLAIMED, State.ESCALATED, State.WITHDRAWN}),
    State.CLAIMED: frozenset(
        {
            State.PENDING,  # released, reassigned, or a second opinion is wanted
            State.NEEDS_INFORMATION,
            State.ESCALATED,
            State.ANSWERED,
            State.REFERRED,
            State.WITHDRAWN,
        }
    ),
    State.NEEDS_INFORMATION: frozenset(
        {State.CLAIMED, State.PENDING, State.ESCALATED, State.CLOSED, State.WITHDRAWN}
    ),
    State.ESCALATED: frozenset({State.CLAIMED, State.WITHDRAWN}),
    State.ANSWERED: frozenset({State.PENDING, State.CLOSED}),  # pending: a second opinion
    State.REFERRED: frozenset({State.PENDING, State.CLOSED}),
    State.CLOSED: frozenset(),
    State.WITHDRAWN: frozenset(),
}
WAITING = frozenset({State.PENDING, State.ESCALATED})  # in the queue
IN_HAND = frozenset({State.CLAIMED, State.NEEDS_INFORMATION})
HAS_ANSWER = frozenset({State.ANSWERED, State.REFERRED})
OVER = frozenset({State.CLOSED, State.WITHDRAWN})


class View(StrEnum):
    """The photos that a complete case has."""

    OVERVIEW = "overview"
    CLOSE_UP = "close_up"
    SIDE = "side"


class BodySite(StrEnum):
    FOREHEAD = "forehead"
    AROUND_THE_EYES = "around_the_eyes"
    NOSE = "nose"
    CHEEKS = "cheeks"
    AROUND_THE_MOUTH = "around_the_mouth"
    CHIN_OR_JAW = "chin_or_jaw"
    EARS = "ears"
    SCALP = "scalp"
    NECK = "neck"
    WHOLE_FACE = "whole_face"
    ELSEWHERE = "elsewhere"


class Duration(StrEnum):
    """For how long it has been there."""

    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"
    ALWAYS = "always"
    UNKNOWN = "unknown"


class Priority(IntEnum):
    """The first order of the queue; within one, the less time is left the earlier."""

    URGENT = 0  # a red flag that says: today
    SOON = 1  # a red flag that says: to a dermatologist soon
    FLAGGED = 2  # any other red flag
    NORMAL = 3


class Author(StrEnum):
    PERSON = "user"
    DERMATOLOGIST = "dermatologist"


class MessageKind(StrEnum):
    MESSAGE = "message"
    INFORMATION_REQUEST = "information_request"
    ANSWER = "answer"
    AMENDMENT = "amendment"
    SECOND_OPINION = "second_opinion"  # the answer of a second reader


ANSWERS = frozenset({MessageKind.ANSWER, MessageKind.SECOND_OPINION})


class Asker(StrEnum):
    """Who wanted a second opinion."""

    PERSON = "user"
    DERMATOLOGIST = "dermatologist"


class Why(StrEnum):
    """For what somebody of the staff does something with a person's data; goes into the audit."""

    QUEUE = "queue"  # so that it finds somebody who answers: taking it on, handing it out
    ANSWERING = "answering"  # it is in their hands
    ANSWERED = "answered"  # they have answered it, and read that again
    READ_BEFORE = "read_before"  # a colleague has taken it over from them
    SECOND_READING = "second_reading"
    BREAK_GLASS = "break_glass"  # not theirs at all: for a reason of their own words
    OWN_DATA = "own_data"  # the person themselves


class Level(IntEnum):
    """How far the promised time has run when somebody is told."""

    HALF = 1
    MOST = 2  # 80 %
    MISSED = 3


AT: Mapping[Level, float] = {Level.HALF: 0.5, Level.MOST: 0.8, Level.MISSED: 1.0}


def reached_at(level: Level, due_at: datetime) -> datetime:
    """When a question that is due then reaches this level."""
    return due_at - (1 - AT[level]) * PROMISED


@dataclass(frozen=True)
class Consultation:
    """One question, without its photos and messages."""

    consultation_id: UUID
    user_id: UUID  # who asks
    analysis_id: UUID | None  # the check it was asked from; None also when it was deleted since
    consent_id: UUID | None  # under which photos and scores may be shown; None: never given
    consent_withdrawn_at: datetime | None
    question: str
    description: str | None
    body_site: BodySite | None
    duration: Duration | None
    symptoms: str | None
    treatments_tried: str | None
    medicines: str | None
    allergies: str | None
    pregnancy: Pregnancy | None
    flags: tuple[Mapping[str, Any], ...]  # red flags when it was asked: flag_id, urgency, words
    priority: Priority
    state: State
    claimed_by: UUID | None  # who has it, also after the answer
    claimed_at: datetime | None
    last_active_at: datetime | None
    assigned_to: UUID | None  # who shall take it; None: whoever wants to
    answered_by: UUID | None  # the newest answer's author
    first_reader: UUID | None  # of a second opinion: who must not give it
    second_opinion_for: Asker | None
    due_at: datetime
    paused_at: datetime | None  # since when the clock stands still
    escalated_half_at: datetime | None
    escalated_80_at: datetime | None
    escalated_missed_at: datetime | None
    rating: int | None  # 1 (no use) to 5 (very useful)
    rating_comment: str | None
    created_at: datetime
    updated_at: datetime
    answered_at: datetime | None
    closed_at: datetime | None

    @property
    def is_late(self) -> bool:
        return self.escalated_missed_at is not None


@dataclass(frozen=True)
class CasePhoto:
    """One wanted view: a photo, or why there is none."""

    view: View
    photo_id: UUID | None
    missing_reason: str | None  # a sentence of the person, or ours when it was deleted since
    problems: tuple[str, ...] = ()  # what the quality check found, shown to the dermatologist
    width: int | None = None  # pixels
    height: int | None = None


@dataclass(frozen=True)
class Message:
    message_id: UUID
    author: Author
    author_id: UUID | None  # None: the account is gone
    author_name: str | None  # a dermatologist's name; None for the person and for who is gone
    kind: MessageKind
    text: str
    sent_at: datetime
    attachments: tuple[UUID, ...]  # photo ids
