"""Break-glass: opening a case that is not one's own, because somebody may come to harm otherwise.

A door of its own beside `pipeline.consultations.cases`: it needs a reason and the second factor
again, lasts an hour, lets nothing be changed, and the person is told at once. It shows what the
person sent and what was answered: no scores, grades, drawings or notes. A consent that was
withdrawn stays withdrawn.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from core.analyses import Status
from core.consultations import CasePhoto, Consultation, State, Why
from core.errors import Conflict, InvalidInput, NotAllowed, NotFound, SkincareError, TooMany
from core.inputs import Email, checked
from core.notifications import Kind
from core.people import Identity, Role
from data import analyses, reviews, second_readings, users, vault
from data import break_glass as openings
from data import consultations as kept
from data.analyses import Analysis
from data.break_glass import Opening
from data.database import now as database_now
from data.database import one_at_a_time
from pipeline import notify, results, second_factor
from pipeline.consultations import cases
from pipeline.consultations.cases import Case
from pipeline.consultations.texts import required
from pipeline.reviews import reading, second
from pipeline.reviews.reading import Opened

ROLES = (Role.DERMATOLOGIST, Role.ADMIN)
LASTS = timedelta(minutes=60)
REASON_LENGTHS = (20, 500)  # characters
MOST_A_DAY = 10
NOT_STAFF = "Only dermatologists and administrators may open a case that is not theirs."
WITHDRAWN = (
    "The person has withdrawn the consent to show their photos. An emergency does not override "
    "that: nothing of this case can be opened."
)
NOT_OPEN = "This case is not open to you, or not any more. Open it again with a reason."
_DAY = timedelta(days=1)
_SAME_VISIT = timedelta(minutes=5)  # a page that runs again is no new opening
_MOST_SEARCHED = 50  # questions of one person


def begin(
    session: Session,
    staff: Identity,
    consultation_id: UUID,
    *,
    reason: str,
    code: str | None,
    address: str,
) -> Opening:
    """Open a case to this colleague for an hour, and tell the person.

    Raises NotAllowed (role, second factor, withdrawn consent), InvalidInput (reason), NotFound,
    Conflict (it is open to them already) or TooMany.
    """
    said = _may_begin(session, staff, reason, code, address)
    return _break(session, staff, kept.by_id(session, consultation_id), said)


def begin_for(
    session: Session, staff: Identity, email: str, *, reason: str, code: str | None, address: str
) -> Opening:
    """As `begin`, of the newest question of the person with this e-mail address.

    Whether there is such a person is said to nobody who may not open their case.
    """
    wanted = str(checked(Email, email, "e-mail address"))
    said = _may_begin(session, staff, reason, code, address)
    person = users.by_email(session, wanted)
    asked: list[Consultation] = []
    if person is not None:
        asked, _ = kept.listed(session, person.user_id, limit=_MOST_SEARCHED)
    newest = next((one for one in asked if one.state is not State.WITHDRAWN), None)
    return _break(session, staff, newest, said)


def standing(session: Session, staff: Identity, consultation_id: UUID) -> Opening | None:
    """By which they may read the case now; None when they may not."""
    try:
        return _held(session, staff, consultation_id)[1]
    except SkincareError:
        return None


def open_(session: Session, staff: Identity, consultation_id: UUID) -> Opened:
    """The case to read, with an event in the audit. NotFound when it is not open to them."""
    case, opening = _held(session, staff, consultation_id)
    may_show = kept.may_show(session, case)
    if not kept.opened_lately(session, staff.user_id, consultation_id, _SAME_VISIT):
        _note(session, "case_opened", staff, case, opening)
    photos = kept.views(session, consultation_id)
    if not may_show:
        photos = tuple(CasePhoto(p.view, None, p.missing_reason or cases.HIDDEN) for p in photos)
    shown = Case(
        consultation=case,
        user_id=case.user_id,
        may_show=may_show,
        photos=photos,
        messages=kept.messages(session, consultation_id),
        is_mine=False,
        seen_until=case.created_at,
    )
    check = _check(session, case) if may_show else None
    plain = None if check is None else replace(reading.without_scores(check), has_maps=False)
    return Opened(shown, plain, (), True, (), ())


def photo(session: Session, staff: Identity, consultation_id: UUID, photo_id: UUID) -> bytes:
    """A photo of the case, or of the check that it was asked from, as JPEG; each one audited."""
    case, opening = _held(session, staff, consultation_id)
    cases.require_showing(session, case)
    try:
        found = kept.photo_in(session, consultation_id, photo_id)
        jpeg = vault.read(session, case.user_id, vault.Kept(found.object_key, found.wrapped_key))
    except NotFound:
        check = _check(session, case)
        shot = next((s for s in check.shots if s.photo_id == photo_id), None) if check else None
        if check is None or shot is None:
            raise
        jpeg = results.photo(
            session, case.user_id, check.analysis_id, shot=shot.position, longest_side=None
        )
    _note(session, "photo_viewed", staff, case, opening, photo_id=str(photo_id))
    return jpeg


def end(session: Session, staff: Identity, consultation_id: UUID) -> None:
    """Close it before the hour is over."""
    case, opening = _held(session, staff, consultation_id)
    openings.end(session, opening.break_glass_id)
    _note(session, "break_glass_ended", staff, case, opening)


def listed(
    session: Session, staff: Identity, *, limit: int, offset: int = 0
) -> tuple[list[Opening], int]:
    """The newest first, and how many: of everybody to an administrator, to others their own."""
    _require(staff)
    whose = None if staff.role is Role.ADMIN else staff.user_id
    return openings.listed(session, whose, limit=limit, offset=offset)


def _may_begin(
    session: Session, staff: Identity, reason: str, code: str | None, address: str
) -> str:
    """Before anything is looked up: the role, a reason, the second factor. The reason's words."""
    _require(staff)
    said = required(reason, "reason", REASON_LENGTHS[1])
    if len(said) < REASON_LENGTHS[0]:
        raise InvalidInput(
            f"Say in {REASON_LENGTHS[0]} characters or more why you have to see this case: the "
            "person reads it."
        )
    one_at_a_time(session, f"break glass {staff.user_id}")
    if openings.count_since(session, staff.user_id, _DAY) >= MOST_A_DAY:
        raise TooMany(
            f"You have opened {MOST_A_DAY} cases like this within a day, which is the limit. "
            "Speak to an administrator.",
            _DAY.total_seconds(),
        )
    second_factor.require(session, staff.user_id, code, address=address)
    return said


