"""The scores over time, with which steps are real."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query

from api.v1.caller import Caller
from api.v1.problems import answers
from api.v1.schemas import trends as schemas
from api.v1.shown import as_score
from api.v1.times import Since, Until
from core.metrics import FACTS, Metric
from data import courses
from data.database import read
from pipeline import repeatability, trends
from pipeline.change import Change
from pipeline.noise import Noise

router = APIRouter(prefix="/analysis/trends", tags=["checks"], responses=answers(401))


@router.get("")
def get_trends(
    caller: Caller,
    since: Since = None,
    until: Until = None,
    metric: Annotated[
        list[Metric] | None, Query(max_length=len(Metric), description="Only these metrics.")
    ] = None,
) -> schemas.Trends:
    """The course of each metric over the scored checks of a period, oldest first.

    Each step has its verdict: a real change, within noise, or not comparable.
    """
    with read() as session:
        history = courses.history(session, caller.user_id, since=since, until=until)
        noise = repeatability.of_person(session, caller.user_id)
    return schemas.Trends(
        trends={m: _trend(history, m, noise) for m in metric or Metric}, total=len(history)
    )


def _trend(history: Sequence[trends.Check], metric: Metric, noise: Noise) -> schemas.Trend:
    facts = FACTS[metric]
    return schemas.Trend(
        direction=facts.direction,
        evidence=facts.evidence,
        points=[_point(point) for point in trends.points(history, metric, noise)],
    )


def _point(point: trends.Point) -> schemas.Point:
    least = point.least
    return schemas.Point(
        at=point.at,
        analysis_id=point.analysis_id,
        score=as_score(point.score),
        change=None if point.change is None else _change(point.change),
        smallest_detectable_change=None if least is None else round(least.points, 1),
        noise_of=None if least is None else "own photos" if least.own_photos else "model",
        own_photos=None if least is None else least.own_photos,
        model_version=point.model_version,
        model_changed=point.model_changed,
    )


def _change(change: Change) -> schemas.Change:
    delta = None if change.delta is None else round(change.delta, 1)
    return schemas.Change(verdict=change.verdict, delta=delta, because=change.because)
