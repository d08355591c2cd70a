"""The red flags that a person has raised and nobody qualified has seen to yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from core.red_flags import ClosedBy, Raised, Stops, stopped
from data import safety
from data.tables import RaisedFlag
from pipeline.safety.questions import questionnaire


@dataclass(frozen=True)
class Seen:
    """A flag that somebody qualified has seen to."""

    raised: Raised
    closed_at: datetime
    by: ClosedBy
    seen_on: date | None  # None: a dermatologist's answer here, on the day it was closed


def raised(session: Session, user_id: UUID) -> tuple[Raised, ...]:
    """The open flags, the most urgent first. What each stops is as the questions of today say."""
    found = [_of(row) for row in safety.open_flags(session, user_id)]
    return tuple(sorted(found, key=lambda flag: (flag.urgency.rank, flag.raised_at, flag.flag_id)))


def stops(session: Session, user_id: UUID) -> Stops:
    """What the open flags of a person stop together."""
    return stopped(raised(session, user_id))


def seen_to(session: Session, user_id: UUID) -> tuple[Seen, ...]:
    """The flags that are closed, the newest first."""
    return tuple(
        Seen(_of(row), row.closed_at, row.closed_by, row.seen_on)
        for row in safety.closed_flags(session, user_id)
        if row.closed_at is not None and row.closed_by is not None
    )


def _of(row: RaisedFlag) -> Raised:
    stops_now = questionnaire().stops_of(row.flag_id, row.urgency)
    return Raised(
        row.raised_id, row.flag_id, row.urgency, row.raised_at, stops_now, tuple(row.because)
    )
