"""Answering a case: the draft, the answer with its safety net, amendments, notes, time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from core.consultations import ANSWERS, HAS_ANSWER, Author, Consultation, MessageKind, State
from core.errors import Conflict, InvalidInput
from core.notifications import Kind
from core.people import Identity
from data import answers as written
from data import consultations as kept
from data.answers import Draft, Note
from data.database import now as database_now
from pipeline.consultations import cases, news, states
from pipeline.consultations.texts import optional, required
from pipeline.reviews.templates import require_filled
from pipeline.safety import answers as safety

LONGEST_ANSWER = 4000  # characters
LONGEST_SAFETY_NET = 1000
LONGEST_NOTE = 2000
MOST_NOTES = 100
SAFETY_NET = "When to get help sooner"
NOT_WITH_REFERRAL = (
    "A red flag stays open until it was seen: an answer that sends the person to somebody else "
    "does not close it."
)
_A_PAUSE = timedelta(minutes=5)  # away from the page for longer: not time spent on the case


def save_draft(
    session: Session, staff: Identity, consultation_id: UUID, *, text: str, safety_net: str = ""
) -> Draft:
    """Keep what is typed so far, as it is. Checked as an answer only when it is sent."""
    case = cases.require_mine(session, staff, consultation_id)
    said = optional(text, "answer", LONGEST_ANSWER) or ""
    net = optional(safety_net, "advice on when to get help sooner", LONGEST_SAFETY_NET) or ""
    written.save_draft(
        session, consultation_id, case.user_id, staff.user_id, text=said, safety_net=net
    )
    return Draft(said, net, database_now(session))


def draft(session: Session, staff: Identity, consultation_id: UUID) -> Draft | None:
    """What this dermatologist has typed and not sent yet."""
    cases.require_access(session, staff, consultation_id)
    return written.draft(session, consultation_id, staff.user_id)


def send(
    session: Session,
    staff: Identity,
    consultation_id: UUID,
    *,
    text: str,
    safety_net: str,
    refers: bool = False,
    closes: Collection[str] = (),
) -> UUID:
    """Send the answer by who has the case; the person is told. It is never changed afterwards.

    `safety_net` says when to get help sooner; without it nothing is sent. `refers`: somebody has
    to see it in person. `closes` are red flags ("F9") of the question that the dermatologist says
    are seen to. The message's id.
    """
    case = cases.require_mine(session, staff, consultation_id)
    answer = required(text, "answer", LONGEST_ANSWER)
    net = required(safety_net, "advice on when to get help sooner", LONGEST_SAFETY_NET)
    require_filled(f"{answer}\n{net}")
    _check_closing(case, closes, refers)
    if case.state is State.NEEDS_INFORMATION:  # what was asked for is not needed after all
        case = states.move(session, case, State.CLAIMED, actor=staff.user_id)
    kind = MessageKind.ANSWER if case.second_opinion_for is None else MessageKind.SECOND_OPINION
    to = State.REFERRED if refers else State.ANSWERED
    case = states.move(session, case, to, actor=staff.user_id)
    message_id = kept.add_message(
        session,
        case,
        author=Author.DERMATOLOGIST,
        author_id=staff.user_id,
        kind=kind,
        text=f"{answer}\n\n{SAFETY_NET}\n{net}",
    )
    if closes:
        safety.seen_by_dermatologist(session, staff, case.user_id, closes)
    written.drop_draft(session, consultation_id, staff.user_id)
    cases.note(session, "answered", staff, case, message_id=str(message_id))
    news.person(session, case, Kind.DERMATOLOGIST_REPLIED, f"answer:{message_id}")
    return message_id


def amend(session: Session, staff: Identity, consultation_id: UUID, text: str) -> UUID:
    """Add to an answer that was sent; the first words stay as they were. The person is told."""
    case = cases.require_access(session, staff, consultation_id)
    case = kept.locked(session, consultation_id)
    thread = kept.messages(session, consultation_id)
    answered = any(m.kind in ANSWERS and m.author_id == staff.user_id for m in thread)
    if not answered or case.state not in HAS_ANSWER | {State.CLOSED}:
        raise Conflict("An answer is amended by who gave it, after it was sent.")
    said = required(text, "amendment", LONGEST_ANSWER)
    require_filled(said)
    message_id = kept.add_message(
        session,
        case,
        author=Author.DERMATOLOGIST,
        author_id=staff.user_id,
        kind=MessageKind.AMENDMENT,
        text=said,
    )
    cases.note(session, "amended", staff, case, message_id=str(message_id))
    news.person(
        session,
        case,
        Kind.DERMATOLOGIST_REPLIED,
        f"amendment:{message_id}",
        title="A dermatologist has added to the answer",
    )
    return message_id


def add_note(session: Session, staff: Identity, consultation_id: UUID, text: str) -> None:
    """Tell colleagues who read this case. The person finds it in the export of their data."""
    case = cases.require_access(session, staff, consultation_id)
    if len(written.notes(session, consultation_id)) >= MOST_NOTES:
        raise Conflict(f"{MOST_NOTES} notes in a case is the limit.")
    said = required(text, "note", LONGEST_NOTE)
    written.add_note(session, consultation_id, case.user_id, staff.user_id, said)
    cases.note(session, "noted", staff, case)


def notes(session: Session, staff: Identity, consultation_id: UUID) -> list[Note]:
    cases.require_access(session, staff, consultation_id)
    return written.notes(session, consultation_id)


def spend_time(session: Session, staff: Identity, consultation_id: UUID) -> None:
    """Count the time since the page last asked, in whole minutes of the case and of nobody."""
    case = cases.require_access(session, staff, consultation_id)
    written.count_time(session, consultation_id, case.user_id, longest_pause=_A_PAUSE)


def closable(case: Consultation) -> list[str]:
    """The red flags that came with the question, by their ids."""
    return [str(flag["flag_id"]) for flag in case.flags if "flag_id" in flag]


def _check_closing(case: Consultation, closes: Collection[str], refers: bool) -> None:
    if not set(closes) <= set(closable(case)):
        raise InvalidInput("Only red flags that came with the question can be closed by an answer.")
    if closes and refers:
        raise InvalidInput(NOT_WITH_REFERRAL)
