"""What raised red flags hold back of advice, and where they send the person."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from core.metrics import Metric


@dataclass(frozen=True, slots=True)
class TurnTo:
    """One raised flag, in words for the person."""

    flag: str  # as in “F9”
    urgency: str
    text: str


@dataclass(frozen=True, slots=True)
class Held:
    """Of one person, now."""

    everything: bool = False  # no advice at all
    metrics: frozenset[Metric] = frozenset()  # no advice for these
    dark_mark: bool = False  # nothing that lightens
    turn_to: tuple[TurnTo, ...] = ()  # the most urgent first


def of_person(session: Session, user_id: UUID) -> Held:
    return Held()
