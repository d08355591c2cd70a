"""Checks of the skin: sending photos, waiting for the result, reading it, deleting it.

Routes that wait are `async` and hold neither a thread nor a connection meanwhile; whatever asks
the database runs in a thread, as everywhere.
"""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, File, Header, Path, Query, Request, Response, UploadFile
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from api.v1 import waiting
from api.v1.caching import personal
from api.v1.caller import Caller, Token, reading
from api.v1.files import file
from api.v1.paging import Page
from api.v1.problems import answers
from api.v1.schemas import analysis as schemas
from api.v1.shown import as_analysis, as_list, mapped
from api.v1.times import Since, Until
from core.analyses import MOST_SHOTS, Status
from core.errors import NotFound, Unavailable
from core.metrics import Metric
from core.people import Identity
from core.settings import settings
from data import analyses
from data.database import read, transaction
from pipeline import intake, overlay, results

router = APIRouter(prefix="/analysis", tags=["checks"], responses=answers(401))

_waiters = waiting.Waiters()

AnalysisId = Annotated[UUID, Path(description="The check's id.")]
Wait = Annotated[
    float,
    Query(
        ge=0,
        le=waiting.LONGEST,
        description="Seconds to wait for the result before answering.",
        examples=[15],
    ),
]
_PERSONAL: dict[str, Any] = {
    "ETag": {"description": "Changes with the content.", "schema": {"type": "string"}}
}
_LOCATION: dict[str, Any] = {
    "Location": {"description": "Where the check is read.", "schema": {"type": "string"}}
}
_NOT_CHANGED: dict[int | str, dict[str, Any]] = {
    304: {"description": "As it was when the ETag in If-None-Match was given."}
}


def _picture(media_type: str) -> dict[int | str, dict[str, Any]]:
    found = file(media_type, "The picture.", headers=_PERSONAL)
    return {**found, **_NOT_CHANGED, **answers(404)}


@router.post(
    "",
    status_code=202,
    response_model=schemas.Analysis,
    responses={
        200: {
            "description": "The check is finished already: waited for, or sent before with this "
            "Idempotency-Key.",
            "model": schemas.Analysis,
            "headers": _LOCATION,
        },
        202: {"description": "The photos are kept and the check is queued.", "headers": _LOCATION},
        **answers(403, 409, 507),
    },
)
async def submit_analysis(
    request: Request,
    response: Response,
    caller: Caller,
    photos: Annotated[
        list[UploadFile],
        File(
            min_length=1,
            max_length=MOST_SHOTS,
            description="1 to 5 photos of the same face, taken one after the other: JPEG, PNG, "
            "WEBP or HEIC. Several make the scores more certain.",
        ),
    ],
    wait: Wait = 0,
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=1,
            max_length=200,
            description="A name of your choice for this check. Sending the same photos under it "
            "again answers the same check; other photos are refused with 409.",
            examples=["2026-11-23-morning"],
        ),
    ] = None,
) -> schemas.Analysis:
    """Send photos of the face for one check. Needs the consent to analysis.

    With `wait`, the answer is the finished check where it is ready in time.
    """
    if any(photo.size is None or photo.size > settings().photo_max_mb * 2**20 for photo in photos):
        raise HTTPException(413)
    contents = [await photo.read() for photo in photos]
    check = await run_in_threadpool(
        _submit, caller, contents, idempotency_key, request.headers.get("user-agent", "")
    )
    check = await _finished(caller, check, wait)
    response.headers["location"] = f"{request.scope['root_path']}/analysis/{check.id}"
    response.status_code = 200 if check.status.is_final else 202
    return check


