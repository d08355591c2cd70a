"""Where the person is signed in, browsers and programs alike."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path

from api.v1.caller import Caller
from api.v1.problems import answers
from api.v1.schemas.account import Session, Sessions
from data.database import read, transaction
from pipeline import web_sessions

router = APIRouter(prefix="/users/me/sessions", tags=["sessions"], responses=answers(401))


@router.get("")
def list_sessions(caller: Caller) -> Sessions:
    """Where the person is signed in, last used first."""
    with read() as session:
        live = web_sessions.live(session, caller.user_id)
    return Sessions(
        sessions=[
            Session(**vars(one), is_current=one.session_id == caller.session_id) for one in live
        ]
    )


@router.delete("", status_code=204)
def end_other_sessions(caller: Caller) -> None:
    """End every session but this one."""
    with transaction() as session:
        web_sessions.end_others(session, caller.user_id, caller.session_id)


@router.delete("/{session_id}", status_code=204, responses=answers(404))
def end_session(
    caller: Caller, session_id: Annotated[UUID, Path(description="The session's id.")]
) -> None:
    """End one of the person's sessions; this one too, if it is that."""
    with transaction() as session:
        web_sessions.end(session, caller.user_id, session_id)
