"""How dermatologists read, grade and draw in a case.

`pipeline.reviews` has asked before whether the case is open to who asks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.ids import new_id
from core.metrics import Metric
from core.reviews import Annotation, Drawing, Grade, Grading, Label, Scale, drawing
from data.tables import (
    CaseGrading,
    CaseReading,
    MetricGrade,
    Photo,
    PhotoAnnotation,
    SeverityGrade,
    User,
)

_WHOLE_PHOTO = 10**6  # pixels: what is kept was checked when it was drawn


# ------------------------------------------------------------------ reading


def begin_reading(session: Session, consultation_id: UUID, whose: UUID, reader: UUID) -> None:
    """Note that a dermatologist reads a case; a second time changes nothing."""
    session.execute(
        insert(CaseReading)
        .values(
            reading_id=new_id(),
            consultation_id=consultation_id,
            user_id=whose,
            reader_id=reader,
        )
        .on_conflict_do_nothing(index_elements=["consultation_id", "reader_id"])
    )


def shown_at(session: Session, consultation_id: UUID, reader: UUID) -> datetime | None:
    """Since when this reader sees the model's scores; None: they are hidden."""
    return session.scalar(
        select(CaseReading.shown_at).where(
            CaseReading.consultation_id == consultation_id, CaseReading.reader_id == reader
        )
    )


def show(session: Session, consultation_id: UUID, reader: UUID, *, without_grade: bool) -> None:
    session.execute(
        update(CaseReading)
        .where(
            CaseReading.consultation_id == consultation_id,
            CaseReading.reader_id == reader,
            CaseReading.shown_at.is_(None),
        )
        .values(shown_at=func.now(), shown_without_grade=without_grade)
    )


# ------------------------------------------------------------------ grades


def add_grading(
    session: Session,
    consultation_id: UUID,
    whose: UUID,
    reader: UUID,
    *,
    analysis_id: UUID | None,
    model_version: str | None,
    is_blind: bool,
    grades: Mapping[Metric, Grade],
    severity: Mapping[Scale, str | None],
) -> UUID:
    row = CaseGrading(
        grading_id=new_id(),
        consultation_id=consultation_id,
        user_id=whose,
        reader_id=reader,
        analysis_id=analysis_id,
        model_version=model_version,
        is_blind=is_blind,
    )
    session.add(row)
    session.flush()
    for metric, grade in grades.items():
        session.add(
            MetricGrade(
                grading_id=row.grading_id,
                metric=metric,
                user_id=whose,
                verdict=grade.verdict,
                value=grade.value,
            )
        )
    for scale, level in severity.items():
        session.add(
            SeverityGrade(grading_id=row.grading_id, scale=scale, user_id=whose, level=level)
        )
    session.flush()
    return row.grading_id


def gradings(session: Session, consultation_id: UUID) -> list[Grading]:
    """Everything that readers gave in a case, the newest first."""
    rows = session.execute(
        select(CaseGrading, User.first_name, User.last_name)
        .outerjoin(User, User.user_id == CaseGrading.reader_id)
        .where(CaseGrading.consultation_id == consultation_id)
        .order_by(CaseGrading.graded_at.desc(), CaseGrading.grading_id.desc())
    ).all()
    these = [row.grading_id for row, *_ in rows]
    grades: defaultdict[UUID, dict[Metric, Grade]] = defaultdict(dict)
    severity: defaultdict[UUID, dict[Scale, str | None]] = defaultdict(dict)
    for one in session.scalars(select(MetricGrade).where(MetricGrade.grading_id.in_(these))):
        grades[one.grading_id][one.metric] = Grade(one.verdict, one.value)
    for each in session.scalars(select(SeverityGrade).where(SeverityGrade.grading_id.in_(these))):
        severity[each.grading_id][each.scale] = each.level
    return [
        Grading(
            grading_id=row.grading_id,
            reader_id=row.reader_id,
            reader_name=name_of(first, last),
            analysis_id=row.analysis_id,
            model_version=row.model_version,
            is_blind=row.is_blind,
            grades=grades[row.grading_id],
            severity=severity[row.grading_id],
            graded_at=row.graded_at,
        )
        for row, first, last in rows
    ]


# ------------------------------------------------------------------ drawings


def photo_of(session: Session, user_id: UUID, photo_id: UUID) -> tuple[int, int]:
    """Width and height in pixels. NotFound when the photo is not this person's."""
    size = session.execute(
        select(Photo.width, Photo.height).where(
            Photo.user_id == user_id, Photo.photo_id == photo_id
        )
    ).one_or_none()
    if size is None:
        raise NotFound("There is no such photo.")
    return size.width, size.height


def add_drawing(
    session: Session,
    consultation_id: UUID,
    whose: UUID,
    author: UUID,
    *,
    photo_id: UUID,
    label: Label,
    drawn: Drawing,
) -> UUID:
    row = PhotoAnnotation(
        annotation_id=new_id(),
        consultation_id=consultation_id,
        user_id=whose,
        photo_id=photo_id,
        author_id=author,
        shape=drawn.shape,
        label=label,
        geometry=drawn.as_kept(),
    )
    session.add(row)
    session.flush()
    return row.annotation_id


def drawings(session: Session, consultation_id: UUID) -> list[Annotation]:
    """Every drawing of a case that was not taken back, the oldest first."""
    rows = session.scalars(
        select(PhotoAnnotation)
        .where(
            PhotoAnnotation.consultation_id == consultation_id,
            PhotoAnnotation.removed_at.is_(None),
        )
        .order_by(PhotoAnnotation.created_at, PhotoAnnotation.annotation_id)
    )
    return [
        Annotation(
            row.annotation_id,
            row.photo_id,
            row.author_id,
            row.label,
            drawing(row.shape, row.geometry, _WHOLE_PHOTO, _WHOLE_PHOTO),
            row.created_at,
        )
        for row in rows
    ]


def count_drawings(session: Session, consultation_id: UUID) -> int:
    """How many were ever drawn, those taken back included."""
    wanted = select(func.count()).select_from(PhotoAnnotation)
    wanted = wanted.where(PhotoAnnotation.consultation_id == consultation_id)
    return session.scalar(wanted) or 0


def take_back(session: Session, consultation_id: UUID, author: UUID, annotation_id: UUID) -> None:
    """NotFound when it is not there any more, or somebody else's."""
    changed = session.scalar(
        update(PhotoAnnotation)
        .where(
            PhotoAnnotation.annotation_id == annotation_id,
            PhotoAnnotation.consultation_id == consultation_id,
            PhotoAnnotation.author_id == author,
            PhotoAnnotation.removed_at.is_(None),
        )
        .values(removed_at=func.now())
        .returning(PhotoAnnotation.annotation_id)
    )
    if changed is None:
        raise NotFound("There is no such drawing of yours.")


def name_of(first: str | None, last: str | None) -> str | None:
    """A dermatologist's name; None where the account is gone."""
    return None if first is None else f"{first} {last}"
