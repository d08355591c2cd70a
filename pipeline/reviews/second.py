"""Second readings: a share of cases is graded by a second dermatologist, for comparison only.

The second reader sees the face and nothing else: neither the question, nor the model's scores, nor
what the first reader said. They answer nobody, so nobody waits for them; once the grades are given
the case is closed to them again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from core.consultations import Consultation, Why
from core.errors import Conflict, NotAllowed, NotFound, SkincareError
from core.metrics import Metric
from core.people import Identity, Role
from core.reviews import GRADED, Grade, Scale
from core.settings import settings
from data import analyses, reviews, second_readings
from data import consultations as kept
from data.analyses import Analysis
from data.database import now as database_now
from pipeline import results
from pipeline.consultations import cases
from pipeline.consultations.cases import Case
from pipeline.reviews import reading
from pipeline.reviews.grading import keep, require_blind
from pipeline.reviews.reading import Opened

IDLE = timedelta(hours=4)  # then somebody else may take it
GONE = "This second reading is not in your hands any more."


def is_due(consultation_id: UUID) -> bool:
    """Whether a case belongs to the share: by its id, so that nobody chooses which."""
    share = settings().second_reader_share
    drawn = int.from_bytes(hashlib.sha256(consultation_id.bytes).digest()[:8])
    return drawn < share * 2**64


def ask_for(session: Session, case: Consultation) -> None:
    """After a first blind grading: let the case wait for its second reader, if it is due."""
    if is_due(case.consultation_id):
        second_readings.add(session, case.consultation_id, case.user_id)


def is_waiting(session: Session, staff: Identity) -> bool:
    """Whether there is a second reading that this dermatologist could take."""
    _require(staff)
    since = database_now(session) - IDLE
    return second_readings.is_waiting(session, staff.user_id, since)


def current(session: Session, staff: Identity) -> UUID | None:
    """The case that they have taken for a second reading, if any."""
    _require(staff)
    return second_readings.in_hand(session, staff.user_id, database_now(session) - IDLE)


def take(session: Session, staff: Identity) -> UUID:
    """The one in hand, or the one that has waited longest. NotFound when none waits.

    What was in hand and can be read no more is let go: its person took a consent or a check back,
    or the case was claimed since.
    """
    found = current(session, staff)
    if found is not None:
        try:
            _held(session, staff, found)
        except SkincareError:
            second_readings.put_back(session, found)
        else:
            return found
    now = database_now(session)
    taken = second_readings.take(session, staff.user_id, now, now - IDLE)
    if taken is None:
        raise NotFound("No second reading waits for you.")
    _note(session, "second_reading_taken", staff, _case(session, taken))
    return taken


def open_(session: Session, staff: Identity, consultation_id: UUID) -> Opened:
    """The face to grade. Conflict when it is not in their hands, NotAllowed without consent."""
    case, check = _held(session, staff, consultation_id)
    shown = Case(
        consultation=replace(case, question="", description=None),
        user_id=case.user_id,
        may_show=True,
        photos=(),
        messages=(),
        is_mine=False,
        seen_until=None,
    )
    return Opened(shown, reading.without_scores(check), (), True, (), ())


def photo(session: Session, staff: Identity, consultation_id: UUID, photo_id: UUID) -> bytes:
    """A photo of the check that is graded, as JPEG in full resolution; each opening audited."""
    case, check = _held(session, staff, consultation_id)
    shot = next((shot for shot in check.shots if shot.photo_id == photo_id), None)
    if shot is None:
        raise NotFound("There is no such photo in this reading.")
    _note(session, "photo_viewed", staff, case, photo_id=str(photo_id))
    return results.photo(
        session, case.user_id, check.analysis_id, shot=shot.position, longest_side=None
    )


def give(
    session: Session,
    staff: Identity,
    consultation_id: UUID,
    grades: Mapping[Metric, Grade],
    severity: Mapping[Scale, str | None],
) -> UUID:
    """Keep the second reader's grades, which are blind; the case is closed to them from now on."""
    case, check = _held(session, staff, consultation_id)
    require_blind(grades)
    grading_id = keep(
        session,
        staff,
        case,
        check,
        {metric: grades[metric] for metric in GRADED},
        severity,
        is_blind=True,
        is_second=True,
        why=Why.SECOND_READING,
    )
    second_readings.give(session, consultation_id, database_now(session))
    return grading_id


def put_back(session: Session, staff: Identity, consultation_id: UUID) -> None:
    """Somebody else shall read it."""
    _require(staff)
    if not second_readings.hold(session, consultation_id, staff.user_id):
        raise Conflict(GONE)
    second_readings.put_back(session, consultation_id)


def _held(
    session: Session, staff: Identity, consultation_id: UUID
) -> tuple[Consultation, Analysis]:
    """The case in their hands and the check that its first reader graded."""
    _require(staff)
    if not second_readings.hold(session, consultation_id, staff.user_id):
        raise Conflict(GONE)
    case = _case(session, consultation_id)
    if cases.is_reader(staff, case):  # claimed since: they may know more than the face
        raise Conflict(GONE)
    cases.require_showing(session, case)
    graded = (one.analysis_id for one in reviews.gradings(session, consultation_id) if one.is_blind)
    check_id = next((found for found in graded if found is not None), None)
    if check_id is None:
        raise NotFound("The check of this case is gone.")
    return case, analyses.get(session, case.user_id, check_id)


def _case(session: Session, consultation_id: UUID) -> Consultation:
    case = kept.by_id(session, consultation_id)
    if case is None:
        raise NotFound(kept.NO_SUCH)
    return case


def _note(
    session: Session, action: str, staff: Identity, case: Consultation, **details: Any
) -> None:
    cases.note(session, action, staff, case, why=Why.SECOND_READING, **details)


def _require(staff: Identity) -> None:
    if staff.role is not Role.DERMATOLOGIST:
        raise NotAllowed(cases.ONLY_DERMATOLOGISTS)
