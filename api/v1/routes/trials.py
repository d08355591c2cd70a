"""Trials on oneself, and wellbeing mode."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path

from api.v1.caller import Caller
from api.v1.paging import Page
from api.v1.problems import answers
from api.v1.schemas import care as schemas
from core.people import Identity
from data.database import read, transaction
from pipeline import wellbeing
from pipeline.trials import conduct
from pipeline.trials.conduct import Shown
from pipeline.trials.judgement import Judged
from pipeline.wellbeing import Wellbeing

router = APIRouter(prefix="/trials", tags=["trials"], responses=answers(401))
mode_router = APIRouter(prefix="/users/me/wellbeing", tags=["account"], responses=answers(401))

TrialId = Annotated[UUID, Path(description="The trial's id.")]


@router.get("")
def list_trials(caller: Caller, page: Page) -> schemas.Trials:
    """The person's trials, newest first."""
    with read() as session:
        found, total = conduct.listed(session, caller.user_id, limit=page.limit, offset=page.offset)
        gently = wellbeing.of_person(session, caller.user_id).is_on
    return schemas.Trials(trials=[_trial(each, gently) for each in found], total=total)


@router.post("", status_code=201, responses=answers(403, 409))
def plan_trial(caller: Caller, given: schemas.TrialPlan) -> schemas.Trial:
    """Plan a trial; one at a time. Nothing is changed before the baseline is there."""
    with transaction() as session:
        made = conduct.plan(
            session, caller, change=given.change, metrics=given.metrics, weeks=given.weeks
        )
    return _read(caller, made)


@router.get("/{trial_id}", responses=answers(404))
def get_trial(caller: Caller, trial_id: TrialId) -> schemas.Trial:
    """One trial. Its numbers come at its end."""
    return _read(caller, trial_id)


@router.post("/{trial_id}/begin", responses=answers(404, 409))
def begin_trial(caller: Caller, trial_id: TrialId) -> schemas.Trial:
    """The change is made today. 409 before three checks without it."""
    with transaction() as session:
        conduct.begin(session, caller, trial_id)
    return _read(caller, trial_id)


@router.post("/{trial_id}/stop", responses=answers(404, 409))
def stop_trial(caller: Caller, trial_id: TrialId) -> schemas.Trial:
    """Stop before the time. What was seen is shown, without a verdict."""
    with transaction() as session:
        conduct.stop(session, caller, trial_id)
    return _read(caller, trial_id)


@router.delete("/{trial_id}", status_code=204, responses=answers(404))
def delete_trial(caller: Caller, trial_id: TrialId) -> None:
    """Delete a trial with its verdict; the checks stay."""
    with transaction() as session:
        conduct.remove(session, caller, trial_id)


@mode_router.get("")
def get_wellbeing(caller: Caller) -> schemas.WellbeingMode:
    """Whether numbers shall be left out. A program that shows scores to a person asks this."""
    with read() as session:
        return _mode(wellbeing.of_person(session, caller.user_id))


@mode_router.put("", responses=answers(403))
def choose_wellbeing(caller: Caller, given: schemas.WellbeingChoice) -> schemas.WellbeingMode:
    """Switch wellbeing mode. 403 to switch it off while a safety answer requires it."""
    with transaction() as session:
        return _mode(wellbeing.choose(session, caller, on=given.on))


def _read(caller: Identity, trial_id: UUID) -> schemas.Trial:
    with read() as session:
        found = conduct.get(session, caller.user_id, trial_id)
        return _trial(found, wellbeing.of_person(session, caller.user_id).is_on)


def _trial(found: Shown, gently: bool) -> schemas.Trial:
    fields: dict[str, Any] = {**vars(found), "judged": [_judged(j, gently) for j in found.judged]}
    return schemas.Trial(**fields)


def _judged(found: Judged, gently: bool) -> schemas.TrialVerdict:
    hidden: dict[str, None] = (
        dict.fromkeys(("effect", "low", "high", "probability")) if gently else {}
    )
    fields: dict[str, Any] = {**vars(found), **hidden}
    fields["checks_before"], fields["checks_after"] = fields.pop("before"), fields.pop("after")
    return schemas.TrialVerdict(**fields)


def _mode(mode: Wellbeing) -> schemas.WellbeingMode:
    return schemas.WellbeingMode(**vars(mode))
