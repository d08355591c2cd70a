"""From what the pipeline knows of a check to what the API says of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from api.v1.schemas.analysis import (
    Analysis,
    AnalysisList,
    Quality,
    Score,
    Shot,
)
from core import examination
from core.metrics import FACTS, Metric
from data import analyses

_ADDRESS = "/api/v1/analysis"
_WORDS = {
    metric: {"direction": facts.direction, "evidence": facts.evidence}
    for metric, facts in FACTS.items()
}


def as_score(score: examination.Score) -> Score:
    return Score(
        value=_rounded(score.value),
        low=_rounded(score.low),
        high=_rounded(score.high),
        abstained_because=score.abstained_because,
    )


def as_analysis(user_id: UUID, check: analyses.Analysis) -> Analysis:
    address = f"{_ADDRESS}/{check.analysis_id}"
    return Analysis(
        **_summary(user_id, check),
        regions={
            region: {metric: as_score(score) for metric, score in scores.items()}
            for region, scores in check.regions.items()
        },
        counts=dict(check.counts),
        shots=[_shot(address, shot) for shot in check.shots],
        quality=_quality(check.quality),
        ita=_rounded(check.ita),
        maps={metric: f"{address}/maps/{metric}.png" for metric in mapped(check)},
    )


def mapped(check: analyses.Analysis) -> list[Metric]:
    """What has a map: the composite has no place on the face, what abstained nothing to show."""
    if not check.has_maps:
        return []
    return [
        metric
        for metric, score in check.scores.items()
        if metric is not Metric.SKIN_SCORE and score.value is not None
    ]


def as_list(user_id: UUID, checks: Sequence[analyses.Analysis], total: int) -> AnalysisList:
    # Built and checked in one call: a model for each of hundreds of scores is slow to make.
    return AnalysisList.model_validate(
        {"analyses": [_summary(user_id, check) for check in checks], "total": total}
    )


def _summary(user_id: UUID, check: analyses.Analysis) -> dict[str, Any]:
    scores = {
        metric: {
            "value": _rounded(score.value),
            "low": _rounded(score.low),
            "high": _rounded(score.high),
            "abstained_because": score.abstained_because,
            **_WORDS[metric],
        }
        for metric, score in check.scores.items()
    }
    values = {metric: score["value"] for metric, score in scores.items()}
    return {
        "id": check.analysis_id,
        "user_id": user_id,
        "status": check.status,
        "stage": check.stage,
        "reasons": list(check.reasons),
        "skin_score": values.get(Metric.SKIN_SCORE),
        "hydration": values.get(Metric.HYDRATION),
        "oiliness": values.get(Metric.OILINESS),
        "elasticity": values.get(Metric.ELASTICITY),
        "pores": values.get(Metric.PORES),
        "scores": scores,
        "model_version": check.model_version,
        "image_url": f"{_ADDRESS}/{check.analysis_id}/photo" if check.photo_id else None,
        "is_current": check.is_current,
        "is_demonstration": check.is_demonstration,
        "created_at": check.created_at,
        "updated_at": check.updated_at,
    }


def _shot(address: str, shot: analyses.Shot) -> Shot:
    return Shot(
        position=shot.position,
        scored=shot.is_scored,
        reasons=list(shot.reasons),
        quality=_quality(shot.quality),
        photo_url=f"{address}/photo?shot={shot.position}",
    )


def _quality(quality: examination.Quality | None) -> Quality | None:
    if quality is None:
        return None
    return Quality(**{name: v if math.isfinite(v) else None for name, v in asdict(quality).items()})


def _rounded(value: float | None) -> float | None:
    """Tenths of a point: more would claim what no photo can show."""
    return None if value is None else round(value, 1)
