"""Questions to dermatologists: asking, the thread, and what the person may do with them."""

from __future__ import annotations

import re
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, Path, Query, Request, Response, UploadFile
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException

from api.v1.caching import personal
from api.v1.caller import Caller, Token, reading
from api.v1.files import file
from api.v1.paging import Page
from api.v1.problems import answers
from api.v1.schemas import dermatologist as schemas
from core.consultations import PROMISED_WORDS, CasePhoto, Consultation, Message, View
from core.errors import InvalidInput
from core.people import Identity, Role
from core.settings import settings
from data import analyses, consultations
from data import photos as photo_rows
from data.database import read, transaction
from pipeline.consultations import ask, cases, photos, thread
from pipeline.reviews import letter

router = APIRouter(prefix="/dermatologist", tags=["dermatologist"], responses=answers(401))

ConsultationId = Annotated[UUID, Path(description="The consultation's id.")]
_PHOTO = re.compile(r"/api/v1/analysis/([0-9a-fA-F-]{36})/photo(?:\?shot=([1-5]))?", re.ASCII)
LETTER = file("application/pdf", "The letter.")
NOT_OURS = "The image_url must be the image_url of one of your own checks."
NOT_SENT = "It was not sent with the question."


@router.post("/consult", status_code=201, responses=answers(403, 404))
def consult_dermatologist(caller: Caller, asked: schemas.Consult) -> schemas.Consulted:
    """Ask a dermatologist. The answer is promised within 24 hours.

    Views without a photo reach the dermatologist with the reason that is given for them. Red flags
    that are open go with the question and put it in front.
    """
    with transaction() as session:
        told = ask.prefilled(session, caller.user_id)
        shown = {
            view: ask.Shown(missing_reason=asked.missing_views.get(view, NOT_SENT)) for view in View
        }
        if asked.image_url is not None:
            shown[View.OVERVIEW] = ask.Shown(photo_id=_own(session, caller, asked.image_url))
        consultation_id = ask.ask(
            session,
            caller,
            ask.Question(
                question=asked.question,
                description=asked.description,
                body_site=asked.body_site,
                duration=asked.duration,
                symptoms=asked.symptoms,
                treatments_tried=asked.treatments_tried,
                medicines=told.medicines if asked.medicines is None else asked.medicines,
                allergies=told.allergies if asked.allergies is None else asked.allergies,
                pregnancy=asked.pregnancy or told.pregnancy,
                analysis_id=asked.analysis_id,
                views=shown,
            ),
        )
        return _consulted(consultations.get(session, caller.user_id, consultation_id))


@router.get("/consultations")
def list_consultations(token: Token, page: Page) -> schemas.Consultations:
    """The person's questions, newest first."""
    with reading(token) as (session, caller):
        found, total = consultations.listed(
            session, caller.user_id, limit=page.limit, offset=page.offset
        )
    return schemas.Consultations(consultations=[_consulted(one) for one in found], total=total)


@router.get("/consultations/{consultation_id}", responses=answers(404))
def get_consultation(caller: Caller, consultation_id: ConsultationId) -> schemas.Consultation:
    """One question with its photos and messages."""
    with read() as session:
        return own(session, caller, consultation_id)


@router.get(
    "/consultations/{consultation_id}/photos/{photo_id}",
    response_class=Response,
    responses={**file("image/jpeg", "The picture."), **answers(403, 404)},
)
def get_consultation_photo(
    request: Request,
    caller: Caller,
    consultation_id: ConsultationId,
    photo_id: Annotated[UUID, Path(description="The photo's id.")],
    longest_side: Annotated[
        int | None,
        Query(ge=64, le=12_000, description="Pixels at most; left out: as large as it is kept."),
    ] = None,
) -> Response:
    """A photo of the case as JPEG: for the person, and for the dermatologist who has the case.

    Each opening by a dermatologist is in the audit. A consent that was withdrawn hides it.
    """
    with transaction() as session:
        if caller.role is Role.USER:
            jpeg = photos.own(session, caller.user_id, consultation_id, photo_id)
        else:
            jpeg = cases.photo_of_case(session, caller, consultation_id, photo_id)
    if longest_side is not None:
        jpeg = photos.smaller(jpeg, longest_side)
    return personal(request, jpeg, "image/jpeg")


