"""What dermatologists do in a case: readings, grades, drawings, notes, drafts, letters, templates.

Rows about a case belong to the person who asks (`user_id`); who wrote them stands beside.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from core.metrics import Metric
from core.reviews import Label, Scale, Shape, Verdict
from data.base import Base, TextEnum, now, one_of, owner


def _case(*, primary_key: bool = False) -> Mapped[UUID]:
    return mapped_column(
        ForeignKey("consultations.consultation_id", ondelete="CASCADE"), primary_key=primary_key
    )


def _staff() -> Mapped[UUID | None]:
    return mapped_column(ForeignKey("users.user_id", ondelete="SET NULL"))


class CaseReading(Base):
    """One dermatologist reading a case: hidden scores, and when they were shown."""

    __tablename__ = "case_readings"
    __table_args__ = (
        Index("uq_case_readings_reader", "consultation_id", "reader_id", unique=True),
        Index(None, "user_id"),
        Index(None, "reader_id"),
    )

    reading_id: Mapped[UUID] = mapped_column(primary_key=True)
    consultation_id: Mapped[UUID] = _case()
    user_id: Mapped[UUID] = owner()
    reader_id: Mapped[UUID | None] = _staff()
    begun_at: Mapped[datetime] = now()
    shown_at: Mapped[datetime | None]  # None: the model's scores are hidden from them
    shown_without_grade: Mapped[bool] = mapped_column(server_default=text("false"))


class CaseGrading(Base):
    """Grades of one reader at one time. Only ever added."""

    __tablename__ = "case_gradings"
    __table_args__ = (
        Index(None, "consultation_id", "graded_at"),
        Index(None, "user_id"),
        Index(None, "reader_id"),
        Index(None, "analysis_id"),
    )

    grading_id: Mapped[UUID] = mapped_column(primary_key=True)
    consultation_id: Mapped[UUID] = _case()
    user_id: Mapped[UUID] = owner()
    reader_id: Mapped[UUID | None] = _staff()
    analysis_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("analysis_results.id", ondelete="SET NULL")
    )
    model_version: Mapped[str | None]
    is_blind: Mapped[bool]
    graded_at: Mapped[datetime] = now()


class MetricGrade(Base):
    __tablename__ = "metric_grades"
    __table_args__ = (
        one_of("metric", Metric),
        one_of("verdict", Verdict),
        CheckConstraint("(value IS NULL) = (verdict = 'cannot_tell')", name="value_or_cannot_tell"),
        CheckConstraint("value BETWEEN 0 AND 100", name="value_0_to_100"),
        Index(None, "user_id"),
    )

    grading_id: Mapped[UUID] = mapped_column(
        ForeignKey("case_gradings.grading_id", ondelete="CASCADE"), primary_key=True
    )
    metric: Mapped[Metric] = mapped_column(TextEnum(Metric), primary_key=True)
    user_id: Mapped[UUID] = owner()
    verdict: Mapped[Verdict] = mapped_column(TextEnum(Verdict))
    value: Mapped[float | None]


class SeverityGrade(Base):
    __tablename__ = "severity_grades"
    __table_args__ = (one_of("scale", Scale), Index(None, "user_id"))

    grading_id: Mapped[UUID] = mapped_column(
        ForeignKey("case_gradings.grading_id", ondelete="CASCADE"), primary_key=True
    )
    scale: Mapped[Scale] = mapped_column(TextEnum(Scale), primary_key=True)
    user_id: Mapped[UUID] = owner()
    level: Mapped[str | None]  # None: cannot tell


class PhotoAnnotation(Base):
    """A labelled shape on a photo, in its pixels. Taken back, it stays with the time of that."""

    __tablename__ = "photo_annotations"
    __table_args__ = (
        one_of("shape", Shape),
        one_of("label", Label),
        Index(None, "consultation_id", "created_at"),
        Index(None, "user_id"),
        Index(None, "photo_id"),
        Index(None, "author_id"),
    )

    annotation_id: Mapped[UUID] = mapped_column(primary_key=True)
    consultation_id: Mapped[UUID] = _case()
    user_id: Mapped[UUID] = owner()
    photo_id: Mapped[UUID] = mapped_column(ForeignKey("photos.photo_id", ondelete="CASCADE"))
    author_id: Mapped[UUID | None] = _staff()
    shape: Mapped[Shape] = mapped_column(TextEnum(Shape))
    label: Mapped[Label] = mapped_column(TextEnum(Label))
    geometry: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = now()
    removed_at: Mapped[datetime | None]


class CaseNote(Base):
    """What colleagues tell each other about a case. Only ever added."""

    __tablename__ = "case_notes"
    __table_args__ = (
        Index(None, "consultation_id", "written_at"),
        Index(None, "user_id"),
        Index(None, "author_id"),
    )

    note_id: Mapped[UUID] = mapped_column(primary_key=True)
    consultation_id: Mapped[UUID] = _case()
    user_id: Mapped[UUID] = owner()
    author_id: Mapped[UUID | None] = _staff()
    text: Mapped[str]
    written_at: Mapped[datetime] = now()


class AnswerDraft(Base):
    """An answer that is being written; gone when it is sent."""

    __tablename__ = "answer_drafts"
    __table_args__ = (Index(None, "user_id"), Index(None, "author_id"))

    consultation_id: Mapped[UUID] = _case(primary_key=True)
    author_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.user_id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[UUID] = owner()
    text: Mapped[str]
    safety_net: Mapped[str] = mapped_column(server_default="")
    saved_at: Mapped[datetime] = now()


class ReferralLetter(Base):
    """What a letter to a colleague says; its PDF is made of it each time it is wanted."""

    __tablename__ = "referral_letters"
    __table_args__ = (
        Index(None, "consultation_id"),
        Index(None, "user_id"),
        Index(None, "author_id"),
    )

    letter_id: Mapped[UUID] = mapped_column(primary_key=True)
    consultation_id: Mapped[UUID] = _case()
    user_id: Mapped[UUID] = owner()
    author_id: Mapped[UUID | None] = _staff()
    author_name: Mapped[str]
    recipient: Mapped[str]
    text: Mapped[str]
    written_at: Mapped[datetime] = now()


class CaseTime(Base):
    """How long a case took, all readers together, in whole minutes. Of nobody in particular."""

    __tablename__ = "case_times"
    __table_args__ = (
        CheckConstraint("minutes >= 0", name="minutes_not_negative"),
        Index(None, "user_id"),
    )

    consultation_id: Mapped[UUID] = _case(primary_key=True)
    user_id: Mapped[UUID] = owner()
    minutes: Mapped[int] = mapped_column(server_default="0")
    counted_at: Mapped[datetime] = now()  # until when the time is in `minutes`


class AnswerTemplate(Base):
    """Words that are used again: a dermatologist's own, or everybody's (without an owner)."""

    __tablename__ = "answer_templates"
    __table_args__ = (Index(None, "user_id", "title"),)

    template_id: Mapped[UUID] = mapped_column(primary_key=True)
    # whose it is; NULL: shared with all dermatologists
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.user_id", ondelete="CASCADE"))
    shared_by: Mapped[UUID | None] = _staff()
    title: Mapped[str]
    text: Mapped[str]
    created_at: Mapped[datetime] = now()
    updated_at: Mapped[datetime] = now()
