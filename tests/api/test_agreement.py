"""The agreement board over the API."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection

from core.analytics import FLOOR
from core.metrics import Metric
from core.people import Role
from data.database import transaction
from tests.api.calling import Api, Person, assert_problem, person
from tests.consulting import staff
from tests.grading import asked, checked, graded

ADDRESS = "/analytics/agreement"


@pytest.fixture
def analyst(var: Path, database: Connection) -> Person:
    with transaction() as session:
        reader = staff(session)
        for number in range(FLOOR):
            case = asked(session)
            check = checked(session, case[0].user_id, {Metric.PORES: 5.0 * number})
            graded(session, case, check, reader, {Metric.PORES: 5.0 * number + 3})
    return person(Role.ANALYST)


def test_a_graded_metric_has_its_figures_and_others_say_nothing(api: Api, analyst: Person) -> None:
    found = api("get", ADDRESS, token=analyst.access).json()
    lines = {line["graded"]: line for line in found["model"] if line["tone_band"] is None}
    assert lines["pores"]["people"] == FLOOR
    assert lines["pores"]["bias"]["value"] == pytest.approx(-3)
    assert lines["pores"]["limits"] == pytest.approx([-3, -3])
    assert lines["redness"] == {
        "graded": "redness",
        "tone_band": None,
        "people": None,
        "pairs": None,
        "icc": None,
        "kappa": None,
        "bias": None,
        "limits": None,
    }


def test_a_version_that_nobody_graded_is_refused(api: Api, analyst: Person) -> None:
    answer = api("get", f"{ADDRESS}?model_version=0.1", token=analyst.access)
    assert_problem(answer, 422, "invalid-input")