@router.get(
    "/consultations/{consultation_id}/letter.pdf",
    response_class=Response,
    responses={**LETTER, **answers(404)},
)
def get_own_letter(caller: Caller, consultation_id: ConsultationId) -> Response:
    """The letter with which the dermatologist refers the person, to take along."""
    with read() as session:
        pdf = letter.own(session, caller, consultation_id)
    return Response(pdf, media_type="application/pdf")


@router.post(
    "/consultations/{consultation_id}/messages", status_code=201, responses=answers(403, 404, 409)
)
def write_message(
    caller: Caller, consultation_id: ConsultationId, said: schemas.Write
) -> schemas.Message:
    """Write into the thread, as the person or as the dermatologist who has the case."""
    return _written(caller, consultation_id, said.text, [], asks=said.asks)


@router.post(
    "/consultations/{consultation_id}/messages/with-pictures",
    status_code=201,
    responses=answers(403, 404, 409),
)
def write_message_with_pictures(
    caller: Caller,
    consultation_id: ConsultationId,
    text: Annotated[
        str,
        Form(min_length=1, max_length=16_000, description="Plain text; 4,000 characters at most."),
    ],
    pictures: Annotated[
        list[UploadFile],
        File(
            min_length=1,
            max_length=thread.MOST_ATTACHED,
            description="1 to 4 pictures: JPEG, PNG, WEBP or HEIC.",
        ),
    ],
    asks: Annotated[
        bool,
        Form(description="Of a dermatologist: the case waits for the answer, its clock stands."),
    ] = False,
) -> schemas.Message:
    """Write into the thread with pictures. Of the person it needs the consent to show photos."""
    most = settings().photo_max_mb * 2**20
    if any(picture.size is None or picture.size > most for picture in pictures):
        raise HTTPException(413)
    contents = [picture.file.read() for picture in pictures]
    return _written(caller, consultation_id, text, contents, asks=asks)


def _written(
    caller: Identity, consultation_id: UUID, text: str, contents: list[bytes], *, asks: bool
) -> schemas.Message:
    with transaction() as session:
        if caller.role is Role.USER:
            message_id = thread.reply(session, caller, consultation_id, text, contents)
        else:
            message_id = thread.write(session, caller, consultation_id, text, contents, asks=asks)
        found = consultations.messages(session, consultation_id)
    sent = next(message for message in found if message.message_id == message_id)
    return _message(_photos("consultations", consultation_id), sent)


@router.post("/consultations/{consultation_id}/withdraw", responses=answers(404, 409))
def withdraw_consultation(caller: Caller, consultation_id: ConsultationId) -> schemas.Consultation:
    """Take the question back before it is answered; photos sent only with it are deleted."""
    with transaction() as session:
        thread.withdraw(session, caller, consultation_id)
        return own(session, caller, consultation_id)


@router.post("/consultations/{consultation_id}/hide-photos", responses=answers(404, 409))
def hide_consultation_photos(
    caller: Caller, consultation_id: ConsultationId
) -> schemas.Consultation:
    """Withdraw the consent for this question, until a dermatologist has claimed it."""
    with transaction() as session:
        thread.hide_photos(session, caller, consultation_id)
        return own(session, caller, consultation_id)


@router.post("/consultations/{consultation_id}/close", responses=answers(404, 409))
def close_consultation(caller: Caller, consultation_id: ConsultationId) -> schemas.Consultation:
    """Close an answered question."""
    with transaction() as session:
        thread.close(session, caller, consultation_id)
        return own(session, caller, consultation_id)


