"""What the person was told, what they want to be told, and when they are reminded."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query
from sqlalchemy.orm import Session

from api.v1.caller import Caller, Token, reading
from api.v1.paging import Page
from api.v1.problems import answers
from api.v1.schemas import notifications as schemas
from core.notification_preferences import Quiet
from core.notifications import Channel, Kind, kinds_for
from core.people import Identity
from data import notifications
from data.database import transaction
from data.notifications import News
from pipeline import notification_preferences, reminders
from pipeline.reminders import Change

router = APIRouter(prefix="/notifications", tags=["notifications"], responses=answers(401))

NotificationId = Annotated[UUID, Path(description="The notification's id.")]


@router.get("")
def list_notifications(
    token: Token,
    page: Page,
    unread: Annotated[bool, Query(description="Only what was not read yet.")] = False,
    type: Annotated[
        list[Kind] | None, Query(max_length=len(Kind), description="Only these kinds.")
    ] = None,
) -> schemas.Notifications:
    """The person's news, newest first."""
    with reading(token) as (session, caller):
        found, total = notifications.listed(
            session,
            caller.user_id,
            kinds=type or (),
            unread_only=unread,
            limit=page.limit,
            offset=page.offset,
        )
        waiting = notifications.unread(session, caller.user_id)
    return schemas.Notifications(
        notifications=[_news(one) for one in found], total=total, unread=waiting
    )


@router.post("/read-all")
def mark_all_read(caller: Caller) -> schemas.Marked:
    """Mark everything as read."""
    with transaction() as session:
        return schemas.Marked(marked=notifications.mark_all(session, caller.user_id))


@router.get("/preferences")
def get_preferences(token: Token) -> schemas.NotificationPreferences:
    """What the person wants to be told, and how."""
    with reading(token) as (session, caller):
        return _preferences(session, caller)


@router.put("/preferences")
def change_preferences(
    caller: Caller, changes: schemas.NotificationPreferencesChanges
) -> schemas.NotificationPreferences:
    """Change what is sent; the rest stays. Security cannot be switched off in the app."""
    with transaction() as session:
        wanted = notification_preferences.read(session, caller.user_id)
        if "quiet_hours" in changes.model_fields_set:
            hours = changes.quiet_hours
            quiet = Quiet(_clock(hours.begins), _clock(hours.ends)) if hours else None
            wanted = replace(wanted, quiet=quiet)
        if "paused_until" in changes.model_fields_set:
            wanted = replace(wanted, paused_until=changes.paused_until)
        choices = {
            (kind, channel): getattr(said, channel.value)
            for kind, said in changes.channels.items()
            for channel in Channel
            if channel.value in said.model_fields_set
        }
        notification_preferences.save(session, caller, replace(wanted, choices=choices))
        return _preferences(session, caller)


@router.get("/reminders")
def get_reminders(token: Token) -> schemas.Reminders:
    """When the person is reminded of what."""
    with reading(token) as (session, caller):
        return _reminders(session, caller)


@router.put("/reminders")
def change_reminders(caller: Caller, changes: schemas.RemindersChanges) -> schemas.Reminders:
    """Change what is sent; the rest stays. Another time zone moves every reminder with it."""
    with transaction() as session:
        if "time_zone" in changes.model_fields_set:
            reminders.live_in(session, caller.user_id, changes.time_zone)
        wanted = {
            kind: Change(one.is_on, _clock(one.at), one.every_days)
            for kind, one in changes.reminders.items()
        }
        reminders.change(session, caller.user_id, wanted)
        return _reminders(session, caller)


@router.post("/{notification_id}/read", responses=answers(404))
def mark_read(caller: Caller, notification_id: NotificationId) -> schemas.Notification:
    """Mark one as read; one that was stays as it is."""
    with transaction() as session:
        return _news(notifications.mark(session, caller.user_id, notification_id, read=True))


@router.post("/{notification_id}/unread", responses=answers(404))
def mark_unread(caller: Caller, notification_id: NotificationId) -> schemas.Notification:
    """Mark one as unread again."""
    with transaction() as session:
        return _news(notifications.mark(session, caller.user_id, notification_id, read=False))


def _news(news: News) -> schemas.Notification:
    return schemas.Notification(
        id=news.notification_id,
        type=news.kind,
        title=news.title,
        message=news.message,
        link=news.link,
        timestamp=news.created_at,
        read=news.read_at is not None,
        read_at=news.read_at,
    )


def _preferences(session: Session, who: Identity) -> schemas.NotificationPreferences:
    found = notification_preferences.read(session, who.user_id)
    quiet = found.quiet
    return schemas.NotificationPreferences(
        channels={
            kind: schemas.Channels(
                app=found.is_on(kind, Channel.APP), email=found.is_on(kind, Channel.EMAIL)
            )
            for kind in kinds_for(who.role)
        },
        quiet_hours=schemas.QuietHours(begins=f"{quiet.begins:%H:%M}", ends=f"{quiet.ends:%H:%M}")
        if quiet
        else None,
        paused_until=found.paused_until,
        email_unavailable_because=notification_preferences.why_no_mail(session, who.user_id),
    )


def _reminders(session: Session, who: Identity) -> schemas.Reminders:
    found = reminders.current(session, who.user_id)
    return schemas.Reminders(
        time_zone=notification_preferences.read(session, who.user_id).time_zone,
        reminders={
            kind: schemas.Reminder(
                is_on=one.is_on,
                at=f"{one.at:%H:%M}",
                every_days=one.every_days,
                next_due_at=one.next_due_at,
            )
            for kind, one in found.items()
        },
    )


def _clock(text: str) -> time:
    return time.fromisoformat(text)
