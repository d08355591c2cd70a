"""The OpenAPI document: nothing in it without a word about it, and nothing in it that is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import jsonschema_rs
import pytest

from api.v1.app import build_api
from core.settings import settings

METHODS = frozenset("get put post delete patch".split())
PROBLEM = "#/components/schemas/Problem"
# They ask for no token, so they cannot refuse one.
WITHOUT_TOKEN = frozenset(
    {
        ("post", "/auth/register"),
        ("post", "/auth/login"),
        ("post", "/auth/password/forgot"),
        ("post", "/auth/password/reset"),
        ("post", "/auth/verify-address"),
        ("post", "/auth/refresh"),
        ("get", "/health/live"),
        ("get", "/health/ready"),
    }
)


@cache
def document() -> dict[str, Any]:
    return build_api(settings()).openapi()


def operations() -> list[tuple[str, str]]:
    return [
        (method, path)
        for path, item in document()["paths"].items()
        for method in item
        if method in METHODS
    ]


def operation(route: tuple[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = document()["paths"][route[1]][route[0]]
    return found


def schemas() -> list[str]:
    return list(document()["components"]["schemas"])


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = document()["components"]["schemas"][name]
    return found


ROUTES = pytest.mark.parametrize("route", operations(), ids=lambda r: f"{r[0].upper()} {r[1]}")
MODELS = pytest.mark.parametrize(
    "name", [name for name in schemas() if schema(name).get("type") == "object"]
)


def described(fields: Mapping[str, Any]) -> Iterator[str]:
    """Names of fields about which nothing is said."""
    for name, field in fields.items():
        if not field.get("description", "").strip():
            yield name


@MODELS
def test_every_field_of_every_model_is_described(name: str) -> None:
    if not name.startswith("Body_"):  # FastAPI's own name for a form
        assert schema(name).get("description", "").strip(), f"{name} says nothing of itself"
    assert list(described(schema(name).get("properties", {}))) == []


def an_example(of: Mapping[str, Any]) -> Any:
    """What the document shows of this schema: its own example, or one made of its parts'."""
    if "$ref" in of:
        return an_example(schema(of["$ref"].rpartition("/")[2]))
    for known in ("const", "default"):
        if known in of:
            return of[known]
    if of.get("examples"):
        return of["examples"][0]
    if of.get("type") == "array":
        return [an_example(of["items"])]
    if of.get("type") == "object" and of.get("properties"):
        return {name: an_example(field) for name, field in of["properties"].items()}
    raise AssertionError(f"without an example: {of}")


@MODELS
def test_every_model_has_an_example_and_it_fits(name: str) -> None:
    if name.startswith("Body_"):
        return  # a multipart form: its fields are files
    whole = {"$ref": f"#/components/schemas/{name}", "components": document()["components"]}
    judge = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
    for example in schema(name).get("examples") or [an_example(schema(name))]:
        assert [error.message for error in judge.iter_errors(example)] == []
        assert example.keys() <= schema(name)["properties"].keys()


@ROUTES
def test_every_route_says_what_it_does_and_what_each_parameter_is(route: tuple[str, str]) -> None:
    about = operation(route)
    assert about.get("summary")
    assert about.get("description"), "no docstring"
    assert about.get("tags")
    parameters = {p["name"]: p for p in about.get("parameters", [])}
    assert list(described(parameters)) == []


@ROUTES
def test_every_route_documents_its_errors_in_the_one_shape(route: tuple[str, str]) -> None:
    responses = operation(route)["responses"]
    expected = {"429", "500", "503"}
    if route not in WITHOUT_TOKEN:
        expected.add("401")
    if "{" in route[1] and "{purpose}" not in route[1]:
        expected.add("404")
    if operation(route).get("requestBody"):
        expected |= {"413", "415", "422"}
    assert expected <= responses.keys()
    for status, response in responses.items():
        assert response.get("description", "").strip()
        if status >= "400" and (route, status) != (("get", "/health/ready"), "503"):
            content = response["content"]
            assert content.keys() == {"application/problem+json"}, status
            assert content["application/problem+json"]["schema"]["$ref"] == PROBLEM


@ROUTES
def test_every_route_but_a_few_wants_a_token(route: tuple[str, str]) -> None:
    assert bool(operation(route).get("security")) is (route not in WITHOUT_TOKEN)


@ROUTES
def test_every_success_says_what_comes(route: tuple[str, str]) -> None:
    successes = {s: r for s, r in operation(route)["responses"].items() if s < "300"}
    assert successes
    for status, response in successes.items():
        if status == "204":
            assert "content" not in response
        else:
            assert all(part.get("schema") for part in response["content"].values())


def test_operation_ids_are_names_that_a_client_can_have() -> None:
    names = [operation(route)["operationId"] for route in operations()]
    assert len(set(names)) == len(names)
    assert all(name.isidentifier() for name in names)


def test_the_document_is_openapi_3_1() -> None:
    """By the schema that the OpenAPI initiative publishes for 3.1."""
    assert document()["openapi"].startswith("3.1")
    jsonschema_rs.meta.validate({"components": document()["components"]})
