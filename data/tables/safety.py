"""What people answered to the safety questions, and the red flags that the answers raised."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from core.red_flags import ClosedBy, Urgency
from data.base import Base, TextEnum, now, one_of, owner


class SafetyAnswer(Base):
    """One time that the questions were answered; never changed."""

    __tablename__ = "safety_answers"
    __table_args__ = (Index("ix_safety_answers_newest_first", "user_id", text("answered_at DESC")),)

    answer_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = owner()
    version: Mapped[str]  # of the questions
    ticked: Mapped[list[str]]  # ids of the questionnaire's items; empty: nothing of it
    answered_at: Mapped[datetime] = now()


class RaisedFlag(Base):
    """A red flag of a person: open until somebody qualified has seen to it. Rows are kept."""

    __tablename__ = "raised_flags"
    __table_args__ = (
        one_of("urgency", Urgency),
        one_of("closed_by", ClosedBy),
        CheckConstraint("(closed_at IS NULL) = (closed_by IS NULL)", "closed_by_somebody"),
        CheckConstraint("closed_by <> 'person' OR seen_on IS NOT NULL", "seen_on_a_day"),
        Index(
            "uq_raised_flags_open",
            "user_id",
            "flag_id",
            unique=True,
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index(None, "user_id", "raised_at"),
        Index(None, "answer_id"),
    )

    raised_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = owner()
    answer_id: Mapped[UUID] = mapped_column(
        ForeignKey("safety_answers.answer_id", ondelete="CASCADE")
    )
    flag_id: Mapped[str]
    urgency: Mapped[Urgency] = mapped_column(TextEnum(Urgency))
    because: Mapped[list[str]]  # what was ticked, in the words of then
    raised_at: Mapped[datetime] = now()
    seen_on: Mapped[date | None]  # the day on which a professional saw it, as the person says
    closed_by: Mapped[ClosedBy | None] = mapped_column(TextEnum(ClosedBy))
    closed_at: Mapped[datetime | None]
