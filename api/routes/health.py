"""`/health/live`: the process answers. `/health/ready`: it can do its work.

Both stand at the root, for load balancers, and are described under /api/v1.
"""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from core.errors import Unavailable
from data.database import read
from pipeline import health


def readiness() -> dict[str, bool | str]:
    """What works. `ready` is False only without the database.

    Photos are accepted while the queue is slow or the model missing, and scored later: taking
    every web process out of service for that would help nobody.
    """
    try:
        with read() as session:
            found = health.look(session)
    except Unavailable:
        return {"ready": False, "database": "away", "queue": "unknown", "model": _model()}
    queue = "moving" if found.is_moving else "delayed"
    return {"ready": True, "database": "reached", "queue": queue, "model": _model(found.has_model)}


def _model(is_there: bool | None = None) -> str:
    is_there = health.has_model() if is_there is None else is_there
    return "present" if is_there else "missing"


def health_routes() -> list[BaseRoute]:
    async def live(_request: Request) -> Response:
        return JSONResponse({"live": True})

    async def ready(_request: Request) -> Response:
        found = await run_in_threadpool(readiness)
        headers = {} if found["ready"] else {"retry-after": "5"}
        return JSONResponse(found, 200 if found["ready"] else 503, headers=headers)

    return [
        Route("/health/live", live, methods=["GET"]),
        Route("/health/ready", ready, methods=["GET"]),
    ]
