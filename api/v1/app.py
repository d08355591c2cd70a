"""The API as one ASGI application, mounted by `server.py` at /api/v1."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import compile_path
from starlette.types import Scope

from api.request_ids import RequestIds
from api.v1 import problems
from api.v1.answering import Answering
from api.v1.bodies import BodyLimits, keep_uploads_in_memory, media_type_fits
from api.v1.docs import documentation
from api.v1.limits import RateLimits, limits_of
from api.v1.openapi import described
from api.v1.routes import ROUTERS
from core.errors import SkincareError
from core.settings import Settings

PREFIX = "/api/v1"

# What any address may answer, whatever it does.
_EVERYWHERE = problems.answers(400, 405, 408, 413, 415, 422, 429, 500, 503)
_HANDLERS: dict[Any, Any] = {
    SkincareError: problems.on_error,
    RequestValidationError: problems.on_invalid_request,
    HTTPException: problems.on_http_error,
}


def build_api(given: Settings) -> FastAPI:
    """The API. Outermost first: request id, log and last resort, rate limits, body limits."""
    api = FastAPI(
        title="Skincare AI",
        version="1",
        servers=[{"url": PREFIX}],
        root_path_in_servers=False,
        openapi_url="/openapi.json",
        docs_url=None,  # ours are in api.v1.docs: no script from elsewhere, none in the page
        redoc_url=None,
        redirect_slashes=False,
        responses=_EVERYWHERE,
        dependencies=[Depends(media_type_fits)],
        separate_input_output_schemas=False,
        generate_unique_id_function=lambda route: route.name,  # what clients call their functions
        exception_handlers=_HANDLERS,
    )
    photo_bytes = given.photo_max_mb * 2**20
    keep_uploads_in_memory(photo_bytes)
    api.add_middleware(BodyLimits, photo_bytes=photo_bytes)
    api.add_middleware(RateLimits, limits=limits_of(given))
    api.add_middleware(Answering)
    api.add_middleware(RequestIds)
    for router in ROUTERS:
        api.include_router(router)
    for route in documentation(PREFIX):
        api.router.routes.append(route)
    plain = api.openapi
    api.openapi = lambda: described(api, plain)  # type: ignore[method-assign]
    api.state.allowed = _methods_by_address(api)
    return api


def _methods_by_address(api: FastAPI) -> Callable[[Scope], frozenset[str]]:
    """Which methods an address answers. Starlette says those of the first fitting route only."""
    known: list[tuple[Any, frozenset[str]]] = []

    def allowed(scope: Scope) -> frozenset[str]:
        if not known:
            for path, operations in api.openapi()["paths"].items():
                methods = frozenset(method.upper() for method in operations)
                known.append((compile_path(path)[0], methods))
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        found = [methods for pattern, methods in known if pattern.match(path)]
        every = frozenset().union(*found) or {"GET"}  # what is not described is only read
        return frozenset(every | {"HEAD"} if "GET" in every else every)

    return allowed
