"""Break-glass: opening a case that is not one's own, with a reason, for an hour, to read."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response

from api.v1.caching import personal
from api.v1.files import file
from api.v1.paging import Page
from api.v1.problems import answers
from api.v1.routes.cases import CaseId, Staff
from api.v1.routes.dermatologist import shown
from api.v1.schemas import doors
from api.v1.schemas.dermatologist import Consultation
from core.errors import InvalidInput
from data.break_glass import Opening
from data.database import read, transaction
from pipeline import break_glass

router = APIRouter(
    prefix="/dermatologist/break-glass", tags=["dermatologist"], responses=answers(401, 403)
)
ONE_OF_BOTH = "Send either case_id or email."


@router.get("")
def list_openings(staff: Staff, page: Page) -> doors.Openings:
    """Who opened what and why: all to administrators, to dermatologists their own."""
    with read() as session:
        found, total = break_glass.listed(session, staff, limit=page.limit, offset=page.offset)
    return doors.Openings(openings=[_opening(one) for one in found], total=total)


@router.post("", status_code=201, responses=answers(404, 409))
def open_case_out_of_turn(request: Request, staff: Staff, why: doors.BreakGlass) -> doors.Opening:
    """Open a case for an hour. The person is told at once, with the caller's name and reason.

    A consent that the person has withdrawn stays withdrawn.
    """
    address = request.client.host if request.client else "unknown"
    with transaction() as session:
        if why.case_id is not None and why.email is None:
            opening = break_glass.begin(
                session, staff, why.case_id, reason=why.reason, code=why.code, address=address
            )
        elif why.email is not None and why.case_id is None:
            opening = break_glass.begin_for(
                session, staff, why.email, reason=why.reason, code=why.code, address=address
            )
        else:
            raise InvalidInput(ONE_OF_BOTH)
    return _opening(opening)


@router.get("/{case_id}", responses=answers(404))
def get_case_out_of_turn(staff: Staff, case_id: CaseId) -> Consultation:
    """What the person sent and what was answered: no scores, grades, drawings or notes."""
    with transaction() as session:
        case = break_glass.open_(session, staff, case_id).case
    return shown(
        case.consultation, case.photos, case.messages, may_show=case.may_show, door="break-glass"
    )


@router.get(
    "/{case_id}/photos/{photo_id}",
    response_class=Response,
    responses={**file("image/jpeg", "The photo, as large as it is kept."), **answers(404)},
)
def get_photo_out_of_turn(
    request: Request,
    staff: Staff,
    case_id: CaseId,
    photo_id: Annotated[UUID, Path(description="The photo's id.")],
) -> Response:
    """A photo of the case; each opening is in the audit, and the person reads of it."""
    with transaction() as session:
        jpeg = break_glass.photo(session, staff, case_id, photo_id)
    return personal(request, jpeg, "image/jpeg")


@router.delete("/{case_id}", status_code=204, responses=answers(404))
def close_case_out_of_turn(staff: Staff, case_id: CaseId) -> None:
    """Close it before the hour is over."""
    with transaction() as session:
        break_glass.end(session, staff, case_id)


def _opening(one: Opening) -> doors.Opening:
    return doors.Opening(
        case_id=one.consultation_id,
        opened_by=one.name,
        reason=one.reason,
        opened_at=one.opened_at,
        ends_at=one.ends_at,
    )
