"""Words about red flags: what a person said that no photo and no score can clear."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from core.metrics import Metric


class Urgency(StrEnum):
    """How soon, and to whom; the most urgent first."""

    EMERGENCY = "emergency"
    SAME_DAY = "same_day"
    URGENT_DERMATOLOGIST = "urgent_dermatologist"
    DERMATOLOGIST = "dermatologist"
    CLINICIAN = "clinician"
    MENTAL_HEALTH = "mental_health"

    @property
    def rank(self) -> int:
        """0 for the most urgent."""
        return tuple(Urgency).index(self)


class ClosedBy(StrEnum):
    """Why a flag is no longer open. No score can be the reason."""

    PERSON = "person"  # who says that somebody qualified has seen it, and when
    DERMATOLOGIST = "dermatologist"  # an answer to a question with the flag attached
    RENEWED = "renewed"  # raised once more with something new; the newer row goes on


@dataclass(frozen=True)
class Stops:
    """What a flag stops for as long as it is raised."""

    everything: bool = False  # no check and no advice: only where to turn
    metrics: frozenset[Metric] = frozenset()  # not scored
    advice_on: frozenset[Metric] = frozenset()  # no suggestion made for these
    hides_numbers: bool = False  # scores are said in words

    def __or__(self, other: Stops) -> Stops:
        return Stops(
            self.everything or other.everything,
            self.metrics | other.metrics,
            self.advice_on | other.advice_on,
            self.hides_numbers or other.hides_numbers,
        )


@dataclass(frozen=True)
class Flag:
    """What one set of answers raises, before it is anybody's."""

    flag_id: str  # as in the table of red flags: "F9"
    urgency: Urgency
    stops: Stops
    because: tuple[str, ...] = field(default=())  # what was ticked, in the questionnaire's words


@dataclass(frozen=True)
class Raised:
    """A flag that a person has raised and that nobody qualified has seen to yet."""

    raised_id: UUID
    flag_id: str
    urgency: Urgency
    raised_at: datetime
    stops: Stops
    because: tuple[str, ...]


def stopped(flags: Iterable[Raised | Flag]) -> Stops:
    """What several flags stop together."""
    together = Stops()
    for flag in flags:
        together |= flag.stops
    return together
