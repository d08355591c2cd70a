"""What the person agreed to: one purpose at a time, each in words of its own."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from api.v1.caller import Caller
from api.v1.problems import answers
from api.v1.schemas.account import Agreement, Consent, Consents
from core.errors import Conflict
from core.people import Purpose
from data.database import read, transaction
from pipeline import consents
from pipeline.consents import WORDING, WORDING_VERSION

Wanted = Annotated[Purpose, Path(description="What the consent is for.")]

router = APIRouter(prefix="/users/me/consents", tags=["consents"], responses=answers(401))


@router.get("")
def list_consents(caller: Caller) -> Consents:
    """Every purpose: what was agreed to, and the words to agree to now."""
    with read() as session:
        found = consents.current(session, caller.user_id)
    return Consents(consents=[_consent(purpose, found[purpose]) for purpose in Purpose])


@router.put("/{purpose}", responses=answers(409))
def give_consent(caller: Caller, purpose: Wanted, agreement: Agreement) -> Consent:
    """Agree, in the words that the person was shown. 409 when they have changed meanwhile."""
    if agreement.wording_version != WORDING_VERSION:
        raise Conflict(
            "The words have changed. Show the person the current ones and ask again: "
            "GET /api/v1/users/me/consents has them."
        )
    with transaction() as session:
        consents.give(session, caller.user_id, purpose)
        return _consent(purpose, consents.current(session, caller.user_id)[purpose])


@router.delete("/{purpose}")
def withdraw_consent(caller: Caller, purpose: Wanted) -> Consent:
    """Withdraw; what waits to be done for this purpose will not be done."""
    with transaction() as session:
        consents.withdraw(session, caller.user_id, purpose)
        return _consent(purpose, consents.current(session, caller.user_id)[purpose])


def _consent(purpose: Purpose, newest: consents.Consent | None) -> Consent:
    return Consent(
        purpose=purpose,
        in_force=newest is not None and newest.in_force,
        given_at=newest.given_at if newest else None,
        withdrawn_at=newest.withdrawn_at if newest else None,
        wording_version=newest.wording if newest else None,
        current_wording=WORDING[purpose],
        current_wording_version=WORDING_VERSION,
    )
