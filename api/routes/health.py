"""`/health/live`: the process answers. `/health/ready`: it can do its work."""

from __future__ import annotations

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from core.errors import Unavailable


def health_routes(reach_database: Callable[[], None]) -> list[BaseRoute]:
    """`reach_database` raises Unavailable when the database is away."""

    async def live(_request: Request) -> Response:
        return JSONResponse({"live": True})

    async def ready(_request: Request) -> Response:
        try:
            await run_in_threadpool(reach_database)
        except Unavailable:
            return JSONResponse({"ready": False, "database": "away"}, 503)
        return JSONResponse({"ready": True, "database": "reached"})

    return [
        Route("/health/live", live, methods=["GET"]),
        Route("/health/ready", ready, methods=["GET"]),
    ]
