"""The safety questions: what no photo can rule out is asked before one is scored."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from sqlalchemy.orm import Session

from api.v1.caller import Caller
from api.v1.problems import answers as problems
from api.v1.schemas import safety as schemas
from core.people import Identity
from core.red_flags import stopped
from data.database import read, transaction
from pipeline.safety import answers
from pipeline.safety.questions import questionnaire
from pipeline.safety.raised import raised

router = APIRouter(prefix="/safety", tags=["safety"], responses=problems(401))


@router.get("/questionnaire")
def get_safety_questionnaire(caller: Caller) -> schemas.Questionnaire:
    """What is asked, in the words that a person should read."""
    asked = questionnaire()
    return schemas.Questionnaire(
        version=asked.version,
        sections=[
            schemas.Section(
                id=section.id,
                question=section.question,
                examples=section.examples,
                items=[schemas.Item(**item.model_dump()) for item in section.items],
            )
            for section in asked.sections
        ],
    )


@router.post("/answers", status_code=201, responses=problems(403, 409))
def answer_safety_questions(caller: Caller, told: schemas.Answers) -> schemas.RedFlags:
    """Answer the questions; what is raised by it comes back, the most urgent first.

    Flags that were open stay open: not ticking something again does not clear it. Needs the
    consent safety_answers; withdrawing it deletes the answers and what they raised.
    """
    with transaction() as session:
        answers.answer(session, caller, told.ticked, version=told.version)
        return _standing(session, caller)


@router.get("/flags")
def get_red_flags(caller: Caller) -> schemas.RedFlags:
    """The open red flags, what they stop, and whether the questions are due."""
    with read() as session:
        return _standing(session, caller)


@router.post("/flags/{raised_id}/seen", responses=problems(404))
def red_flag_was_seen(
    caller: Caller,
    raised_id: Annotated[UUID, Path(description="The raised flag's id.")],
    seen: schemas.Seen,
) -> schemas.RedFlags:
    """Say on which day somebody qualified saw it: the flag is closed, its history is kept."""
    with transaction() as session:
        answers.seen(session, caller, raised_id, seen.seen_on)
        return _standing(session, caller)


def _standing(session: Session, who: Identity) -> schemas.RedFlags:
    flags = raised(session, who.user_id)
    last = answers.last(session, who.user_id)
    return schemas.RedFlags(
        flags=[schemas.RedFlag.of(flag) for flag in flags],
        stops=schemas.Stopped.of(stopped(flags)),
        answered_at=last.answered_at if last else None,
        questions_due=answers.is_due(session, who.user_id),
    )
