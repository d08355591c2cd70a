"""What follows on a question: messages, second opinion, rating, closing, withdrawing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from core.consultations import (
    HAS_ANSWER,
    IN_HAND,
    OVER,
    Asker,
    Author,
    Consultation,
    MessageKind,
    State,
)
from core.errors import Conflict, InvalidInput, NotAllowed, TooMany
from core.notifications import Kind
from core.people import Identity, Purpose
from data import audit, vault
from data import consultations as kept
from data import photos as photo_rows
from data.database import now as database_now
from pipeline import consents
from pipeline.consultations import cases, news, photos, states
from pipeline.consultations.texts import LONGEST_FIELD, LONGEST_MESSAGE, optional, required

MOST_ATTACHED = 4
MOST_A_DAY = 50  # messages of one side in one case
_DAY = timedelta(days=1)
IS_OVER = "This consultation is {state}. Ask a new question instead."


def reply(
    session: Session,
    who: Identity,
    consultation_id: UUID,
    text: str,
    attached: Sequence[bytes] = (),
) -> UUID:
    """The person writes. Where a dermatologist waits for it, the case goes on; its clock, too."""
    kept.get(session, who.user_id, consultation_id)  # NotFound when it is not theirs
    case = kept.locked(session, consultation_id)
    _not_over(case)
    if attached:
        consents.require(session, who.user_id, Purpose.DERMATOLOGIST)
        _agree(session, case)
    message_id = _write(session, case, who, Author.PERSON, MessageKind.MESSAGE, text, attached)
    if case.state is State.NEEDS_INFORMATION:
        to = State.CLAIMED if case.claimed_by else State.PENDING
        case = states.move(session, case, to, actor=who.user_id)
    told = case.claimed_by or case.answered_by
    if told is not None:
        news.staff(
            session,
            [told],
            Kind.CASE_WAITING,
            case,
            f"message:{message_id}",
            title="A person has replied",
            message="There is a new message in a case of yours.",
        )
    return message_id


def write(
    session: Session,
    staff: Identity,
    consultation_id: UUID,
    text: str,
    attached: Sequence[bytes] = (),
    *,
    asks: bool = False,
) -> UUID:
    """A dermatologist writes. `asks`: the case waits for the person's answer, its clock stands."""
    case = cases.require_access(session, staff, consultation_id)
    case = kept.locked(session, consultation_id)
    if case.state not in IN_HAND | HAS_ANSWER or staff.user_id not in (
        case.claimed_by,
        case.answered_by,
    ):
        raise Conflict("Messages are written by who has the case, until it is closed.")
    kind = MessageKind.INFORMATION_REQUEST if asks else MessageKind.MESSAGE
    message_id = _write(session, case, staff, Author.DERMATOLOGIST, kind, text, attached)
    if asks:
        cases.require_mine(session, staff, consultation_id)
        case = states.move(session, case, State.NEEDS_INFORMATION, actor=staff.user_id)
        facts = {"title": "The dermatologist has a question", "message": "Your answer is needed."}
        news.person(session, case, Kind.CONSULTATION_UPDATE, f"asks:{message_id}", **facts)
    else:
        news.person(session, case, Kind.DERMATOLOGIST_REPLIED, f"message:{message_id}")
    return message_id


def ask_second_opinion(session: Session, who: Identity, consultation_id: UUID) -> Consultation:
    """The person wants another dermatologist's answer; once for a question, after the first."""
    kept.get(session, who.user_id, consultation_id)
    case = kept.locked(session, consultation_id)
    if case.state not in HAS_ANSWER:
        raise Conflict("A second opinion can be asked for when there is a first one.")
    return _second(session, case, who, Asker.PERSON)


def want_second_opinion(session: Session, staff: Identity, consultation_id: UUID) -> Consultation:
    """A dermatologist wants a colleague's eyes: before the answer, or after it."""
    cases.require_access(session, staff, consultation_id)
    case = kept.locked(session, consultation_id)
    if staff.user_id not in (case.claimed_by, case.answered_by) or case.state not in (
        HAS_ANSWER | {State.CLAIMED}
    ):
        raise Conflict("A second opinion is asked for by who has the case.")
    moved = _second(session, case, staff, Asker.DERMATOLOGIST)
    news.person(
        session,
        moved,
        Kind.CONSULTATION_UPDATE,
        "second",
        title="A second dermatologist looks at it",
        message="The first one asked for it, to be sure. You need not do anything.",
    )
    return moved


