"""Asking a dermatologist. What is incomplete says so: each missing view has its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from core.consultations import PROMISED, BodySite, Duration, Level, Priority, View, reached_at
from core.errors import InvalidInput, NotAllowed, TooMany, UnreadablePhoto
from core.health import Pregnancy
from core.people import Identity, Purpose, Role
from core.red_flags import Raised, Urgency
from data import analyses, audit, users
from data import consultations as kept
from data import photos as photo_rows
from data.database import now as database_now
from pipeline import consents, health_answers
from pipeline.consultations import news, photos
from pipeline.consultations.texts import (
    LONGEST_FIELD,
    LONGEST_QUESTION,
    LONGEST_REASON,
    optional,
    required,
)
from pipeline.safety.raised import raised

MOST_OPEN = 5  # questions of one person
MOST_A_DAY = 10

NO_REASON = (
    "Say why there is no {view} photo, or add one: a dermatologist must know what is missing."
)
NOT_AGREED = "Tick the consent to show photos and scores, or ask without them."
VIEW_WORDS: Mapping[View, str] = {
    View.OVERVIEW: "overview",
    View.CLOSE_UP: "close-up",
    View.SIDE: "side",
}
_PRIORITIES: Mapping[Urgency, Priority] = {
    Urgency.EMERGENCY: Priority.URGENT,
    Urgency.SAME_DAY: Priority.URGENT,
    Urgency.URGENT_DERMATOLOGIST: Priority.SOON,
}


@dataclass(frozen=True)
class Shown:
    """One view: a file, a photo of the person's own that is kept already, or why there is none."""

    content: bytes | None = None
    photo_id: UUID | None = None
    missing_reason: str | None = None


@dataclass(frozen=True)
class Question:
    """What a person asks, as they wrote it."""

    question: str
    description: str | None = None
    body_site: BodySite | None = None
    duration: Duration | None = None
    symptoms: str | None = None
    treatments_tried: str | None = None
    medicines: str | None = None
    allergies: str | None = None
    pregnancy: Pregnancy | None = None
    analysis_id: UUID | None = None  # the check that it is about
    views: Mapping[View, Shown] = field(default_factory=dict)

    @property
    def shows(self) -> bool:
        """Whether anything in it needs the consent to show photos and scores."""
        photos_shown = any(v.content or v.photo_id for v in self.views.values())
        return photos_shown or self.analysis_id is not None


def ask(session: Session, who: Identity, asked: Question) -> UUID:
    """Send a question; its id. All of it, photos included, comes about with the transaction.

    Every view without a photo needs a reason. Raises InvalidInput, NotFound for a check or photo
    that is not the person's, NotAllowed without the consent, TooMany, UnreadablePhoto.
    """
    if who.role is not Role.USER:
        raise NotAllowed("Questions are asked with a personal account.")
    text = _checked(asked)
    reasons = _reasons(asked)
    if asked.analysis_id is not None:
        analyses.get(session, who.user_id, asked.analysis_id)  # NotFound when it is not theirs
    for shown in asked.views.values():
        if shown.photo_id is not None:
            photo_rows.get(session, who.user_id, shown.photo_id)
    if asked.shows:
        consents.require(session, who.user_id, Purpose.DERMATOLOGIST)
    users.lock(session, who.user_id)  # the limits hold for two windows, too
    _check_number(session, who.user_id)
    flags = raised(session, who.user_id)
    now = database_now(session)
    due_at = now + PROMISED
    consultation_id = kept.add(
        session,
        who.user_id,
        due_at=due_at,
        next_at=reached_at(Level.HALF, due_at),
        created_at=now,
        analysis_id=asked.analysis_id,
        consent_id=kept.consent_in_force(session, who.user_id) if asked.shows else None,
        body_site=asked.body_site,
        duration=asked.duration,
        pregnancy=asked.pregnancy,
        flags=[_snapshot(flag) for flag in flags],
        priority=priority_of(flags),
        **text,
    )
    for view in View:
        _add_view(session, who.user_id, consultation_id, view, asked.views.get(view), reasons)
    audit.add(session, "case_asked", actor=who.user_id, consultation_id=str(consultation_id))
    session.flush()
    news.asked(session, consultation_id)
    return consultation_id


def priority_of(flags: Sequence[Raised]) -> Priority:
    """Where in the queue a question with these flags stands."""
    found = [_PRIORITIES.get(flag.urgency, Priority.FLAGGED) for flag in flags]
    return min(found, default=Priority.NORMAL)


def prefilled(session: Session, user_id: UUID) -> Question:
    """A blank question with what the person has told already of their health."""
    told = health_answers.read(session, user_id)
    return Question(
        question="",
        medicines=_listed(told.medicines),
        allergies=_listed(told.allergies),
        pregnancy=told.pregnancy,
    )


def _checked(asked: Question) -> dict[str, Any]:
    fields = ("description", "symptoms", "treatments_tried", "medicines", "allergies")
    return {
        "question": required(asked.question, "question", LONGEST_QUESTION),
        **{
            name: optional(getattr(asked, name), name.replace("_", " "), LONGEST_FIELD)
            for name in fields
        },
    }


def _reasons(asked: Question) -> dict[View, str]:
    """Why each view without a photo has none. Raises InvalidInput where nothing is said."""
    found = {}
    for view in View:
        shown = asked.views.get(view, Shown())
        if shown.content is not None or shown.photo_id is not None:
            continue
        name = VIEW_WORDS[view]
        reason = optional(shown.missing_reason, f"reason for no {name} photo", LONGEST_REASON)
        if reason is None:
            raise InvalidInput(NO_REASON.format(view=name))
        found[view] = reason
    return found


def _add_view(
    session: Session,
    user_id: UUID,
    consultation_id: UUID,
    view: View,
    shown: Shown | None,
    reasons: Mapping[View, str],
) -> None:
    if view in reasons or shown is None:
        kept.add_view(session, user_id, consultation_id, view, missing_reason=reasons[view])
        return
    photo_id = shown.photo_id
    found: tuple[str, ...] = ()
    if shown.content is not None:
        try:
            photo_id, found = photos.keep(session, user_id, shown.content)
        except UnreadablePhoto as error:
            raise UnreadablePhoto(f"The {VIEW_WORDS[view]} photo: {error}") from error
    kept.add_view(session, user_id, consultation_id, view, photo_id=photo_id, problems=list(found))


def _check_number(session: Session, user_id: UUID) -> None:
    if kept.open_of(session, user_id) >= MOST_OPEN:
        raise TooMany(
            f"{MOST_OPEN} of your questions are open. Close one of them, or wait for its answer.",
            3600,
        )
    day = timedelta(days=1)
    if kept.asked_within(session, user_id, day) >= MOST_A_DAY:
        raise TooMany(f"{MOST_A_DAY} questions a day is the limit.", day.total_seconds())


def _snapshot(flag: Raised) -> dict[str, Any]:
    return {
        "flag_id": flag.flag_id,
        "urgency": flag.urgency.value,
        "because": list(flag.because),
        "raised_at": flag.raised_at.isoformat(),
    }


def _listed(told: frozenset[Any] | None) -> str | None:
    """Words of core.health as a person reads them; None: not told."""
    if told is None:
        return None
    return ", ".join(sorted(each.value.replace("_", " ") for each in told)) or "none"


def is_consent_needed(session: Session, user_id: UUID) -> bool:
    """Whether the consent to show photos is still to be given."""
    return kept.consent_in_force(session, user_id) is None
