"""Answering the safety questions, what stands in the way of a check, and how a flag is closed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from core.consultations import Why
from core.errors import Conflict, InvalidInput, RedFlagRaised, SafetyQuestionsDue
from core.people import Identity, Purpose
from core.red_flags import Raised, Urgency
from data import audit, database, safety, users
from data.safety import Answered
from pipeline import consents, recommendations
from pipeline.safety import raised as flags_of
from pipeline.safety import words
from pipeline.safety.questions import questionnaire
from pipeline.safety.routing import route

# Whoever has not been asked for so long is asked again before the next check, whatever sends it.
ASKED_AGAIN_AFTER = timedelta(days=30)
# The page asks "anything new?" before each check; several photos of one sitting are one time.
ONE_SITTING = timedelta(hours=1)
HISTORY = 50  # answers that are shown

DUE = "Answer the safety questions first: some things on skin must be seen by a person, not scored."
CHANGED = "The safety questions have changed meanwhile. Look at them again, then answer."
NOT_SO_LONG_AGO = "What was seen before {first} does not count: this was raised later."
NOT_YET = "The day on which it was seen cannot lie in the future."

# What was looked at before it was raised counts where nothing is in a hurry: whoever is under a
# dermatologist's care for scars need not go there once more. A day for other time zones.
_A_DAY = timedelta(days=1)
_SEEN_BEFORE = {
    Urgency.DERMATOLOGIST: timedelta(days=90),
    Urgency.CLINICIAN: timedelta(days=90),
    Urgency.MENTAL_HEALTH: timedelta(days=90),
}


def answer(
    session: Session, who: Identity, ticked: Collection[str], *, version: str | None = None
) -> tuple[Raised, ...]:
    """Keep what was ticked (nothing: none of it applies) and raise what follows.

    Flags that were open stay open: not ticking something again does not clear it. The person's
    open flags, the most urgent first. Raises InvalidInput for what was not asked, Conflict when
    `version` is not that of today's questions, NotAllowed without the consent.
    """
    asked = questionnaire()
    if version is not None and version != asked.version:
        raise Conflict(CHANGED)
    found = route(ticked, asked)
    consents.require(session, who.user_id, Purpose.SAFETY_ANSWERS)
    users.lock(session, who.user_id)  # two answers of one person come one after the other
    kept = [item.id for item in asked.items() if item.id in ticked]
    answer_id = safety.add_answers(session, who.user_id, version=asked.version, ticked=kept)
    changed = [safety.open_flag(session, who.user_id, answer_id, flag) for flag in found]
    if any(changed):  # which they are is no business of the audit
        audit.add(session, "red_flags_raised", actor=who.user_id)
        recommendations.renew(session, who.user_id)
    return flags_of.raised(session, who.user_id)


def last(session: Session, user_id: UUID) -> Answered | None:
    """The last time that the questions were answered."""
    newest = safety.answered(session, user_id, at_most=1)
    return newest[0] if newest else None


def history(session: Session, user_id: UUID) -> list[Answered]:
    return safety.answered(session, user_id, at_most=HISTORY)


def is_due(session: Session, user_id: UUID) -> bool:
    """Whether the questions come before the next check: never answered, changed, or long ago."""
    newest = last(session, user_id)
    return (
        newest is None
        or newest.version != questionnaire().version
        or newest.seconds_ago > ASKED_AGAIN_AFTER.total_seconds()
    )


def require(session: Session, user_id: UUID) -> None:
    """Raises SafetyQuestionsDue, or RedFlagRaised where a flag stops every check."""
    for flag in flags_of.raised(session, user_id):
        if flag.stops.everything:
            where = words.turn(flag.flag_id, flag.urgency)
            raise RedFlagRaised(
                f"{where.title}. {where.what_to_do} {words.held_back(flag.stops)} Tell us under "
                "Safety questions when somebody qualified has seen it."
            )
    if is_due(session, user_id):
        raise SafetyQuestionsDue(DUE)


def first_day(urgency: Urgency, raised_at: datetime) -> date:
    """The earliest day on which somebody qualified can have seen it."""
    return (raised_at - _SEEN_BEFORE.get(urgency, _A_DAY)).date()


def seen(session: Session, who: Identity, raised_id: UUID, on: date) -> None:
    """The person says on which day somebody qualified saw it: the flag is closed.

    Raises NotFound, or InvalidInput for a day that cannot be.
    """
    users.lock(session, who.user_id)
    row = safety.one_open(session, who.user_id, raised_id)
    if on > (database.now(session) + _A_DAY).date():  # their calendar may already have turned
        raise InvalidInput(NOT_YET)
    first = first_day(row.urgency, row.raised_at)
    if on < first:
        raise InvalidInput(NOT_SO_LONG_AGO.format(first=f"{first:%-d %B %Y}"))
    safety.close_by_person(session, row, seen_on=on)
    audit.add(session, "red_flag_closed", actor=who.user_id, by="person")
    recommendations.renew(session, who.user_id)


def seen_by_dermatologist(
    session: Session, dermatologist: Identity, user_id: UUID, flags: Iterable[str]
) -> None:
    """A dermatologist's answer closes the flags ("F9") that were attached to the question.

    Whether the case is the dermatologist's is checked by whoever calls this; so is that the
    answer is one, not “have it seen in person”.
    """
    users.lock(session, user_id)
    if safety.close_by_dermatologist(session, user_id, flags):
        audit.add(
            session,
            "red_flag_closed",
            actor=dermatologist.user_id,
            subject=user_id,
            by="dermatologist",
            why=Why.ANSWERING,
        )
        recommendations.renew(session, user_id)
