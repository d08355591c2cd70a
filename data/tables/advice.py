"""What a person told for advice, and the advice that a newer one has replaced."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from core.health import Budget, Pregnancy
from data.base import Base, TextEnum, now, one_of, owner


class HealthAnswers(Base):
    """What one person told. NULL is “not told”, an empty array “none”."""

    __tablename__ = "health_answers"
    __table_args__ = (
        one_of("pregnancy", Pregnancy),
        one_of("budget", Budget),
        CheckConstraint("country ~ '^[A-Z]{2}$'", name="country"),
    )

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.user_id", ondelete="CASCADE"), primary_key=True
    )
    pregnancy: Mapped[Pregnancy | None] = mapped_column(TextEnum(Pregnancy))
    # Words of core.health; without a CHECK, so that a new substance needs no migration.
    allergies: Mapped[list[str] | None]
    conditions: Mapped[list[str] | None]
    medicines: Mapped[list[str] | None]
    uses: Mapped[list[str] | None]  # ids of data/knowledge/ingredients.yaml
    budget: Mapped[Budget | None] = mapped_column(TextEnum(Budget))
    country: Mapped[str | None]  # two letters
    free_of: Mapped[list[str]] = mapped_column(server_default="{}")
    reacted_to: Mapped[list[str]] = mapped_column(server_default="{}")
    created_at: Mapped[datetime] = now()
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class EarlierAdvice(Base):
    """Advice of a check that was replaced; the newest is `analysis_results.recommendations`."""

    __tablename__ = "earlier_advice"
    __table_args__ = (Index(None, "analysis_id", "replaced_at"), Index(None, "user_id"))

    advice_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = owner()
    analysis_id: Mapped[UUID] = mapped_column(ForeignKey("analysis_results.id", ondelete="CASCADE"))
    content: Mapped[dict[str, Any]]
    replaced_at: Mapped[datetime] = now()
