"""Everything that is held about the person, to take away."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import StreamingResponse

from api.v1.caller import Caller
from api.v1.files import file
from api.v1.problems import answers
from data.database import transaction
from pipeline import exports

router = APIRouter(prefix="/users/me", tags=["account"], responses=answers(401))


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses=file("application/zip", "The archive."),
)
def export_me(caller: Caller) -> StreamingResponse:
    """A ZIP archive with all of it: README, records and scores as JSON, photos, maps, FHIR R4.

    It is made while it is being sent, so its length is not known before. At most a few an hour.
    """
    with transaction() as session:
        exports.begin(session, caller.user_id)
    return StreamingResponse(
        exports.archive(caller.user_id),
        media_type="application/zip",
        headers={"content-disposition": 'attachment; filename="skincare-ai.zip"'},
    )
