"""How a check comes about: queued, begun, moved on, settled.

Several workers may hold the same check, when one was thought dead and was not. The number of the
attempt is the fence: whoever began last may write, everybody else finds `hold` to be False.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core.analyses import Stage, Status
from core.examination import Examination, Quality, Score
from core.ids import new_id
from core.metrics import Metric
from data.tables import FACE, AnalysisResult, MetricScore, Photo
from data.vault import Kept


@dataclass(frozen=True)
class Begun:
    """One attempt at one check."""

    analysis_id: UUID
    user_id: UUID
    attempt: int  # 1 for the first
    photo: Kept


def add(
    session: Session, user_id: UUID, photo_id: UUID, *, idempotency_key: str | None = None
) -> UUID:
    """A new check, waiting."""
    row = AnalysisResult(
        id=new_id(), user_id=user_id, photo_id=photo_id, idempotency_key=idempotency_key
    )
    session.add(row)
    session.flush()
    return row.id


def begin(session: Session, analysis_id: UUID) -> Begun | None:
    """Begin the next attempt. None when the check is settled, or is gone."""
    found = session.execute(
        select(AnalysisResult, Photo)
        .join(Photo, Photo.photo_id == AnalysisResult.photo_id)
        .where(
            AnalysisResult.id == analysis_id,
            AnalysisResult.status.in_((Status.QUEUED, Status.RUNNING)),
        )
        .with_for_update(of=AnalysisResult)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        return None
    row, photo = found
    row.attempts += 1
    row.status, row.stage = Status.RUNNING, Stage.OPENING
    session.flush()
    return Begun(row.id, row.user_id, row.attempts, Kept(photo.object_key, photo.wrapped_key))


def hold(session: Session, begun: Begun) -> bool:
    """Lock the check for this transaction; False when this attempt has nothing to say any more."""
    found = session.scalar(
        select(AnalysisResult.id)
        .where(
            AnalysisResult.id == begun.analysis_id,
            AnalysisResult.status == Status.RUNNING,
            AnalysisResult.attempts == begun.attempt,
        )
        .with_for_update()
    )
    return found is not None


def move(session: Session, begun: Begun, stage: Stage) -> None:
    """Show the stage, if this attempt is still the one that counts."""
    session.execute(
        update(AnalysisResult)
        .where(
            AnalysisResult.id == begun.analysis_id,
            AnalysisResult.status == Status.RUNNING,
            AnalysisResult.attempts == begun.attempt,
        )
        .values(stage=stage)
        .execution_options(synchronize_session=False)
    )


def hand_back(session: Session, begun: Begun) -> None:
    """Wait in the queue again. Only after `hold`."""
    _set(session, begun, status=Status.QUEUED, stage=Stage.WAITING)


def settle(session: Session, begun: Begun, status: Status, reasons: tuple[str, ...]) -> None:
    """End without scores. Only after `hold`."""
    _set(session, begun, status=status, stage=Stage.DONE, reasons=list(reasons))


def scored(session: Session, begun: Begun, examination: Examination, maps: Kept) -> None:
    """End with scores: the check and all of its metrics. Only after `hold`."""
    founding = {
        metric: examination.scores[metric].value
        for metric in (
            Metric.SKIN_SCORE,
            Metric.HYDRATION,
            Metric.OILINESS,
            Metric.ELASTICITY,
            Metric.PORES,
        )
    }
    _set(
        session,
        begun,
        status=Status.SCORED,
        stage=Stage.DONE,
        quality=_quality(examination.quality),
        ita=examination.ita,
        model_version=examination.model_version,
        ms=dict(examination.ms),
        maps_object_key=maps.object_key,
        maps_wrapped_key=maps.wrapped_key,
        **{metric.value: value for metric, value in founding.items()},
    )
    everywhere: dict[str, Mapping[Metric, Score]] = {FACE: examination.scores}
    everywhere |= {region.value: scores for region, scores in examination.regions.items()}
    session.add_all(
        MetricScore(
            analysis_id=begun.analysis_id,
            region=region,
            metric=metric,
            value=score.value,
            low=score.low,
            high=score.high,
            abstained_because=score.abstained_because,
        )
        for region, scores in everywhere.items()
        for metric, score in scores.items()
    )
    session.flush()


def _set(session: Session, begun: Begun, **values: object) -> None:
    session.execute(
        update(AnalysisResult)
        .where(AnalysisResult.id == begun.analysis_id)
        .values(updated_at=func.now(), **values)
        .execution_options(synchronize_session=False)
    )


def _quality(quality: Quality) -> dict[str, float | None]:
    """As JSON has it: what is not a number is absent."""
    return {
        name: value if math.isfinite(value) else None for name, value in asdict(quality).items()
    }
