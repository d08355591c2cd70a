"""A person's checks over time, and what the photos of one moment say about their noise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.analyses import Status
from core.examination import Score
from core.metrics import Metric
from data import tables
from data.analyses import of_person
from data.tables import FACE, AnalysisResult, MetricScore


@dataclass(frozen=True)
class HistoryPoint:
    """The scores of the face at one check."""

    created_at: datetime
    analysis_id: UUID
    model_version: str
    scores: Mapping[Metric, Score]
    shots_used: int = 1
    measured_by: Mapping[Metric, int] = field(default_factory=dict)  # shots that measured it

    def shots_of(self, metric: Metric) -> int:
        """How many photos this score rests on."""
        return max(1, self.measured_by.get(metric, 0))


@dataclass(frozen=True)
class Repeats:
    """What each photo of one check says by itself."""

    model_version: str
    values: tuple[Mapping[Metric, float], ...]  # of the face, one for each scored shot


def history(
    session: Session,
    user_id: UUID,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[HistoryPoint]:
    """The scores of the face over time, oldest first, in one query."""
    used = (
        select(func.count())
        .select_from(tables.Shot)
        .where(tables.Shot.analysis_id == AnalysisResult.id, tables.Shot.is_scored)
    )
    measuring = used.where(tables.Shot.face_values.has_key(MetricScore.metric))
    rows = session.execute(
        select(
            AnalysisResult.created_at,
            AnalysisResult.id,
            AnalysisResult.model_version,
            MetricScore.metric,
            MetricScore.value,
            MetricScore.low,
            MetricScore.high,
            MetricScore.abstained_because,
            used.scalar_subquery(),
            measuring.scalar_subquery(),
        )
        .join(MetricScore, MetricScore.analysis_id == AnalysisResult.id)
        .where(
            *of_person(user_id, since=since, until=until, status=Status.SCORED),
            MetricScore.region == FACE,
        )
        .order_by(AnalysisResult.created_at, AnalysisResult.id)
    )
    points: dict[UUID, HistoryPoint] = {}
    scores: defaultdict[UUID, dict[Metric, Score]] = defaultdict(dict)
    counted: defaultdict[UUID, dict[Metric, int]] = defaultdict(dict)
    for created_at, analysis_id, model_version, metric, *score, shots, measured_by in rows:
        scores[analysis_id][metric] = Score(*score)
        counted[analysis_id][metric] = measured_by
        points.setdefault(
            analysis_id,
            HistoryPoint(
                created_at,
                analysis_id,
                model_version or "",
                scores[analysis_id],
                max(1, shots),
                counted[analysis_id],
            ),
        )
    return list(points.values())


def repeats(session: Session, user_id: UUID, *, least: int = 3) -> list[Repeats]:
    """The person's checks with at least `least` scored shots, newest first, at most 200."""
    rows = session.execute(
        select(
            AnalysisResult.id,
            AnalysisResult.model_version,
            func.array_agg(tables.Shot.face_values),
        )
        .join(tables.Shot, tables.Shot.analysis_id == AnalysisResult.id)
        .where(*of_person(user_id, status=Status.SCORED), tables.Shot.is_scored)
        .group_by(AnalysisResult.id, AnalysisResult.model_version, AnalysisResult.created_at)
        .having(func.count() >= least)
        .order_by(AnalysisResult.created_at.desc())
        .limit(200)
    )
    return [
        Repeats(
            version or "",
            tuple({Metric(name): float(v) for name, v in (of or {}).items()} for of in values),
        )
        for _, version, values in rows
    ]
