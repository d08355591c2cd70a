"""What is advised, and what a person tells so that it fits them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from sqlalchemy.orm import Session

from api.v1.caller import Caller
from api.v1.problems import answers
from api.v1.schemas import recommendations as schemas
from core.errors import NotFound
from data.database import read, transaction
from pipeline import health_answers, recommendations

router = APIRouter(tags=["recommendations"], responses=answers(401))


@router.get("/recommendations", responses=answers(404))
def get_recommendations(caller: Caller) -> schemas.Recommendations:
    """What is advised for the newest scored check, by what is known today.

    404 while there is no scored check.
    """
    with transaction() as session:  # it may have to be made anew
        found = recommendations.latest(session, caller.user_id)
        if found is None:
            raise NotFound("There is no scored check yet; advice follows from one.")
        return _shown(session, caller.user_id, found)


@router.get("/analysis/{analysis_id}/recommendations", responses=answers(404))
def get_recommendations_of_analysis(
    caller: Caller, analysis_id: Annotated[UUID, Path(description="The check's id.")]
) -> schemas.Recommendations:
    """What is advised for one check, by what is known today. 404 where it has no scores."""
    with transaction() as session:
        found = recommendations.of_check(session, caller.user_id, analysis_id)
        return _shown(session, caller.user_id, found)


@router.get("/users/me/health-answers")
def get_health_answers(caller: Caller) -> schemas.HealthAnswers:
    """What the person has told for advice. Nothing told: every field is null or empty."""
    with read() as session:
        return schemas.HealthAnswers.of(health_answers.read(session, caller.user_id))


@router.put("/users/me/health-answers", responses=answers(403))
def update_health_answers(
    caller: Caller, changes: schemas.HealthAnswersChanges
) -> schemas.HealthAnswers:
    """Change the answers; the advice of the newest check is made anew.

    Needs the consent health_answers; withdrawing it deletes the answers.
    """
    with transaction() as session:
        health_answers.update(session, caller, **changes.given())
        recommendations.renew(session, caller.user_id)
        return schemas.HealthAnswers.of(health_answers.read(session, caller.user_id))


def _shown(
    session: Session, user_id: UUID, found: recommendations.Recommendations
) -> schemas.Recommendations:
    before = recommendations.earlier(session, user_id, found.analysis_id)
    return schemas.Recommendations.model_validate(
        {**asdict(found), "earlier": [asdict(each) for each in before]}
    )