def _break(session: Session, staff: Identity, case: Consultation | None, reason: str) -> Opening:
    if case is None or case.state is State.WITHDRAWN:
        raise NotFound(kept.NO_SUCH)
    if case.user_id == staff.user_id:
        raise NotAllowed("This question is your own.")
    if staff.role is Role.DERMATOLOGIST and cases.is_reader(staff, case):
        raise Conflict("This case is among yours already. Open it in the queue.")
    if _is_withdrawn(session, case):
        raise NotAllowed(WITHDRAWN)
    if openings.in_force(session, staff.user_id, case.consultation_id) is not None:
        raise Conflict("You have opened this case already, and can read it still.")
    since = database_now(session) - second.IDLE
    if second_readings.in_hand(session, staff.user_id, since) == case.consultation_id:
        raise Conflict("You have this face for a second reading. Grade it or put it back first.")
    break_glass_id = openings.add(
        session,
        case.user_id,
        case.consultation_id,
        staff.user_id,
        reason=reason,
        ends_at=database_now(session) + LASTS,
    )
    # Who has read a case is not asked for a second reading of it.
    reviews.begin_reading(session, case.consultation_id, case.user_id, staff.user_id)
    opening = openings.in_force(session, staff.user_id, case.consultation_id)
    assert opening is not None  # noqa: S101 (it was just written)
    _note(session, "break_glass", staff, case, opening)
    notify.tell(
        session,
        case.user_id,
        Kind.PHOTO_ACCESSED,
        dedupe=f"break glass {break_glass_id}",
        title="Somebody opened your question",
        message=f"{opening.name or 'Somebody'} of the staff, whose case it is not, can read it for "
        "an hour. See who looked at what, and why, in your profile.",
    )
    return opening


def _held(session: Session, staff: Identity, consultation_id: UUID) -> tuple[Consultation, Opening]:
    _require(staff)
    case = kept.by_id(session, consultation_id)
    opening = openings.in_force(session, staff.user_id, consultation_id)
    if case is None or opening is None or case.state is State.WITHDRAWN:
        raise NotFound(NOT_OPEN)
    if _is_withdrawn(session, case):
        raise NotAllowed(WITHDRAWN)
    return case, opening


def _is_withdrawn(session: Session, case: Consultation) -> bool:
    """Whether a consent was given or asked for, and is not in force any more.

    Somebody who asked without photos never gave one: their words are open, and there is no more.
    """
    if case.consent_id is None and case.consent_withdrawn_at is None:
        return False
    return not kept.may_show(session, case)


def _check(session: Session, case: Consultation) -> Analysis | None:
    """The check that the person sent with their question, no other one."""
    if case.analysis_id is None:
        return None
    found = analyses.get(session, case.user_id, case.analysis_id)
    return found if found.status is Status.SCORED else None


def _note(
    session: Session,
    action: str,
    staff: Identity,
    case: Consultation,
    opening: Opening,
    **details: str,
) -> None:
    cases.note(
        session,
        action,
        staff,
        case,
        why=Why.BREAK_GLASS,
        break_glass_id=str(opening.break_glass_id),
        **details,
    )


def _require(staff: Identity) -> None:
    if staff.role not in ROLES:
        raise NotAllowed(NOT_STAFF)
