"""Questions to dermatologists, their photos and messages, and when dermatologists are away.

All rows but the absences belong to the person who asks (`user_id`); staff who act in them stand in
other columns and are forgotten with their account, not the question with them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.consultations import Asker, Author, BodySite, Duration, MessageKind, State, View
from core.health import Pregnancy
from data.base import Base, TextEnum, now, one_of, owner

_WAITING = text("state IN ('pending', 'escalated')")


def _staff() -> Mapped[UUID | None]:
    return mapped_column(ForeignKey("users.user_id", ondelete="SET NULL"))


class Consultation(Base):
    """One question of a person, and where it stands."""

    __tablename__ = "consultations"
    __table_args__ = (
        one_of("body_site", BodySite),
        one_of("duration", Duration),
        one_of("pregnancy", Pregnancy),
        one_of("state", State),
        one_of("second_opinion_for", Asker),
        CheckConstraint("priority BETWEEN 0 AND 3", name="priority"),
        CheckConstraint("rating BETWEEN 1 AND 5", name="rating"),
        CheckConstraint("length(question) BETWEEN 1 AND 2000", name="question_length"),
        Index(
            "ix_consultations_newest_first",
            "user_id",
            text("created_at DESC"),
            text("consultation_id DESC"),
        ),
        # the queue, whole and by body site
        Index(
            "ix_consultations_queue",
            "priority",
            "due_at",
            "consultation_id",
            postgresql_where=_WAITING,
        ),
        Index(
            "ix_consultations_queue_by_site",
            "body_site",
            "priority",
            "due_at",
            "consultation_id",
            postgresql_where=_WAITING,
        ),
        *(
            Index(
                f"ix_consultations_queue_{name}",
                "priority",
                "due_at",
                "consultation_id",
                postgresql_where=text(f"{_WAITING.text} AND {column} IS NOT NULL"),
            )
            for name, column in (
                ("second_opinions", "second_opinion_for"),
                ("late", "escalated_missed_at"),
            )
        ),
        Index("ix_consultations_oldest", "created_at", postgresql_where=_WAITING),
        Index(
            "ix_consultations_in_hand",
            "claimed_by",
            "priority",
            "due_at",
            "consultation_id",
            postgresql_where=text("state IN ('claimed', 'needs_information')"),
        ),
        Index(
            "ix_consultations_claimed_by",
            "claimed_by",
            postgresql_where=text("claimed_by IS NOT NULL"),
        ),
        Index(
            "ix_consultations_assigned_to",
            "assigned_to",
            "priority",
            "due_at",
            postgresql_where=text("assigned_to IS NOT NULL"),
        ),
        Index(
            "ix_consultations_answered_by",
            "answered_by",
            text("answered_at DESC"),
            text("consultation_id DESC"),
            postgresql_where=text("answered_by IS NOT NULL"),
        ),
        Index(
            "ix_consultations_first_reader",
            "first_reader",
            postgresql_where=text("first_reader IS NOT NULL"),
        ),
        # what the periodic task looks for
        Index(
            "ix_consultations_to_escalate",
            "next_escalation_at",
            postgresql_where=text("next_escalation_at IS NOT NULL"),
        ),
        Index(
            "ix_consultations_idle", "last_active_at", postgresql_where=text("state = 'claimed'")
        ),
        Index(
            "ix_consultations_to_close",
            "updated_at",
            postgresql_where=text("state IN ('answered', 'referred', 'needs_information')"),
        ),
        Index(None, "analysis_id"),
        Index(None, "consent_id"),
    )

    consultation_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = owner()
    analysis_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("analysis_results.id", ondelete="SET NULL")
    )
    consent_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("consents.consent_id", ondelete="SET NULL")
    )
    consent_withdrawn_at: Mapped[datetime | None]
    question: Mapped[str]
    description: Mapped[str | None]
    body_site: Mapped[BodySite | None] = mapped_column(TextEnum(BodySite))
    duration: Mapped[Duration | None] = mapped_column(TextEnum(Duration))
    symptoms: Mapped[str | None]
    treatments_tried: Mapped[str | None]
    medicines: Mapped[str | None]
    allergies: Mapped[str | None]
    pregnancy: Mapped[Pregnancy | None] = mapped_column(TextEnum(Pregnancy))
    flags: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    priority: Mapped[int] = mapped_column(SmallInteger)  # core.consultations.Priority
    state: Mapped[State] = mapped_column(TextEnum(State), server_default=State.PENDING.value)
    claimed_by: Mapped[UUID | None] = _staff()
    claimed_at: Mapped[datetime | None]
    last_active_at: Mapped[datetime | None]  # of who has claimed it, in this case
    assigned_to: Mapped[UUID | None] = _staff()
    answered_by: Mapped[UUID | None] = _staff()
    first_reader: Mapped[UUID | None] = _staff()
    second_opinion_for: Mapped[Asker | None] = mapped_column(TextEnum(Asker))
    due_at: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    next_escalation_at: Mapped[datetime | None]
    escalated_half_at: Mapped[datetime | None]
    escalated_80_at: Mapped[datetime | None]
    escalated_missed_at: Mapped[datetime | None]
    rating: Mapped[int | None] = mapped_column(SmallInteger)
    rating_comment: Mapped[str | None]
    created_at: Mapped[datetime] = now()
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())
    answered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class ConsultationPhoto(Base):
    """One view of a case: the photo, or why it is missing. Gone when the photo was deleted."""

    __tablename__ = "consultation_photos"
    __table_args__ = (
        one_of("view", View),
        CheckConstraint("num_nonnulls(photo_id, missing_reason) = 1", name="photo_or_reason"),
        Index(None, "user_id"),
        Index(None, "photo_id"),
    )

    consultation_id: Mapped[UUID] = mapped_column(
        ForeignKey("consultations.consultation_id", ondelete="CASCADE"), primary_key=True
    )
    view: Mapped[View] = mapped_column(TextEnum(View), primary_key=True)
    user_id: Mapped[UUID] = owner()
    photo_id: Mapped[UUID | None] = mapped_column(ForeignKey("photos.photo_id", ondelete="CASCADE"))
    missing_reason: Mapped[str | None]
    problems: Mapped[list[str]] = mapped_column(server_default="{}")


class ConsultationMessage(Base):
    """One message of the thread, an answer included. Only ever added."""

    __tablename__ = "consultation_messages"
    __table_args__ = (
        one_of("author", Author),
        one_of("kind", MessageKind),
        Index(None, "consultation_id", "sent_at", "message_id"),
        Index(None, "user_id"),
        Index(
            "ix_consultation_messages_author_id",
            "author_id",
            postgresql_where=text("author_id IS NOT NULL"),
        ),
    )

    message_id: Mapped[UUID] = mapped_column(primary_key=True)
    consultation_id: Mapped[UUID] = mapped_column(
        ForeignKey("consultations.consultation_id", ondelete="CASCADE")
    )
    user_id: Mapped[UUID] = owner()  # who asks, whoever wrote it
    author: Mapped[Author] = mapped_column(TextEnum(Author))
    author_id: Mapped[UUID | None] = _staff()
    kind: Mapped[MessageKind] = mapped_column(TextEnum(MessageKind))
    text: Mapped[str]
    sent_at: Mapped[datetime] = now()


class ConsultationAttachment(Base):
    """A picture sent with a message; kept with the person's key, whoever sent it."""

    __tablename__ = "consultation_attachments"
    __table_args__ = (Index(None, "user_id"), Index(None, "photo_id"))

    message_id: Mapped[UUID] = mapped_column(
        ForeignKey("consultation_messages.message_id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    user_id: Mapped[UUID] = owner()
    photo_id: Mapped[UUID] = mapped_column(ForeignKey("photos.photo_id", ondelete="CASCADE"))


class Absence(Base):
    """When a dermatologist is away: gets no cases, and those in hand go back."""

    __tablename__ = "dermatologist_absences"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),
        Index(None, "user_id", "ends_at"),
    )

    absence_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = owner()
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
