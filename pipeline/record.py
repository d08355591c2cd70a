"""Writing down how a check goes and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from core.analyses import Status
from core.metrics import Metric
from core.people import Purpose
from data import consents, dirty_days, progress, vault
from data.progress import Begun, Seen
from pipeline import check_news
from pipeline.recalibration import curves, proposals
from pipeline.safety import raised as flags
from pipeline.safety.withhold import withhold

log = structlog.get_logger(__name__)

MOST_ATTEMPTS = 3

GIVEN_UP = (
    "Something in this photo stopped our software three times. "
    "Please try another photo; this one was not scored."
)
RED_FLAG = (
    "This photo was not scored, because of what you told us in the safety questions. See there "
    "where to turn."
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
        _without_consent(session, begun)
        return None
    if flags.stops(session, begun.user_id).everything:
        _stopped(session, begun, RED_FLAG)
        return None
    return begun


def record(session: Session, begun: Begun, shots: Sequence[Seen]) -> bool:
    """Keep what the shots say together and mark the check as scored, all or nothing.

    When no shot could be scored the check is rejected, with the reasons of each. False, and
    nothing is kept, when the check was deleted, consent withdrawn, or another worker has taken
    over meanwhile.
    """
    if not progress.hold(session, begun):
        log.info("result_came_too_late", analysis_id=str(begun.analysis_id), attempt=begun.attempt)
        return False
    if not consents.in_force(session, begun.user_id, Purpose.ANALYSIS):
        _without_consent(session, begun)
        return False
    stops = flags.stops(session, begun.user_id)
    if stops.everything:  # raised while the photo was looked at
        _stopped(session, begun, RED_FLAG)
        return False
    shots = [_without(shot, stops.metrics) for shot in shots]
    scored = [number for number, shot in enumerate(shots) if shot.examination is not None]
    if not scored:
        progress.settle(session, begun, Status.REJECTED, _reasons(shots), shots)
        dirty_days.mark_check(session, begun.analysis_id, at_once=False)
        _tell_unscored(session, begun, "rejected")
        return True
    # workers need these, those who only ask do not
    from models.manifest import manifest
    from pipeline import overlay, recommendations
    from pipeline.shots import combine

    # before the photos are put together: a person's own noise is told in the same scale
    shots = [_recalibrated(session, begun, shot) for shot in shots]
    together, best = combine(
        [shot.examination for shot in shots if shot.examination is not None], manifest()
    )
    together = withhold(together, stops.metrics)  # its reason, not that of several photos
    maps = vault.keep(session, begun.user_id, overlay.pack_maps(together.maps))
    progress.scored(session, begun, together, maps, shots, best=scored[best] + 1)
    dirty_days.mark_check(session, begun.analysis_id, at_once=False)
    recommendations.make(session, begun.user_id, begun.analysis_id, together)
    if begun.rescored_from is None:
        check_news.scored(session, begun.user_id, begun.analysis_id)
    return True


def _recalibrated(session: Session, begun: Begun, shot: Seen) -> Seen:
    if shot.examination is None:
        return shot
    version = shot.examination.model_version
    through = proposals.through(session, version, begun.wanted_version)
    if through is None:
        return shot
    return replace(shot, examination=curves.examination(through, shot.examination))


def _without(shot: Seen, metrics: frozenset[Metric]) -> Seen:
    if shot.examination is None:
        return shot
    return replace(shot, examination=withhold(shot.examination, metrics))


def _tell_unscored(session: Session, begun: Begun, outcome: Literal["rejected", "failed"]) -> None:
    if begun.rescored_from is None:  # a scoring again was not asked for by the person
        check_news.unscored(session, begun.user_id, begun.analysis_id, outcome)


def _reasons(shots: Sequence[Seen]) -> tuple[str, ...]:
    """Why nothing could be scored, photo by photo where there are several."""
    if len(shots) == 1:
        return shots[0].reasons
    return tuple(
        f"Photo {number}: {reason}"
        for number, shot in enumerate(shots, 1)
        for reason in shot.reasons
    )


def fail(session: Session, begun: Begun, sentence: str) -> None:
    """Something went wrong that another try would not change."""
    if progress.hold(session, begun):
        progress.settle(session, begun, Status.FAILED, (sentence,))
        _tell_unscored(session, begun, "failed")


def _without_consent(session: Session, begun: Begun) -> None:
    _stopped(session, begun, NO_CONSENT)


def _stopped(session: Session, begun: Begun, sentence: str) -> None:
    if begun.rescored_from is None:
        fail(session, begun, sentence)
    elif progress.hold(session, begun):  # the old result says enough, and it can be asked again
        progress.forget(session, begun)


def hand_back(session: Session, begun: Begun) -> None:
    """Let the check wait again, since it cannot be made here and now."""
    if progress.hold(session, begun):
        progress.hand_back(session, begun)
