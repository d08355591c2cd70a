"""Rows of simulated checks. Only the demonstration's database ever holds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from core.analyses import Stage, Status
from core.examination import Score
from core.ids import new_id
from core.metrics import Metric, Region
from data.tables import FACE, AnalysisResult, MetricScore, Shot

SIMULATED = "simulated"  # stands where a real check names the model that scored it


def add_simulated_check(
    session: Session,
    user_id: UUID,
    at: datetime,
    scores: Mapping[Metric, Score],
    regions: Mapping[Region, Mapping[Metric, Score]],
    shots: Sequence[Mapping[Metric, float]] = (),
) -> None:
    """One scored check without a photo, marked as simulated.

    `shots` are the values over the face of each simulated photo, 1 to 5; none for one photo.
    """
    check = AnalysisResult(
        id=new_id(),
        user_id=user_id,
        status=Status.SCORED,
        stage=Stage.DONE,
        model_version=SIMULATED,
        is_demonstration=True,
        created_at=at,
        updated_at=at,
        skin_score=scores[Metric.SKIN_SCORE].value,
        hydration=scores[Metric.HYDRATION].value,
        oiliness=scores[Metric.OILINESS].value,
        elasticity=scores[Metric.ELASTICITY].value,
        pores=scores[Metric.PORES].value,
    )
    session.add(check)
    session.flush()
    everywhere: list[tuple[str, Mapping[Metric, Score]]] = [(FACE, scores), *regions.items()]
    session.add_all(
        MetricScore(analysis_id=check.id, region=str(region), metric=metric, **vars(score))
        for region, of_region in everywhere
        for metric, score in of_region.items()
    )
    session.add_all(
        Shot(
            analysis_id=check.id,
            position=position,
            is_scored=True,
            face_values={metric.value: value for metric, value in values.items()},
        )
        for position, values in enumerate(shots, 1)
    )
