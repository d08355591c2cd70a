"""Writing down how a check goes and what came of it."""

from __future__ import annotations

from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from core.analyses import Status
from core.examination import Examination
from core.people import Purpose
from data import consents, progress, vault
from data.progress import Begun

log = structlog.get_logger(__name__)

MOST_ATTEMPTS = 3

GIVEN_UP = (
    "Something in this photo stopped our software three times. "
    "Please try another photo; this one was not scored."
)
NO_CONSENT = "The consent to analysis was withdrawn before this photo was scored."


def start(session: Session, analysis_id: UUID) -> Begun | None:
    """Begin an attempt. None when there is nothing to do: settled, deleted, or given up here."""
    begun = progress.begin(session, analysis_id)
    if begun is None:
        return None
    if begun.attempt > MOST_ATTEMPTS:
        fail(session, begun, GIVEN_UP)
        return None
    if not consents.in_force(session, begun.user_id, Purpose.ANALYSIS):
        fail(session, begun, NO_CONSENT)
        return None
    return begun


def record(session: Session, begun: Begun, examination: Examination) -> bool:
    """Keep scores and maps and mark the check as scored, all or nothing.

    False, and nothing is kept, when the check was deleted, consent withdrawn, or another worker
    has taken over meanwhile.
    """
    if not progress.hold(session, begun):
        log.info("result_came_too_late", analysis_id=str(begun.analysis_id), attempt=begun.attempt)
        return False
    if not consents.in_force(session, begun.user_id, Purpose.ANALYSIS):
        fail(session, begun, NO_CONSENT)
        return False
    from pipeline import overlay  # workers need it, those who only ask do not

    maps = vault.keep(session, begun.user_id, overlay.pack_maps(examination.maps))
    progress.scored(session, begun, examination, maps)
    return True


def reject(session: Session, begun: Begun, reasons: tuple[str, ...]) -> None:
    """The photo cannot be scored; each reason says what to do."""
    _settle(session, begun, Status.REJECTED, reasons)


def fail(session: Session, begun: Begun, sentence: str) -> None:
    """Something went wrong that another try would not change."""
    _settle(session, begun, Status.FAILED, (sentence,))


def hand_back(session: Session, begun: Begun) -> None:
    """Let the check wait again, since it cannot be made here and now."""
    if progress.hold(session, begun):
        progress.hand_back(session, begun)


def _settle(session: Session, begun: Begun, status: Status, reasons: tuple[str, ...]) -> None:
    if progress.hold(session, begun):
        progress.settle(session, begun, status, reasons)