@router.get("", response_model=schemas.AnalysisList)
def list_analyses(
    token: Token,
    page: Page,
    since: Since = None,
    until: Until = None,
    status: Annotated[Status | None, Query(description="Only checks in this state.")] = None,
) -> Response:
    """The person's checks, newest first."""
    with reading(token) as (session, caller):
        found, total = analyses.listed(
            session,
            caller.user_id,
            since=since,
            until=until,
            status=status,
            limit=page.limit,
            offset=page.offset,
            details=False,
        )
    # As JSON at once: FastAPI would check the finished schemas a second time.
    shown = as_list(caller.user_id, found, total).model_dump_json()
    return Response(shown, media_type="application/json")


@router.get(
    "/{analysis_id}",
    response_model=schemas.Analysis,
    responses={200: {"headers": _PERSONAL}, **_NOT_CHANGED, **answers(404)},
)
async def get_analysis(
    request: Request, caller: Caller, analysis_id: AnalysisId, wait: Wait = 0
) -> Response:
    """One check with everything that is known of it."""
    check = await run_in_threadpool(_read, caller, analysis_id)
    check = await _finished(caller, check, wait)
    return personal(request, check.model_dump_json().encode(), "application/json")


@router.get("/{analysis_id}/photo", response_class=Response, responses=_picture("image/jpeg"))
def get_photo(
    request: Request,
    caller: Caller,
    analysis_id: AnalysisId,
    shot: Annotated[
        int | None,
        Query(ge=1, le=MOST_SHOTS, description="Which photo; left out: the one with the maps."),
    ] = None,
    longest_side: Annotated[
        int | None,
        Query(ge=64, le=12_000, description="Pixels at most; left out: as large as it is kept."),
    ] = None,
) -> Response:
    """A photo of the check as JPEG: upright, without place, time and camera."""
    with read() as session:
        jpeg = results.photo(
            session, caller.user_id, analysis_id, shot=shot, longest_side=longest_side
        )
    return personal(request, jpeg, "image/jpeg")


@router.get(
    "/{analysis_id}/maps/{metric}.png", response_class=Response, responses=_picture("image/png")
)
def get_map(
    request: Request,
    caller: Caller,
    analysis_id: AnalysisId,
    metric: Annotated[Metric, Path(description="Which metric; the check lists which have a map.")],
    opacity: Annotated[
        float, Query(ge=0, le=1, description="How much the map covers the face, 0 to 1.")
    ] = 0.6,
) -> Response:
    """The aligned face with the places that a score comes from, as PNG of 768 × 960 pixels."""
    with read() as session:
        check = analyses.get(session, caller.user_id, analysis_id)
        packed = results.maps(session, caller.user_id, analysis_id)
    if packed is None or metric not in mapped(check):
        raise NotFound("This metric has no map in this check.")
    picture = overlay.render(overlay.unpack_maps(packed), metric, opacity=opacity, as_png=True)
    return personal(request, picture, "image/png")


@router.delete("/{analysis_id}", status_code=204, responses=answers(404))
def delete_analysis(caller: Caller, analysis_id: AnalysisId) -> None:
    """Delete the check with its photos, scores and maps. It cannot be brought back."""
    with transaction() as session:
        results.delete(session, caller.user_id, analysis_id)


def _submit(
    caller: Identity, contents: list[bytes], key: str | None, user_agent: str
) -> schemas.Analysis:
    with transaction() as session:
        analysis_id = intake.submit(
            session, caller, contents, idempotency_key=key, user_agent=user_agent
        )
        found = analyses.get(session, caller.user_id, analysis_id)
    return as_analysis(caller.user_id, found)


def _read(caller: Identity, analysis_id: UUID) -> schemas.Analysis:
    with read() as session:
        return as_analysis(caller.user_id, analyses.get(session, caller.user_id, analysis_id))


async def _finished(caller: Identity, check: schemas.Analysis, wait: float) -> schemas.Analysis:
    """The check once it is finished, or as it stands when the time is over."""
    if wait == 0 or check.status.is_final:
        return check
    await _waiters.wait(caller.user_id, check.id, wait)
    try:
        return await run_in_threadpool(_read, caller, check.id)
    except (NotFound, Unavailable):  # deleted meanwhile, or nobody can say: as it stood before
        return check
