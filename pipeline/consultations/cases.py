"""The one door by which dermatologists reach a person's data: a case that is open to them.

A case is open to who has claimed it, to who answered it, and to the first reader when a second
opinion was asked for; to nobody else, and to nobody once it was withdrawn. Photos, and with them
the person's scores and checks, are open only while the person's consent stands; of the checks those
up to the reader's answer, once it was given.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from core.consultations import ANSWERS, IN_HAND, CasePhoto, Consultation, Message, State, Why
from core.errors import Conflict, NotAllowed, NotFound
from core.people import Identity, Role
from data import audit, vault
from data import consultations as kept
from data.database import now as database_now

ONLY_DERMATOLOGISTS = "Only dermatologists work on cases."
HIDDEN = "The person has withdrawn the consent to show photos."
SHORTEST = timedelta(microseconds=1)  # between two moments of the database; a bound is left out
_SAME_VISIT = timedelta(minutes=5)  # a page that runs again is no new opening


@dataclass(frozen=True)
class Case:
    """What a dermatologist gets of a case."""

    consultation: Consultation
    user_id: UUID  # for further reads, as of earlier checks: only where `may_show`
    may_show: bool  # the consent stands: photos, scores and checks may be shown
    photos: tuple[CasePhoto, ...]  # every view, or why it is missing; ids only where `may_show`
    messages: tuple[Message, ...]
    is_mine: bool  # who asks has claimed it: may answer; otherwise it is for reading
    seen_until: datetime | None  # checks made before this may be shown; None: all


def open_case(session: Session, staff: Identity, consultation_id: UUID) -> Case:
    """The case, with an event in the audit, so in a transaction that may write.

    NotAllowed or NotFound when it is not open to them.
    """
    case = require_access(session, staff, consultation_id)
    may_show = kept.may_show(session, case)
    if not kept.opened_lately(session, staff.user_id, consultation_id, _SAME_VISIT):
        note(session, "case_opened", staff, case)
    photos = kept.views(session, consultation_id)
    if not may_show:
        photos = tuple(CasePhoto(p.view, None, p.missing_reason or HIDDEN) for p in photos)
    return Case(
        consultation=case,
        user_id=case.user_id,
        may_show=may_show,
        photos=photos,
        messages=kept.messages(session, consultation_id),
        is_mine=is_in_hand(staff, case),
        seen_until=seen_until(session, staff, case),
    )


def photo_of_case(
    session: Session, staff: Identity, consultation_id: UUID, photo_id: UUID
) -> bytes:
    """A photo of the case as JPEG, as it is kept; each opening is in the audit."""
    case = require_access(session, staff, consultation_id)
    require_showing(session, case)
    photo = kept.photo_in(session, consultation_id, photo_id)
    note(session, "photo_viewed", staff, case, photo_id=str(photo_id))
    return vault.read(session, case.user_id, vault.Kept(photo.object_key, photo.wrapped_key))


def require_access(session: Session, staff: Identity, consultation_id: UUID) -> Consultation:
    """For actions that show nothing: the case if it is open to them, without an audit event."""
    if staff.role is not Role.DERMATOLOGIST:
        raise NotAllowed(ONLY_DERMATOLOGISTS)
    case = kept.by_id(session, consultation_id)
    if case is None or case.state is State.WITHDRAWN:
        raise NotFound(kept.NO_SUCH)
    if not is_reader(staff, case):
        raise NotFound("There is no such case among yours. Claim it in the queue first.")
    if staff.user_id == case.claimed_by and case.state is State.CLAIMED:
        _is_active(session, case)
    return case


def require_mine(session: Session, staff: Identity, consultation_id: UUID) -> Consultation:
    """For answering and the like: the case, locked, in the hands of who asks. Conflict if not."""
    require_access(session, staff, consultation_id)
    case = kept.locked(session, consultation_id)
    if not is_in_hand(staff, case):
        raise Conflict("This case is not in your hands any more. Look at the queue.")
    return case


def is_reader(staff: Identity, case: Consultation) -> bool:
    """Whether the case is open to them: claimed, answered, or read first by them."""
    return staff.user_id in (case.claimed_by, case.answered_by, case.first_reader)


def is_in_hand(staff: Identity, case: Consultation) -> bool:
    """Whether they have claimed it and work on it."""
    return case.claimed_by == staff.user_id and case.state in IN_HAND


def seen_until(session: Session, staff: Identity, case: Consultation) -> datetime | None:
    """The person's checks made before this moment are open to a reader; None: all of them.

    Who has answered goes on reading what they answered, and nothing that came later; who gave the
    case to a colleague without an answer, what there was when it was asked.
    """
    if is_in_hand(staff, case):
        return None
    answered = (
        message.sent_at
        for message in kept.messages(session, case.consultation_id)
        if message.author_id == staff.user_id and message.kind in ANSWERS
    )
    return max(answered, default=case.created_at) + SHORTEST


def require_showing(session: Session, case: Consultation) -> None:
    """NotAllowed unless the consent to show photos and scores stands."""
    if not kept.may_show(session, case):
        raise NotAllowed(HIDDEN)


def why_open(staff: Identity, case: Consultation) -> Why:
    """For what a case is open to them; where it is not yet, they work for its answer."""
    if is_in_hand(staff, case):
        return Why.ANSWERING
    if case.answered_by == staff.user_id:
        return Why.ANSWERED
    return Why.READ_BEFORE if is_reader(staff, case) else Why.QUEUE


def note(
    session: Session,
    action: str,
    staff: Identity,
    case: Consultation,
    *,
    why: Why | None = None,
    **details: Any,
) -> None:
    """Put into the audit what somebody of the staff does with a case, and why.

    `why` is given where the door is another one than this module's.
    """
    audit.add(
        session,
        action,
        actor=staff.user_id,
        subject=case.user_id,
        consultation_id=str(case.consultation_id),
        why=why or why_open(staff, case),
        **details,
    )


def _is_active(session: Session, case: Consultation) -> None:
    """Note that who has claimed it works on it; once a minute is enough."""
    now = database_now(session)
    if case.last_active_at is None or now - case.last_active_at > timedelta(minutes=1):
        kept.change(session, case.consultation_id, last_active_at=now, updated_at=case.updated_at)
