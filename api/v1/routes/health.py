"""Whether the product works: without a token, for whoever watches over it."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Response
from pydantic import Field

from api.routes.health import readiness
from api.v1.schemas.common import Output

router = APIRouter(prefix="/health", tags=["health"])


class Live(Output):
    """The process answers."""

    live: bool = Field(description="Always true.", examples=[True])


class Ready(Output):
    """What works."""

    ready: bool = Field(description="Whether requests can be served.", examples=[True])
    database: Literal["reached", "away"] = Field(
        description="The database. Without it the status is 503.", examples=["reached"]
    )
    queue: Literal["moving", "delayed", "unknown"] = Field(
        description="delayed: photos wait longer than a minute. They are accepted all the same.",
        examples=["moving"],
    )
    model: Literal["present", "missing"] = Field(
        description="missing: photos are accepted, and scored as soon as it is back.",
        examples=["present"],
    )


@router.get("/live")
async def live() -> Live:
    """The process answers. Asks nothing else."""
    return Live(live=True)


@router.get("/ready", responses={503: {"model": Ready, "description": "The database is away"}})
def ready(response: Response) -> Ready:
    """What works; 503 while the database is away."""
    found = Ready.model_validate(readiness())
    if not found.ready:
        response.status_code = 503
        response.headers["retry-after"] = "5"
    return found
