"""The profile picture."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, Response, UploadFile

from api.v1.caller import Caller
from api.v1.files import file
from api.v1.problems import answers
from data.database import read, transaction
from pipeline import profiles

router = APIRouter(prefix="/users/me/picture", tags=["account"], responses=answers(401))


@router.get(
    "",
    response_class=Response,
    responses={**file("image/jpeg", "A square JPEG of 256 pixels"), **answers(404)},
)
def get_picture(caller: Caller) -> Response:
    """The profile picture."""
    with read() as session:
        return Response(profiles.picture(session, caller.user_id), media_type="image/jpeg")


@router.put("", status_code=204)
def put_picture(
    caller: Caller,
    picture: Annotated[
        UploadFile,
        File(description="JPEG, PNG, WEBP or HEIC. The middle square is kept, nothing else."),
    ],
) -> None:
    """Set the profile picture."""
    content = picture.file.read()
    with transaction() as session:
        profiles.put_picture(session, caller.user_id, content)


@router.delete("", status_code=204)
def delete_picture(caller: Caller) -> None:
    """Remove the profile picture, if there is one."""
    with transaction() as session:
        profiles.remove_picture(session, caller.user_id)
