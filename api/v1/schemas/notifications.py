"""What the person was told, what they want to be told, and when they are reminded."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from api.v1.schemas.common import Input, Output
from api.v1.times import Time
from core.notifications import Kind

_ID = "0199e0a8-6f0e-7c3a-9d58-3a1b2c4d5e6f"
_NEWS: JsonDict = {
    "id": _ID,
    "type": "result_ready",
    "title": "Your result is ready",
    "message": "See where each score comes from.",
    "link": f"/result?check={_ID}",
    "timestamp": "2026-11-23T08:15:00Z",
    "read": False,
    "read_at": None,
}
_CHANNELS: JsonDict = {"morning_routine": {"app": True, "email": False}}
_QUIET: JsonDict = {"begins": "22:00", "ends": "07:00"}
_REMINDER: JsonDict = {"is_on": True, "at": "07:30", "every_days": 1}
_NEXT = "2026-11-24T06:30:00Z"

Clock = Annotated[
    str,
    Field(strict=True, pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["07:30"]),
]
ZoneName = Annotated[str, Field(strict=True, min_length=1, max_length=64)]


def _absent() -> Any:
    """Stands for a field that was not sent; `model_fields_set` says which were."""
    return None


class Notification(Output):
    """One piece of news."""

    id: UUID = Field(description="The notification's id.")
    type: Kind = Field(description="What kind of news it is.")
    title: str = Field(description="In a few words.")
    message: str = Field(description="What there is to know.")
    link: str | None = Field(description="The page of the dashboard that it is about.")
    timestamp: datetime = Field(description="When it was told.")
    read: bool = Field(description="Whether the person has read it.")
    read_at: datetime | None = Field(description="When; null: not yet.")

    model_config = ConfigDict(json_schema_extra={"examples": [_NEWS]})


class Notifications(Output):
    """A page of news, newest first."""

    notifications: list[Notification] = Field(description="Newest first.")
    total: int = Field(description="How many there are in all that fit the filters.", examples=[1])
    unread: int = Field(
        description="How many are unread, filters aside; 100 means 100 or more.", examples=[1]
    )


class Marked(Output):
    """How many were marked."""

    marked: int = Field(description="How many were unread before.", examples=[3])


class Channels(Output):
    """By which ways news of one kind comes."""

    app: bool = Field(description="In the app.")
    email: bool = Field(description="By e-mail, where there is one.")

    model_config = ConfigDict(json_schema_extra={"examples": [{"app": True, "email": False}]})


class QuietHours(Input):
    """Hours of each day without e-mail, on the person's clock; may go over midnight."""

    begins: Clock = Field(description="From, as HH:MM.")
    ends: Clock = Field(description="Until, as HH:MM.")

    model_config = ConfigDict(json_schema_extra={"examples": [_QUIET]})


class NotificationPreferences(Output):
    """What the person wants to be told, and how."""

    channels: dict[Kind, Channels] = Field(description="For every kind of the person's news.")
    quiet_hours: QuietHours | None = Field(description="Without e-mail; null: none.")
    paused_until: datetime | None = Field(
        description="Until then nothing calls but security; the year 9999: until resumed."
    )
    email_unavailable_because: str | None = Field(
        description="Why no e-mail can reach the person; null: it can."
    )

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "channels": _CHANNELS,
                    "quiet_hours": _QUIET,
                    "paused_until": None,
                    "email_unavailable_because": None,
                }
            ]
        }
    )


class ChannelChanges(Input):
    """What is absent stays."""

    app: bool = Field(default_factory=_absent, strict=True, description="In the app.")
    email: bool = Field(default_factory=_absent, strict=True, description="By e-mail.")

    model_config = ConfigDict(json_schema_extra={"examples": [{"email": True}]})


class NotificationPreferencesChanges(Input):
    """What to change: a field that is absent stays as it is."""

    channels: dict[Kind, ChannelChanges] = Field(
        default_factory=dict, description="Kinds that are absent stay as they are."
    )
    quiet_hours: QuietHours | None = Field(
        default_factory=_absent, description="Hours without e-mail; null: none."
    )
    paused_until: Time | None = Field(
        default_factory=_absent, description="Pause everything until then; null: resume."
    )

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"channels": {"morning_routine": {"email": True}}, "quiet_hours": _QUIET}]
        }
    )


class ReminderChange(Input):
    """One reminder."""

    is_on: bool = Field(strict=True, description="Whether it comes.")
    at: Clock = Field(description="When, as HH:MM on the person's clock.")
    every_days: int = Field(
        default=1,
        strict=True,
        ge=1,
        le=90,
        description="Of check_due: 7, 14 or 28 days after the last check; elsewhere not used.",
    )

    model_config = ConfigDict(json_schema_extra={"examples": [_REMINDER]})


class Reminder(Output):
    """One reminder, and when it comes next."""

    is_on: bool = Field(description="Whether it comes.")
    at: str = Field(description="When, as HH:MM on the person's clock.")
    every_days: int = Field(description="Of check_due: so many days after the last check.")
    next_due_at: datetime | None = Field(description="When it comes next; null: it does not.")

    model_config = ConfigDict(json_schema_extra={"examples": [{**_REMINDER, "next_due_at": _NEXT}]})


class Reminders(Output):
    """Every reminder, and the zone by whose clocks they go."""

    time_zone: str | None = Field(
        description="IANA name, as in Europe/Berlin; null: not known yet, UTC counts."
    )
    reminders: dict[Kind, Reminder] = Field(description="One for every kind of reminder.")

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "time_zone": "Europe/Berlin",
                    "reminders": {"morning_routine": {**_REMINDER, "next_due_at": _NEXT}},
                }
            ]
        }
    )


class RemindersChanges(Input):
    """What to change: what is absent stays as it is."""

    time_zone: ZoneName = Field(
        default_factory=_absent, description="IANA name, as in Europe/Berlin."
    )
    reminders: dict[Kind, ReminderChange] = Field(
        default_factory=dict,
        description="Of morning_routine, evening_routine and check_due, those that change.",
    )

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"time_zone": "Europe/Berlin", "reminders": {"morning_routine": _REMINDER}}
            ]
        }
    )
