"""Schemathesis over the whole document, as the owner of things and as somebody else.

It sends what the document allows, at and beyond its bounds, and compares every answer with what
the document promises: status, format, fields.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import create_engine

import data.database
from api.v1.app import PREFIX
from core.metrics import Metric
from core.postgres import EmbeddedPostgres
from core.settings import settings
from data.database import transaction
from pipeline import passwords
from tests.api.calling import Person, person, served, session_of
from tests.api.checking import scored
from tests.api.test_openapi import document
from tests.conftest import copy_of
from tests.data.checks import simulated_check

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

EXAMPLES = 8  # random ones, besides the bounds of every field
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
_LIMITS = (
    "API_REQUESTS_PER_MINUTE",
    "API_REQUESTS_PER_MINUTE_PER_ADDRESS",
    "API_SIGN_INS_PER_MINUTE_PER_ADDRESS",
    "API_UPLOADS_PER_MINUTE",
)


class Owned:
    """Ada, Eve, and Ada's check; a token of its own for each call, for some calls end a session."""

    def __init__(self) -> None:
        self.app = served(settings())
        self.ada, self.eve = person(), person()
        self.check = scored(self.ada)

    def token(self, who: Person) -> str:
        with transaction() as session:
            return session_of(session, who.user_id).access

    def deletable(self) -> UUID:
        with transaction() as session:
            return simulated_check(session, self.ada.user_id, {Metric.PORES: 40.0})


@pytest.fixture(scope="module")
def owned(
    postgres: EmbeddedPostgres, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Owned]:
    """One database for all operations: what one call leaves behind the next may find."""
    with pytest.MonkeyPatch.context() as patch, copy_of(postgres, template) as url:
        patch.setenv("DATABASE_URL", url)
        patch.setenv("SKINCARE_VAR", str(tmp_path_factory.mktemp("var")))
        patch.setattr(passwords, "ROUNDS", 4)
        for limit in _LIMITS:
            patch.setenv(f"SKINCARE_{limit}", "1000000")
        settings.cache_clear()
        engine = create_engine(url)
        with data.database.use(engine):
            yield Owned()
        engine.dispose()
    settings.cache_clear()


SCHEMA: Any = schemathesis.openapi.from_dict(
    document(),
    config=SchemathesisConfig(
        projects=ProjectsConfig(
            default=ProjectConfig(
                base_url=f"http://testserver{PREFIX}",
                generation=GenerationConfig(max_examples=EXAMPLES, deterministic=True),
            )
        )
    ),
)


@SCHEMA.parametrize()  # type: ignore[untyped-decorator]
def test_every_answer_to_the_owner_is_as_documented(case: Any, owned: Owned) -> None:
    call(case, owned, owned.ada)


@SCHEMA.parametrize()  # type: ignore[untyped-decorator]
def test_every_answer_to_somebody_else_is_as_documented_and_tells_nothing(
    case: Any, owned: Owned
) -> None:
    for answer in call(case, owned, owned.eve):
        assert str(owned.ada.user_id).encode() not in answer.content
        assert owned.ada.email.encode() not in answer.content


def call(case: Any, owned: Owned, who: Person) -> list[Any]:
    """As it was made, and with the id of Ada's check where an id is asked for."""
    if (case.method.upper(), case.path) == ("DELETE", "/users/me"):
        who = person()  # the example in the document is the password of everybody here
    answers = [send(case, owned, who)]
    if "analysis_id" in (case.path_parameters or {}):
        is_delete = case.method.upper() == "DELETE"
        case.path_parameters["analysis_id"] = str(owned.deletable() if is_delete else owned.check)
        answers.append(send(case, owned, who))
    return answers


def send(case: Any, owned: Owned, who: Person) -> Any:
    headers = {"authorization": f"Bearer {owned.token(who)}"}
    return case.call_and_validate(app=owned.app, headers=headers, checks=CHECKS)
