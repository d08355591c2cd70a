"""Recalibrations of the model: fitted to dermatologists' grades, in service once accepted."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.recalibration import State
from data.base import Base, TextEnum, now


class Recalibration(Base):
    """One curve a metric over the scores of `base_version`, and what it was worth when fitted.

    Made of groups of people; nothing in it is of one.
    """

    __tablename__ = "recalibrations"
    __table_args__ = (
        UniqueConstraint("version"),
        CheckConstraint(
            "state IN ('proposed', 'accepted', 'declined', 'withdrawn')", name="state_known"
        ),
        CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="decided_has_a_time"),
        Index(
            "uq_recalibrations_in_service",
            "base_version",
            unique=True,
            postgresql_where=text("state = 'accepted'"),
        ),
        Index(None, "decided_by"),
    )

    recalibration_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[str]
    base_version: Mapped[str]
    curves: Mapped[dict[str, Any]] = mapped_column(JSONB)
    figures: Mapped[dict[str, Any]] = mapped_column(JSONB)
    proposed_at: Mapped[datetime] = now()
    state: Mapped[State] = mapped_column(TextEnum(State), server_default=State.PROPOSED.value)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("users.user_id", ondelete="SET NULL")
    )
    reason: Mapped[str | None]
