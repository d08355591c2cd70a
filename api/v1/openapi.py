"""The OpenAPI document: what FastAPI derives from the routes, and what it cannot know."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

from api.v1.problems import FieldProblem, Problem
from api.v1.schemas.auth import Credentials
from api.v1.schemas.common import Input, Output

DESCRIPTION = """
Everything that the pages of Skincare AI do, for programs.

**Signing in.** `POST /auth/login` answers an access token, to be sent as
`Authorization: Bearer …`, and a refresh token that gives the next pair once.

**Errors** have one shape everywhere (RFC 9457, `application/problem+json`). Compare `type`; show
`detail`. The id of another person's thing is the same 404 as an id that does not exist.

**Scores** are cosmetic guidance with an interval, never a diagnosis. A metric that cannot be
measured in a photo says so instead of guessing.
"""


def described(api: FastAPI, plain: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The document, made once."""
    if api.openapi_schema is not None:
        return api.openapi_schema
    document = plain()
    document["info"]["description"] = DESCRIPTION.strip()
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for model in (Problem, FieldProblem, Credentials):
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
        schema.pop("$defs", None)
        schemas[model.__name__] = schema
    for field in (f for s in schemas.values() for f in s.get("properties", {}).values()):
        file = field.get("items", field)
        if "contentMediaType" in file:
            file["format"] = "binary"  # as OpenAPI 3.0 said it, and generators still expect it
    for kind in (*_kinds_of(Input), *_kinds_of(Output)):
        given = kind.model_config.get("json_schema_extra")
        if isinstance(given, dict) and "examples" in given and kind.__name__ in schemas:
            # FastAPI leaves out what is null, and with it half of what an example shows.
            schemas[kind.__name__]["examples"] = given["examples"]
    return document


def _kinds_of(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for kind in model.__subclasses__():
        yield kind
        yield from _kinds_of(kind)
