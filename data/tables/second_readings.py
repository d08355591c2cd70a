"""Cases that a second dermatologist grades too, so that readers can be compared."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from data.base import Base, now, owner


class SecondReading(Base):
    """One second reading: waiting, taken by somebody, or given. It answers nobody."""

    __tablename__ = "second_readings"
    __table_args__ = (
        Index("ix_second_readings_open", "created_at", postgresql_where=text("given_at IS NULL")),
        Index(None, "user_id"),
        Index(None, "reader_id"),
    )

    consultation_id: Mapped[UUID] = mapped_column(
        ForeignKey("consultations.consultation_id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[UUID] = owner()  # who asked
    reader_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.user_id", ondelete="SET NULL"))
    taken_at: Mapped[datetime | None]
    given_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = now()
