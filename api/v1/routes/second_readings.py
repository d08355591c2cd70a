"""Second readings: grading a face blind that a colleague has graded."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response

from api.v1.caching import personal
from api.v1.files import file
from api.v1.problems import answers
from api.v1.routes.cases import CaseId, Dermatologist
from api.v1.routes.reviews import grade
from api.v1.schemas import doors, reviews
from data.database import read, transaction
from pipeline.reviews import second

router = APIRouter(
    prefix="/dermatologist/second-readings", tags=["dermatologist"], responses=answers(401, 403)
)


@router.get("")
def get_second_reading(staff: Dermatologist) -> doors.Waiting:
    """Whether a face waits for the caller, and which one they have taken."""
    with read() as session:
        return doors.Waiting(
            is_waiting=second.is_waiting(session, staff), in_hand=second.current(session, staff)
        )


@router.post("", responses=answers(404))
def take_second_reading(staff: Dermatologist) -> doors.SecondReading:
    """Take the face that has waited longest; the one in hand where there is one."""
    with transaction() as session:
        case_id = second.take(session, staff)
        opened = second.open_(session, staff, case_id)
    shots = opened.check.shots if opened.check else ()
    return doors.SecondReading(
        case_id=case_id,
        image_urls=[f"/api/v1{router.prefix}/{case_id}/photos/{one.photo_id}" for one in shots],
    )


@router.get(
    "/{case_id}/photos/{photo_id}",
    response_class=Response,
    responses={**file("image/jpeg", "The photo, as large as it is kept."), **answers(404, 409)},
)
def get_second_reading_photo(
    request: Request,
    staff: Dermatologist,
    case_id: CaseId,
    photo_id: Annotated[UUID, Path(description="The photo's id.")],
) -> Response:
    """A photo of the face in hand; each opening is in the audit."""
    with transaction() as session:
        jpeg = second.photo(session, staff, case_id, photo_id)
    return personal(request, jpeg, "image/jpeg")


@router.post("/{case_id}/grades", status_code=201, responses=answers(404, 409))
def give_second_reading(
    staff: Dermatologist, case_id: CaseId, given: reviews.Grades
) -> reviews.Given:
    """Grade every metric; the case is closed to the caller from then on."""
    metrics = {metric: grade(one) for metric, one in given.metrics.items()}
    with transaction() as session:
        grading_id = second.give(session, staff, case_id, metrics, given.severity)
    return reviews.Given(id=grading_id)


@router.delete("/{case_id}", status_code=204, responses=answers(404, 409))
def put_second_reading_back(staff: Dermatologist, case_id: CaseId) -> None:
    """Leave it to somebody else."""
    with transaction() as session:
        second.put_back(session, staff, case_id)
