"""What dermatologists gave, of people who let it be used for improving the model: for a dataset.

Each query takes the consent in force at its time along; a withdrawn one takes all rows out. Names
and addresses of nobody leave this module; ids do, and whoever writes them down replaces them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.metrics import Metric
from core.people import Purpose, Role
from core.reviews import Label, Scale, Shape, Verdict
from data.tables import (
    FACE,
    AnalysisResult,
    CaseGrading,
    Consent,
    MetricGrade,
    MetricScore,
    Photo,
    PhotoAnnotation,
    SeverityGrade,
    User,
)
from data.vault import Kept

_AT_ONCE = 1000  # rows


@dataclass(frozen=True)
class GradeRow:
    grading_id: UUID
    person: UUID
    reader: UUID | None
    analysis_id: UUID
    model_version: str
    is_blind: bool
    graded_at: datetime
    metric: Metric
    verdict: Verdict
    value: float | None
    scored: float | None  # by that version, over the face; None: not measured
    scored_low: float | None
    scored_high: float | None
    ita: float | None


@dataclass(frozen=True)
class SeverityRow:
    grading_id: UUID
    person: UUID
    reader: UUID | None
    is_blind: bool
    graded_at: datetime
    scale: Scale
    level: str | None


@dataclass(frozen=True)
class DrawingRow:
    annotation_id: UUID
    person: UUID
    reader: UUID | None
    photo_id: UUID
    width: int  # of the photo, pixels
    height: int
    label: Label
    shape: Shape
    geometry: dict[str, Any]
    created_at: datetime


@dataclass(frozen=True)
class ConsentRow:
    person: UUID
    wording: str  # version of the words that were agreed to
    given_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True)
class PhotoRow:
    person: UUID
    photo_id: UUID
    kept: Kept


def grades(session: Session) -> Iterator[GradeRow]:
    """Every metric that was graded, the oldest first."""
    wanted = (
        select(
            CaseGrading.grading_id,
            CaseGrading.user_id,
            CaseGrading.reader_id,
            CaseGrading.analysis_id,
            CaseGrading.model_version,
            CaseGrading.is_blind,
            CaseGrading.graded_at,
            MetricGrade.metric,
            MetricGrade.verdict,
            MetricGrade.value,
            MetricScore.value,
            MetricScore.low,
            MetricScore.high,
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
        .where(CaseGrading.model_version.is_not(None), takes_part(CaseGrading.user_id))
        .order_by(CaseGrading.graded_at, CaseGrading.grading_id, MetricGrade.metric)
    )
    return (GradeRow(*row) for row in _rows(session, wanted))


def severities(session: Session) -> Iterator[SeverityRow]:
    """Every level on a published scale, the oldest first."""
    wanted = (
        select(
            CaseGrading.grading_id,
            CaseGrading.user_id,
            CaseGrading.reader_id,
            CaseGrading.is_blind,
            CaseGrading.graded_at,
            SeverityGrade.scale,
            SeverityGrade.level,
        )
        .join(SeverityGrade, SeverityGrade.grading_id == CaseGrading.grading_id)
        .where(takes_part(CaseGrading.user_id))
        .order_by(CaseGrading.graded_at, CaseGrading.grading_id, SeverityGrade.scale)
    )
    return (SeverityRow(*row) for row in _rows(session, wanted))


def drawings(session: Session) -> Iterator[DrawingRow]:
    """Every labelled shape that was not taken back, the oldest first."""
    wanted = (
        select(
            PhotoAnnotation.annotation_id,
            PhotoAnnotation.user_id,
            PhotoAnnotation.author_id,
            PhotoAnnotation.photo_id,
            Photo.width,
            Photo.height,
            PhotoAnnotation.label,
            PhotoAnnotation.shape,
            PhotoAnnotation.geometry,
            PhotoAnnotation.created_at,
        )
        .join(Photo, Photo.photo_id == PhotoAnnotation.photo_id)
        .where(PhotoAnnotation.removed_at.is_(None), takes_part(PhotoAnnotation.user_id))
        .order_by(PhotoAnnotation.created_at, PhotoAnnotation.annotation_id)
    )
    return (DrawingRow(*row) for row in _rows(session, wanted))


def ledger(session: Session) -> Iterator[ConsentRow]:
    """When people who take part agreed to model improvement, earlier times included."""
    wanted = (
        select(Consent.user_id, Consent.wording, Consent.given_at, Consent.withdrawn_at)
        .where(Consent.purpose == Purpose.MODEL_IMPROVEMENT, takes_part(Consent.user_id))
        .order_by(Consent.user_id, Consent.given_at)
    )
    return (ConsentRow(*row) for row in _rows(session, wanted))


def photos_of_check(session: Session, person: UUID, analysis_id: UUID) -> list[PhotoRow]:
    """The photo that stands for a check of this person, while they take part."""
    wanted = (
        select(Photo.user_id, Photo.photo_id, Photo.object_key, Photo.wrapped_key)
        .join(AnalysisResult, AnalysisResult.photo_id == Photo.photo_id)
        .where(AnalysisResult.id == analysis_id, Photo.user_id == person, takes_part(Photo.user_id))
    )
    return [_photo(*row) for row in session.execute(wanted)]


def photo(session: Session, person: UUID, photo_id: UUID) -> list[PhotoRow]:
    """A photo of this person, while they take part."""
    wanted = select(Photo.user_id, Photo.photo_id, Photo.object_key, Photo.wrapped_key).where(
        Photo.photo_id == photo_id, Photo.user_id == person, takes_part(Photo.user_id)
    )
    return [_photo(*row) for row in session.execute(wanted)]


def takes_part(whose: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    """Of a column that names a person: has an account of their own, and agrees now."""
    agrees = exists().where(
        Consent.user_id == whose,
        Consent.purpose == Purpose.MODEL_IMPROVEMENT,
        Consent.withdrawn_at.is_(None),
    )
    is_user = exists().where(
        User.user_id == whose, User.role == Role.USER, User.is_active.is_(True)
    )
    return agrees & is_user


def _photo(person: UUID, photo_id: UUID, object_key: str, wrapped_key: bytes) -> PhotoRow:
    return PhotoRow(person, photo_id, Kept(object_key, wrapped_key))


def _rows(session: Session, wanted: Select[*tuple[Any, ...]]) -> Iterator[Any]:
    return iter(session.execute(wanted.execution_options(yield_per=_AT_ONCE)))