@router.post("/consultations/{consultation_id}/second-opinion", responses=answers(404, 409))
def ask_second_opinion(caller: Caller, consultation_id: ConsultationId) -> schemas.Consultation:
    """Ask for another dermatologist's answer, once; the promise begins anew."""
    with transaction() as session:
        thread.ask_second_opinion(session, caller, consultation_id)
        return own(session, caller, consultation_id)


@router.put("/consultations/{consultation_id}/rating", status_code=204, responses=answers(404, 409))
def rate_consultation(caller: Caller, consultation_id: ConsultationId, rated: schemas.Rate) -> None:
    """Say how useful the answer was; may be changed."""
    with transaction() as session:
        thread.rate(session, caller, consultation_id, rated.rating, rated.comment)


def _own(session: Session, who: Identity, image_url: str) -> UUID:
    """The photo behind an address of ours. No other address is looked at, let alone fetched."""
    found = _PHOTO.fullmatch(image_url)
    if found is None:
        raise InvalidInput(NOT_OURS)
    try:
        analysis_id = UUID(found[1])
    except ValueError:
        raise InvalidInput(NOT_OURS) from None
    check = analyses.get(session, who.user_id, analysis_id)
    if found[2] is None:
        photo_id = check.photo_id
    else:
        kept = photo_rows.of_check(session, who.user_id, analysis_id)
        photo_id = kept[int(found[2]) - 1].photo_id if int(found[2]) <= len(kept) else None
    if photo_id is None:
        raise InvalidInput(NOT_OURS)
    return photo_id


def own(session: Session, who: Identity, consultation_id: UUID) -> schemas.Consultation:
    case = consultations.get(session, who.user_id, consultation_id)
    return shown(
        case,
        consultations.views(session, consultation_id),
        consultations.messages(session, consultation_id),
        may_show=consultations.may_show(session, case),
    )


def shown(
    case: Consultation,
    views: tuple[CasePhoto, ...],
    messages: tuple[Message, ...],
    *,
    may_show: bool,
    door: str = "consultations",
) -> schemas.Consultation:
    """A case with everything in it, as both sides get it; its photos are read at `door`."""
    address = _photos(door, case.consultation_id)
    return schemas.Consultation(
        **_consulted(case).model_dump(),
        **{
            name: getattr(case, name)
            for name in (
                "description body_site duration symptoms treatments_tried medicines allergies "
                "pregnancy analysis_id is_late paused_at second_opinion_for answered_at closed_at "
                "rating"
            ).split()
        },
        flags=[
            schemas.Flag(flag_id=flag["flag_id"], urgency=flag["urgency"], because=flag["because"])
            for flag in case.flags
        ],
        photos_shown=may_show,
        photos=[_photo(address, view) for view in views],
        messages=[_message(address, message) for message in messages],
    )


def _consulted(case: Consultation) -> schemas.Consulted:
    return schemas.Consulted(
        consultation_id=case.consultation_id,
        status=case.state,
        question=case.question,
        created_at=case.created_at,
        estimated_response_time=PROMISED_WORDS,
        due_at=case.due_at,
    )


def _photo(address: str, photo: CasePhoto) -> schemas.Photo:
    return schemas.Photo(
        view=photo.view,
        image_url=None if photo.photo_id is None else f"{address}/{photo.photo_id}",
        missing_because=photo.missing_reason,
        problems=list(photo.problems),
    )


def _message(address: str, message: Message) -> schemas.Message:
    return schemas.Message(
        message_id=message.message_id,
        author=message.author,
        author_name=message.author_name,
        kind=message.kind,
        text=message.text,
        sent_at=message.sent_at,
        attachments=[f"{address}/{photo_id}" for photo_id in message.attachments],
    )


def _photos(door: str, consultation_id: UUID) -> str:
    return f"/api/v1/dermatologist/{door}/{consultation_id}/photos"
