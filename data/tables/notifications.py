"""What people are told, what they want to be told, and when they are reminded."""

from __future__ import annotations

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.notifications import REMINDERS, Channel, Kind
from data.base import Base, TextEnum, now, one_of, owner


class Notification(Base):
    """One piece of news for one person, in the words in which it was told."""

    __tablename__ = "notifications"
    __table_args__ = (
        one_of("type", Kind),
        UniqueConstraint("user_id", "dedupe_key"),  # told once, whoever tells it again
        Index(
            "ix_notifications_newest_first",
            "user_id",
            text("created_at DESC"),
            text("notification_id DESC"),
        ),
        # what the bells of all open tabs ask every second
        Index("ix_notifications_unread", "user_id", postgresql_where=text("read_at IS NULL")),
        Index(None, "created_at"),  # for the sweep
    )

    notification_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = owner()
    kind: Mapped[Kind] = mapped_column("type", TextEnum(Kind))
    title: Mapped[str]
    message: Mapped[str]
    link: Mapped[str | None]  # a path of ours
    about: Mapped[UUID | None]  # the check, consultation or trial; it may be gone
    dedupe_key: Mapped[str]
    read_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = now()


class NotificationSettings(Base):
    """What holds for all news to a person. Without a row: the defaults."""

    __tablename__ = "notification_settings"
    __table_args__ = (
        CheckConstraint("(quiet_from IS NULL) = (quiet_until IS NULL)", name="quiet_from_until"),
    )

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.user_id", ondelete="CASCADE"), primary_key=True
    )
    time_zone: Mapped[str | None]  # IANA; None: not known, UTC counts
    quiet_from: Mapped[time | None]  # on the person's clock; later than quiet_until: over midnight
    quiet_until: Mapped[time | None]
    paused_until: Mapped[datetime | None]


class NotificationChoice(Base):
    """That a person wants one kind of news by one channel, or not; without a row: the default."""

    __tablename__ = "notification_choices"
    __table_args__ = (one_of("kind", Kind), one_of("channel", Channel))

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.user_id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[Kind] = mapped_column(TextEnum(Kind), primary_key=True)
    channel: Mapped[Channel] = mapped_column(TextEnum(Channel), primary_key=True)
    is_wanted: Mapped[bool]


class Reminder(Base):
    """When a person is reminded of something, on their own clock."""

    __tablename__ = "reminders"
    __table_args__ = (
        one_of("kind", REMINDERS),
        CheckConstraint("every_days BETWEEN 1 AND 90", name="every_days"),
        CheckConstraint("is_on OR next_due_at IS NULL", name="none_due_when_off"),
        CheckConstraint("(next_due_at IS NULL) = (due_day IS NULL)", name="due_at_and_day"),
        Index(
            "ix_reminders_due",
            "next_due_at",
            postgresql_where=text("next_due_at IS NOT NULL"),
        ),
    )

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.user_id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[Kind] = mapped_column(TextEnum(Kind), primary_key=True)
    is_on: Mapped[bool]
    at: Mapped[time]  # on the person's clock
    every_days: Mapped[int] = mapped_column(SmallInteger, server_default="1")
    next_due_at: Mapped[datetime | None]
    due_day: Mapped[date | None]  # the person's day that next_due_at stands for
    told_day: Mapped[date | None]  # the last day for which it was told
    # Of "check due": how often it was told since the last check.
    unanswered: Mapped[int] = mapped_column(SmallInteger, server_default="0")


class KnownDevice(Base):
    """A browser in a network from which a person has signed in before."""

    __tablename__ = "known_devices"
    __table_args__ = (Index(None, "last_seen_at"),)

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.user_id", ondelete="CASCADE"), primary_key=True
    )
    device_hash: Mapped[str] = mapped_column(primary_key=True)  # see core.keys.pseudonym
    name: Mapped[str]  # as in "Firefox on Windows"
    first_seen_at: Mapped[datetime] = now()
    last_seen_at: Mapped[datetime] = now()
