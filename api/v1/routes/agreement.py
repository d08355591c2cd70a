"""How well the model and dermatologists agree."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.v1.caller import require_role
from api.v1.problems import answers
from api.v1.schemas import agreement as schemas
from core.people import Identity
from data.database import read
from pipeline.agreement import board
from pipeline.agreement.statistics import Estimate

router = APIRouter(prefix="/analytics/agreement", tags=["analytics"], responses=answers(401, 403))

Reader = Annotated[Identity, Depends(require_role(*board.SEES))]


@router.get("", responses=answers(422))
def get_agreement(
    staff: Reader,
    model_version: Annotated[
        str | None, Query(max_length=60, description="A graded version; the newest if left out.")
    ] = None,
) -> schemas.Board:
    """Weighted kappa, ICC(2,1) and limits of agreement, by metric and tone of skin.

    Only grades count that were given before the model's scores were shown.
    """
    with read() as session:
        found = board.board(session, staff, model_version)
    return schemas.Board(
        versions=list(found.versions),
        version=found.version,
        model=[_line(line) for line in found.model],
        readers=[_line(line) for line in found.readers],
        cannot_tell=found.cannot_tell,
        not_measured=found.not_measured,
        not_blind=found.not_blind,
    )


def _line(line: board.Line) -> schemas.Line:
    found = line.agreement
    return schemas.Line(
        graded=line.what.value,
        tone_band=line.tone,
        people=found and found.people,
        pairs=found and found.pairs,
        icc=_estimate(found.icc) if found else None,
        kappa=_estimate(found.kappa) if found else None,
        bias=_estimate(found.bias) if found else None,
        limits=(found.limits[0].value, found.limits[1].value) if found and found.limits else None,
    )


def _estimate(found: Estimate | None) -> schemas.Estimate | None:
    return None if found is None else schemas.Estimate(**vars(found))
