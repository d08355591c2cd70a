"""Drawing on photos of a case: labelled points, ellipses and polygons, in the photo's pixels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from core.consultations import Consultation
from core.errors import Conflict, NotFound
from core.people import Identity
from core.reviews import Label, Shape, drawing
from data import consultations as kept
from data import reviews
from pipeline.consultations import cases
from pipeline.reviews import reading

MOST = 300  # drawings in a case, those taken back included


def draw(
    session: Session,
    staff: Identity,
    consultation_id: UUID,
    photo_id: UUID,
    shape: Shape,
    label: Label,
    geometry: Mapping[str, Any],
) -> UUID:
    """Keep a drawing by who has the case. InvalidInput for one that does not lie on the photo."""
    case = cases.require_mine(session, staff, consultation_id)
    cases.require_showing(session, case)
    _require_of_case(session, case, photo_id)
    width, height = reviews.photo_of(session, case.user_id, photo_id)
    drawn = drawing(shape, geometry, width, height)
    if reviews.count_drawings(session, consultation_id) >= MOST:
        raise Conflict(f"{MOST} drawings in a case is the limit.")
    annotation_id = reviews.add_drawing(
        session,
        consultation_id,
        case.user_id,
        staff.user_id,
        photo_id=photo_id,
        label=label,
        drawn=drawn,
    )
    cases.note(session, "annotated", staff, case)
    return annotation_id


def take_back(
    session: Session, staff: Identity, consultation_id: UUID, annotation_id: UUID
) -> None:
    """Hide one's own drawing again; that it was there is kept. NotFound for a colleague's."""
    case = cases.require_mine(session, staff, consultation_id)
    reviews.take_back(session, consultation_id, staff.user_id, annotation_id)
    cases.note(session, "annotation_taken_back", staff, case)


def _require_of_case(session: Session, case: Consultation, photo_id: UUID) -> None:
    try:
        kept.photo_in(session, case.consultation_id, photo_id)
    except NotFound:
        check = reading.check_of(session, case)
        if check is None or photo_id not in {shot.photo_id for shot in check.shots}:
            raise