def _second(session: Session, case: Consultation, by: Identity, asker: Asker) -> Consultation:
    if case.second_opinion_for is not None:
        raise Conflict("There was a second opinion already. Ask a new question instead.")
    moved = states.second_opinion(session, case, actor=by.user_id, asker=asker)
    news.asked(session, case.consultation_id)
    return moved


def rate(
    session: Session,
    who: Identity,
    consultation_id: UUID,
    rating: int,
    comment: str | None = None,
) -> None:
    """How useful the answer was, 1 to 5; may be changed."""
    case = kept.get(session, who.user_id, consultation_id)
    if case.answered_at is None:
        raise Conflict("There is no answer to rate yet.")
    if isinstance(rating, bool) or rating not in range(1, 6):
        raise InvalidInput("The rating must be a whole number from 1 to 5.")
    said = optional(comment, "comment", LONGEST_FIELD)
    kept.change(session, consultation_id, rating=rating, rating_comment=said)


def close(session: Session, who: Identity, consultation_id: UUID) -> None:
    """The person needs nothing more."""
    case = kept.get(session, who.user_id, consultation_id)
    if case.state not in HAS_ANSWER:
        raise Conflict("It can be closed when it is answered; until then it can be withdrawn.")
    states.move(session, case, State.CLOSED, actor=who.user_id)


def close_case(session: Session, staff: Identity, consultation_id: UUID) -> None:
    """The dermatologist who answered has nothing more to say."""
    case = cases.require_access(session, staff, consultation_id)
    if case.state not in HAS_ANSWER or case.answered_by != staff.user_id:
        raise Conflict("A case is closed by who answered it.")
    moved = states.move(session, case, State.CLOSED, actor=staff.user_id)
    news.person(session, moved, Kind.CONSULTATION_UPDATE, "closed", title="Consultation closed")


def withdraw(session: Session, who: Identity, consultation_id: UUID) -> None:
    """Take the question back before it is answered: nobody sees it, its photos are deleted.

    Photos that belong to a check stay with the check.
    """
    kept.get(session, who.user_id, consultation_id)
    case = kept.locked(session, consultation_id)
    states.move(session, case, State.WITHDRAWN, actor=who.user_id)
    only_here = kept.photos_only_of(session, case)
    photo_rows.remove(session, who.user_id, [photo.photo_id for photo in only_here])
    vault.discard(session, *(photo.object_key for photo in only_here))


def hide_photos(session: Session, who: Identity, consultation_id: UUID) -> None:
    """Withdraw the consent for this question alone, until somebody has claimed it."""
    kept.get(session, who.user_id, consultation_id)
    case = kept.locked(session, consultation_id)
    if case.state in IN_HAND or case.claimed_by is not None:
        raise Conflict(
            "A dermatologist works on it already. To hide your photos nevertheless, withdraw the "
            "consent to show them in your profile: that holds for all questions, at once."
        )
    if case.consent_id is None or case.consent_withdrawn_at is not None:
        raise Conflict("Its photos are shown to nobody.")
    kept.change(session, consultation_id, consent_withdrawn_at=database_now(session))
    audit.add(session, "case_hidden", actor=who.user_id, consultation_id=str(consultation_id))


def _agree(session: Session, case: Consultation) -> None:
    """Pictures sent now are to be seen: the consent of this moment is that of the case."""
    if case.consent_id is None:
        consent_id = kept.consent_in_force(session, case.user_id)
        kept.change(session, case.consultation_id, consent_id=consent_id)
    elif case.consent_withdrawn_at is not None:
        raise NotAllowed(
            "You have hidden this question's photos. Ask a new question to show pictures."
        )


def _write(
    session: Session,
    case: Consultation,
    author: Identity,
    side: Author,
    kind: MessageKind,
    text: str,
    attached: Sequence[bytes],
) -> UUID:
    said = required(text, "message", LONGEST_MESSAGE)
    if len(attached) > MOST_ATTACHED:
        raise InvalidInput(f"A message takes {MOST_ATTACHED} pictures at most.")
    sent = kept.messages_within(session, case.consultation_id, author.user_id, _DAY)
    if sent >= MOST_A_DAY:
        raise TooMany(f"{MOST_A_DAY} messages a day is the limit.", _DAY.total_seconds())
    photo_ids = [photos.keep(session, case.user_id, content)[0] for content in attached]
    message_id = kept.add_message(
        session,
        case,
        author=side,
        author_id=author.user_id,
        kind=kind,
        text=said,
        photo_ids=photo_ids,
    )
    kept.change(session, case.consultation_id, updated_at=database_now(session))
    return message_id


def _not_over(case: Consultation) -> None:
    if case.state in OVER:
        raise Conflict(IS_OVER.format(state=states.STATE_WORDS[case.state]))
