"""Opening a case to be read: what the reader may see of the person's checks at this moment.

A reader grades before the model's scores are shown (blind). Until then nothing that the model said
leaves this module: neither scores of this check nor of earlier ones, neither maps nor marks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from core.analyses import Status
from core.consultations import Consultation
from core.errors import Conflict, NotFound
from core.people import Identity
from core.reviews import Annotation, Grading
from data import analyses, courses, reviews
from data import consultations as kept
from data.analyses import Analysis
from data.courses import HistoryPoint
from pipeline import repeatability, results
from pipeline.consultations import cases
from pipeline.consultations.cases import Case
from pipeline.noise import Noise
from pipeline.pictures import Picture, open_picture

EARLIER = 20  # checks that a new one can be compared with


@dataclass(frozen=True)
class Opened:
    """A case as its reader may see it now."""

    case: Case
    check: Analysis | None  # what is graded; without its scores where they are hidden
    earlier: tuple[Analysis, ...]  # scored checks before it, the newest first; likewise
    is_hidden: bool  # the model's scores are hidden until the grade is given
    gradings: tuple[Grading, ...]  # the reader's own, and colleagues' where nothing is hidden
    drawings: tuple[Annotation, ...]  # likewise


def open_(session: Session, staff: Identity, consultation_id: UUID) -> Opened:
    """The case by `cases.open_case`, so with an event in the audit."""
    case = cases.open_case(session, staff, consultation_id)
    if case.is_mine:
        reviews.begin_reading(session, consultation_id, case.user_id, staff.user_id)
    check = None
    if case.may_show:
        check = check_of(session, case.consultation, case.seen_until)
    hidden = is_hidden(session, staff, case.consultation, check)
    before = _earlier(session, case.user_id, check) if check else []
    gradings, drawn = reviews.gradings(session, consultation_id), []
    if case.may_show:
        drawn = reviews.drawings(session, consultation_id)
    if hidden:
        gradings = [one for one in gradings if one.reader_id == staff.user_id]
        drawn = [one for one in drawn if one.author_id == staff.user_id]
        check = check and without_scores(check)
        before = [without_scores(one) for one in before]
    return Opened(case, check, tuple(before), hidden, tuple(gradings), tuple(drawn))


def check_of(
    session: Session, case: Consultation, until: datetime | None = None
) -> Analysis | None:
    """The scored check that a case is about: the one it was asked from, or the newest there is.

    `until` is the reader's `seen_until`; who has the case in hand has none.
    """
    if case.analysis_id is not None:
        asked_from = analyses.get(session, case.user_id, case.analysis_id)
        if asked_from.status is Status.SCORED:
            return asked_from
    found, _ = analyses.listed(session, case.user_id, status=Status.SCORED, until=until, limit=1)
    return next(iter(found), None)


def is_hidden(
    session: Session, staff: Identity, case: Consultation, check: Analysis | None
) -> bool:
    """Whether this reader has not graded yet. Without a check there is nothing to hide."""
    if check is None:
        return False
    return reviews.shown_at(session, case.consultation_id, staff.user_id) is None


def show_without_grade(session: Session, staff: Identity, consultation_id: UUID) -> None:
    """The reader wants to see the scores at once; what they grade afterwards is not blind."""
    case = cases.require_mine(session, staff, consultation_id)
    check = check_of(session, case)
    if not is_hidden(session, staff, case, check):
        raise Conflict("The scores are shown already.")
    reviews.begin_reading(session, consultation_id, case.user_id, staff.user_id)
    reviews.show(session, consultation_id, staff.user_id, without_grade=True)
    cases.note(session, "scores_shown", staff, case)


def history(session: Session, opened: Opened) -> tuple[Sequence[HistoryPoint], Noise]:
    """The person's scores over time as far as the reader may see, and how much of it is noise.

    Nothing while they are hidden.
    """
    noise = repeatability.of_person(session, opened.case.user_id)
    if opened.is_hidden or not opened.case.may_show:
        return (), noise
    return courses.history(session, opened.case.user_id, until=opened.case.seen_until), noise


def picture(
    session: Session, staff: Identity, consultation_id: UUID, analysis_id: UUID
) -> Picture | None:
    """The aligned face of the case's check or of an earlier one; audited.

    Without what the model saw while that is hidden. None when nothing is kept of it, NotFound for a
    check that is not this person's or came later.
    """
    case = cases.require_access(session, staff, consultation_id)
    cases.require_showing(session, case)
    check = check_of(session, case, cases.seen_until(session, staff, case))
    asked = analyses.get(session, case.user_id, analysis_id)
    if check is None or _place(asked) > _place(check):
        raise NotFound("There is no such check in this case.")
    packed = results.maps(session, case.user_id, analysis_id)
    if packed is None:
        return None
    cases.note(session, "photo_viewed", staff, case, analysis_id=str(analysis_id))
    found = open_picture(packed)
    if is_hidden(session, staff, case, check):
        return Picture(found.crop, {}, {}, found.outlines)
    return found


def photo(session: Session, staff: Identity, consultation_id: UUID, photo_id: UUID) -> bytes:
    """A photo of the case or of its check as JPEG, in full resolution; each opening audited."""
    try:
        return cases.photo_of_case(session, staff, consultation_id, photo_id)
    except NotFound:
        case = cases.require_access(session, staff, consultation_id)
        cases.require_showing(session, case)
        check = check_of(session, case, cases.seen_until(session, staff, case))
        shot = next((s for s in check.shots if s.photo_id == photo_id), None) if check else None
        if check is None or shot is None:
            raise
    cases.note(session, "photo_viewed", staff, case, photo_id=str(photo_id))
    return results.photo(
        session, case.user_id, check.analysis_id, shot=shot.position, longest_side=None
    )


@dataclass(frozen=True)
class Standing:
    """What may have changed under a page that stays open."""

    may_show: bool
    is_mine: bool


def standing(session: Session, staff: Identity, consultation_id: UUID) -> Standing:
    """How the case stands to who looks at it. No sign of work: a claim does not live on by it."""
    case = kept.by_id(session, consultation_id)
    if case is None:
        return Standing(may_show=False, is_mine=False)
    return Standing(
        may_show=cases.is_reader(staff, case) and kept.may_show(session, case),
        is_mine=cases.is_in_hand(staff, case),
    )


def _earlier(session: Session, user_id: UUID, check: Analysis) -> list[Analysis]:
    until = check.created_at + cases.SHORTEST
    found, _ = analyses.listed(
        session, user_id, status=Status.SCORED, until=until, limit=EARLIER + 1
    )
    return [one for one in found if _place(one) < _place(check)]


def _place(check: Analysis) -> tuple[datetime, UUID]:
    """Where a check stands in time."""
    return check.created_at, check.analysis_id


def without_scores(check: Analysis) -> Analysis:
    """What a reader may know of a check before they have graded it."""
    return replace(check, scores={}, regions={}, counts={}, measured_by={}, ita=None)
