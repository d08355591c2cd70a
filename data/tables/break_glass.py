"""Cases that staff opened although they were not theirs."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from data.base import Base, now, owner


class BreakGlass(Base):
    """One opening: who read whose case, for which reason, until when. It belongs to the person."""

    __tablename__ = "break_glass"
    __table_args__ = (
        CheckConstraint("length(reason) BETWEEN 20 AND 500", name="reason_length"),
        Index("ix_break_glass_newest_first", text("opened_at DESC"), text("break_glass_id DESC")),
        Index("ix_break_glass_of_staff", "staff_id", text("opened_at DESC")),
        Index(None, "consultation_id"),
        Index(None, "user_id"),
    )

    break_glass_id: Mapped[UUID] = mapped_column(primary_key=True)
    consultation_id: Mapped[UUID] = mapped_column(
        ForeignKey("consultations.consultation_id", ondelete="CASCADE")
    )
    user_id: Mapped[UUID] = owner()  # who asked
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.user_id", ondelete="SET NULL"))
    reason: Mapped[str]
    opened_at: Mapped[datetime] = now()
    ends_at: Mapped[datetime]
