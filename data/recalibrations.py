"""Recalibrations of the model, and the grades that they are fitted to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, aliased

from core.ids import new_id
from core.metrics import Metric
from core.recalibration import Curve, Figures, Recalibration, State
from core.reviews import Verdict
from data import tables
from data.graded_rows import takes_part
from data.tables import FACE, AnalysisResult, CaseGrading, MetricGrade, MetricScore, User


@dataclass(frozen=True)
class GradedScore:
    """A metric that was graded blind, beside what one version of the model says of that check."""

    person: UUID
    metric: Metric
    version: str
    value: float  # 0–100
    low: float
    high: float
    grade: float  # 0–100
    ita: float | None  # degrees


def graded(session: Session, base_version: str) -> list[GradedScore]:
    """What people let be used for improving the model: their blind grades, the oldest first.

    The scores are of `base_version`, as they are or recalibrated, of the graded check or of its
    scoring again. A consent that was withdrawn takes all
    of the person's grades out.
    """
    seen_by_reader = aliased(AnalysisResult)
    rows: Iterable[Any] = session.execute(
        select(
            CaseGrading.user_id,
            MetricGrade.metric,
            AnalysisResult.model_version,
            MetricScore.value,
            MetricScore.low,
            MetricScore.high,
            MetricGrade.value,
            AnalysisResult.ita,
        )
        .join(MetricGrade, MetricGrade.grading_id == CaseGrading.grading_id)
        .join(seen_by_reader, seen_by_reader.id == CaseGrading.analysis_id)
        .join(
            AnalysisResult,
            func.coalesce(AnalysisResult.rescored_from, AnalysisResult.id)
            == func.coalesce(seen_by_reader.rescored_from, seen_by_reader.id),
        )
        .join(
            MetricScore,
            and_(
                MetricScore.analysis_id == AnalysisResult.id,
                MetricScore.metric == MetricGrade.metric,
                MetricScore.region == FACE,
                MetricScore.value.is_not(None),
            ),
        )
        .where(
            CaseGrading.is_blind,
            MetricGrade.verdict != Verdict.AGREE,
            MetricGrade.value.is_not(None),
            or_(
                AnalysisResult.model_version == base_version,
                AnalysisResult.model_version.in_(
                    select(tables.Recalibration.version).where(
                        tables.Recalibration.base_version == base_version
                    )
                ),
            ),
            takes_part(CaseGrading.user_id),
        )
        # of several versions of one check the first: as the model gave it, where that is kept
        .ext(distinct_on(CaseGrading.graded_at, CaseGrading.grading_id, MetricGrade.metric))
        .order_by(
            CaseGrading.graded_at,
            CaseGrading.grading_id,
            MetricGrade.metric,
            AnalysisResult.model_version,
        )
    )
    return [GradedScore(*row) for row in rows]


def add(
    session: Session,
    *,
    version: str,
    base_version: str,
    curves: Mapping[Metric, Curve],
    figures: Mapping[Metric, Figures],
) -> UUID:
    """Propose one."""
    row = tables.Recalibration(
        recalibration_id=new_id(),
        version=version,
        base_version=base_version,
        curves={metric.value: curve.model_dump(mode="json") for metric, curve in curves.items()},
        figures={metric.value: one.model_dump(mode="json") for metric, one in figures.items()},
    )
    session.add(row)
    session.flush()
    return row.recalibration_id


def in_service(session: Session, base_version: str) -> Recalibration | None:
    """The accepted one of a version of the model; None: its scores are shown as they are."""
    wanted = _rows().where(
        tables.Recalibration.base_version == base_version,
        tables.Recalibration.state == State.ACCEPTED,
    )
    return next(iter(_found(session, wanted)), None)


def of_version(session: Session, version: str) -> Recalibration | None:
    """By its name, whatever was decided; None: a version of the model as it is."""
    wanted = _rows().where(tables.Recalibration.version == version)
    return next(iter(_found(session, wanted)), None)


def find(session: Session, recalibration_id: UUID) -> Recalibration | None:
    wanted = _rows().where(tables.Recalibration.recalibration_id == recalibration_id)
    return next(iter(_found(session, wanted)), None)


def listed(session: Session, base_version: str | None = None) -> list[Recalibration]:
    """All of them, or of one version of the model; the newest first."""
    wanted = _rows()
    if base_version is not None:
        wanted = wanted.where(tables.Recalibration.base_version == base_version)
    return _found(session, wanted)


def decide(
    session: Session, recalibration_id: UUID, state: State, by: UUID, reason: str | None = None
) -> None:
    session.execute(
        update(tables.Recalibration)
        .where(tables.Recalibration.recalibration_id == recalibration_id)
        .values(state=state, decided_at=func.now(), decided_by=by, reason=reason)
    )


def _rows() -> Select[Any, Any, Any]:
    return (
        select(tables.Recalibration, User.first_name, User.last_name)
        .outerjoin(User, User.user_id == tables.Recalibration.decided_by)
        .order_by(
            tables.Recalibration.proposed_at.desc(), tables.Recalibration.recalibration_id.desc()
        )
        .execution_options(populate_existing=True)
    )


def _found(session: Session, wanted: Select[Any, Any, Any]) -> list[Recalibration]:
    return [
        Recalibration(
            recalibration_id=row.recalibration_id,
            version=row.version,
            base_version=row.base_version,
            curves=row.curves,
            figures=row.figures,
            proposed_at=row.proposed_at,
            state=row.state,
            decided_at=row.decided_at,
            decided_by=None if first is None else f"{first} {last}",
            reason=row.reason,
        )
        for row, first, last in session.execute(wanted)
    ]
