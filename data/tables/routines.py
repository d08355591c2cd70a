"""What people do for their skin: the routine they adopted, what they ticked and noted, trials."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.care import Half, Source, StepKind, Topic
from data.base import Base, TextEnum, now, one_of, owner


class Routine(Base):
    """A routine that a person follows, or followed until `ended_at`."""

    __tablename__ = "routines"
    __table_args__ = (
        one_of("source", Source),
        Index(None, "user_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index("ix_routines_of_person", "user_id", "created_at"),
    )

    routine_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = owner()
    source: Mapped[Source] = mapped_column(TextEnum(Source))
    advice_id: Mapped[UUID | None]  # the advice it was adopted from; it may be gone
    started_on: Mapped[date]  # the person's own day; its week is week 1
    ended_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = now()


class RoutineStep(Base):
    """One step in one half of the day. A removed one stays for its ticks."""

    __tablename__ = "routine_steps"
    __table_args__ = (
        one_of("half", Half),
        one_of("kind", StepKind),
        CheckConstraint("length(name) BETWEEN 1 AND 200", name="name_length"),
        Index(None, "routine_id", "half", "position"),
        Index(None, "user_id"),
    )

    step_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = owner()
    routine_id: Mapped[UUID] = mapped_column(ForeignKey("routines.routine_id", ondelete="CASCADE"))
    half: Mapped[Half] = mapped_column(TextEnum(Half))
    position: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[StepKind] = mapped_column(TextEnum(StepKind))
    key: Mapped[str | None]  # of the advice's step; NULL: the person's own
    ingredient: Mapped[str | None]  # id of data/knowledge/ingredients.yaml
    name: Mapped[str]
    amount: Mapped[str]
    # [{"from_week": 1, "days": ["Mon", …]}, …], from the slow start to the full pace
    phases: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    removed_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = now()


class RoutineTick(Base):
    """A step that was done on one of the person's own days."""

    __tablename__ = "routine_ticks"
    __table_args__ = (Index(None, "user_id", "day"),)

    step_id: Mapped[UUID] = mapped_column(
        ForeignKey("routine_steps.step_id", ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = owner()
    ticked_at: Mapped[datetime] = now()


class RoutineBrake(Base):
    """Irritation has slowed a routine down, until the person lifts it."""

    __tablename__ = "routine_brakes"
    __table_args__ = (
        CheckConstraint("level BETWEEN 1 AND 2", name="level"),
        Index(None, "routine_id", unique=True, postgresql_where=text("lifted_at IS NULL")),
        Index(None, "user_id", "put_at"),
    )

    brake_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = owner()
    routine_id: Mapped[UUID] = mapped_column(ForeignKey("routines.routine_id", ondelete="CASCADE"))
    level: Mapped[int] = mapped_column(SmallInteger)  # 1: less often, no acids; 2: no actives
    because: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)  # [{"day", "half", "signs"}, …]
    put_at: Mapped[datetime] = now()
    lifted_at: Mapped[datetime | None]


class DiaryEntry(Base):
    """What a person noted of one of their days."""

    __tablename__ = "diary_entries"
    __table_args__ = (
        one_of("topic", Topic),
        one_of("half", Half),
        CheckConstraint("level BETWEEN 0 AND 3", name="level"),
        CheckConstraint("length(text) <= 200", name="text_length"),
        # One answer a day; irritation: one for each half; products: as many as there are.
        Index(
            "ix_diary_entries_one_a_day",
            "user_id",
            "day",
            "topic",
            unique=True,
            postgresql_where=text("topic IN ('sleep', 'sun', 'cycle')"),
        ),
        Index(
            "ix_diary_entries_one_a_half",
            "user_id",
            "day",
            "half",
            unique=True,
            postgresql_where=text("topic = 'irritation'"),
        ),
        Index("ix_diary_entries_of_person", "user_id", "day"),
    )

    entry_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = owner()
    day: Mapped[date]  # the person's own
    topic: Mapped[Topic] = mapped_column(TextEnum(Topic))
    half: Mapped[Half | None] = mapped_column(TextEnum(Half))  # of irritation
    level: Mapped[int | None] = mapped_column(
        SmallInteger
    )  # product: 1 new, 0 ended; else core.care
    signs: Mapped[list[str]] = mapped_column(server_default="{}")
    text: Mapped[str | None]  # the person's own words
    created_at: Mapped[datetime] = now()


class Trial(Base):
    """One change, tried on oneself, with checks before and after."""

    __tablename__ = "trials"
    __table_args__ = (
        CheckConstraint("weeks BETWEEN 8 AND 12", name="weeks"),
        CheckConstraint("cardinality(metrics) BETWEEN 1 AND 4", name="metrics"),
        CheckConstraint("length(change) BETWEEN 1 AND 200", name="change_length"),
        CheckConstraint("(began_at IS NULL) = (ends_at IS NULL)", name="began_and_ends"),
        # One at a time: two changes at once cannot be told apart.
        Index(
            None,
            "user_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL AND stopped_at IS NULL"),
        ),
        Index(
            "ix_trials_due",
            "ends_at",
            postgresql_where=text("ended_at IS NULL AND stopped_at IS NULL"),
        ),
        Index("ix_trials_of_person", "user_id", "created_at"),
    )

    trial_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = owner()
    change: Mapped[str]  # what is changed, in words
    ingredient: Mapped[str | None]  # id of data/knowledge/ingredients.yaml, where it is one
    metrics: Mapped[list[str]]  # chosen beforehand
    weeks: Mapped[int] = mapped_column(SmallInteger)
    began_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    verdict: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = now()
