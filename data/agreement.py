"""Grades of all readers beside what the model said, for agreement. No name leaves this module."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from core.metrics import Metric
from core.reviews import Scale, Verdict
from data.tables import (
    FACE,
    AnalysisResult,
    CaseGrading,
    MetricGrade,
    MetricScore,
    SeverityGrade,
)


@dataclass(frozen=True)
class GradedMetric:
    """What one reader said of one metric of a check, blind, and what the model said of it."""

    person: UUID
    analysis_id: UUID
    reader: UUID | None
    metric: Metric
    value: float | None  # 0–100; None: cannot be told
    modelled: float | None  # 0–100; None: not measured
    model_version: str
    ita: float | None  # degrees, of the check's photo


@dataclass(frozen=True)
class GradedSeverity:
    """A level on a published scale, of one reader in one case."""

    person: UUID
    consultation_id: UUID
    reader: UUID | None
    scale: Scale
    level: str | None  # None: cannot be told


def blind_grades(session: Session) -> list[GradedMetric]:
    """Every metric that a reader graded while the model's scores were hidden from them.

    The first of a reader for a check, by time: there is no second one that is blind.
    """
    rows = session.execute(
        select(
            CaseGrading.user_id,
            CaseGrading.analysis_id,
            CaseGrading.reader_id,
            MetricGrade.metric,
            MetricGrade.value,
            MetricScore.value,
            CaseGrading.model_version,
            AnalysisResult.ita,
        )
        .join(MetricGrade, MetricGrade.grading_id == CaseGrading.grading_id)
        .join(AnalysisResult, AnalysisResult.id == CaseGrading.analysis_id)
        .outerjoin(
            MetricScore,
            and_(
                MetricScore.analysis_id == CaseGrading.analysis_id,
                MetricScore.metric == MetricGrade.metric,
                MetricScore.region == FACE,
            ),
        )
        .where(CaseGrading.is_blind, MetricGrade.verdict != Verdict.AGREE)
        .order_by(CaseGrading.graded_at, CaseGrading.grading_id)
    )
    return [
        GradedMetric(person, check, reader, metric, value, modelled, version, ita)
        for person, check, reader, metric, value, modelled, version, ita in rows
        if check is not None and version is not None  # a metric is graded on a scored check
    ]


def severities(session: Session) -> list[GradedSeverity]:
    """Every level that was given blind, the oldest first."""
    rows = session.execute(
        select(
            CaseGrading.user_id,
            CaseGrading.consultation_id,
            CaseGrading.reader_id,
            SeverityGrade.scale,
            SeverityGrade.level,
        )
        .join(SeverityGrade, SeverityGrade.grading_id == CaseGrading.grading_id)
        .where(CaseGrading.is_blind)
        .order_by(CaseGrading.graded_at, CaseGrading.grading_id)
    )
    return [GradedSeverity(*row) for row in rows]


def count_not_blind(session: Session) -> int:
    """Metrics graded with the model's scores in view: these say little about the model."""
    wanted = select(func.count()).select_from(MetricGrade)
    wanted = wanted.join(CaseGrading, CaseGrading.grading_id == MetricGrade.grading_id)
    return session.scalar(wanted.where(~CaseGrading.is_blind)) or 0
