"""What raised red flags hold back of advice, and where they send the person."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from core.metrics import Metric
from core.red_flags import Urgency, stopped
from pipeline.safety import words
from pipeline.safety.raised import raised


@dataclass(frozen=True, slots=True)
class TurnTo:
    """One raised flag, in words for the person."""

    flag: str  # as in “F9”
    urgency: Urgency
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Held:
    """Of one person, now."""

    everything: bool = False  # no advice at all
    metrics: frozenset[Metric] = frozenset()  # no advice for these
    dark_mark: bool = False  # nothing that lightens
    turn_to: tuple[TurnTo, ...] = ()  # the most urgent first


def of_person(session: Session, user_id: UUID) -> Held:
    """What the open flags of a person hold back."""
    flags = raised(session, user_id)
    stops = stopped(flags)
    return Held(
        everything=stops.everything,
        metrics=stops.advice_on | stops.metrics,
        dark_mark=Metric.SPOTS in stops.advice_on,
        turn_to=tuple(
            TurnTo(flag.flag_id, flag.urgency, turn.title, turn.what_to_do)
            for flag in flags
            for turn in (words.turn(flag.flag_id, flag.urgency),)
        ),
    )
