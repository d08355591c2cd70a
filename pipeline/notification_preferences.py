"""What a person wants to be told, as pages and the API change it."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from core import clocks
from core.errors import InvalidInput
from core.notification_preferences import UNTIL_RESUMED, Preferences
from core.notifications import FACTS, Channel, kinds_for
from core.people import Identity
from data import addresses, database, dirty_days
from data import notification_preferences as kept
from pipeline import reminders
from pipeline.mail import outbox


def read(session: Session, user_id: UUID) -> Preferences:
    return kept.read(session, user_id)


def save(session: Session, who: Identity, wanted: Preferences) -> None:
    """Set all of it; choices that are not named stay. InvalidInput for what cannot be.

    Another time zone moves the reminders with it.
    """
    allowed = kinds_for(who.role)
    for (kind, channel), is_wanted in wanted.choices.items():
        if kind not in allowed:
            raise InvalidInput(f"Your account gets no notifications “{FACTS[kind].name}”.")
        if channel is Channel.APP and FACTS[kind].is_mandatory and not is_wanted:
            raise InvalidInput(
                f"“{FACTS[kind].name}” cannot be switched off in the app: it guards your account."
            )
    if wanted.quiet is not None and wanted.quiet.begins == wanted.quiet.ends:
        raise InvalidInput("Quiet hours need a beginning and another end.")
    if wanted.time_zone is not None:
        clocks.checked_zone(wanted.time_zone)
    until = wanted.paused_until
    if until is not None:
        is_over = until <= database.now(session)
        wanted = replace(wanted, paused_until=None if is_over else min(until, UNTIL_RESUMED))
    is_moved = kept.read(session, who.user_id).time_zone != wanted.time_zone
    kept.write(session, who.user_id, wanted)
    if is_moved:
        reminders.reschedule(session, who.user_id)
        dirty_days.mark_person(session, who.user_id)


def why_no_mail(session: Session, user_id: UUID) -> str | None:
    """Why no notification can reach the person by e-mail; None: it can."""
    if not outbox.is_available():
        return "No mail server is set up here: notifications arrive in the app only."
    if addresses.verified_at(session, user_id) is None:
        return "E-mail is sent once you have confirmed your address, under Profile → Account."
    return None
