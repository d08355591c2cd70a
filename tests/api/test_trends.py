"""The scores over time, over the API."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Connection, text

from core.metrics import Metric
from data.database import transaction
from pipeline import jobs, noise
from pipeline.noise import Noise
from tests.api.calling import Person, TestClient, assert_problem, person
from tests.api.checking import calling, submitted
from tests.data.checks import simulated_check
from tests.stand_in import examination

START = datetime(2026, 10, 1, 8, tzinfo=UTC)
PORES = [50.0, 52.0, 70.0]


@pytest.fixture
def ada(var: Path, database: Connection, monkeypatch: pytest.MonkeyPatch) -> Person:
    monkeypatch.setattr(noise, "of_models", lambda: Noise({Metric.PORES: 7.0}))
    return person()


@pytest.fixture
def client(ada: Person) -> Iterator[TestClient]:
    with calling(ada) as found:
        yield found


@pytest.fixture
def checks(ada: Person) -> list[UUID]:
    with transaction() as session:
        return [
            simulated_check(
                session, ada.user_id, {Metric.PORES: value}, at=START + timedelta(days=7 * week)
            )
            for week, value in enumerate(PORES)
        ]


def test_each_step_has_its_verdict_and_says_why(client: TestClient, checks: list[UUID]) -> None:
    found = client.get("analysis/trends").json()
    assert found["total"] == 3
    assert found["trends"].keys() == {metric.value for metric in Metric}
    pores = found["trends"]["pores"]
    assert [p["analysis_id"] for p in pores["points"]] == [str(check) for check in checks]
    assert [p["score"]["value"] for p in pores["points"]] == PORES
    first, second, third = (p["change"] for p in pores["points"])
    assert first is None
    assert [p["smallest_detectable_change"] for p in pores["points"]] == [None, 7.0, 7.0]
    assert [p["noise_of"] for p in pores["points"]] == [None, "model", "model"]
    assert (second["verdict"], second["delta"]) == ("within noise", 2.0)
    assert (third["verdict"], third["delta"]) == ("real change", 18.0)
    assert "7 points" in third["because"]
    assert found["trends"]["redness"]["points"] == []


def test_a_step_between_two_models_is_not_compared(client: TestClient, checks: list[UUID]) -> None:
    with transaction() as session:
        session.execute(
            text("UPDATE analysis_results SET model_version = 'newer' WHERE id = :id"),
            {"id": checks[2]},
        )
    last = client.get("analysis/trends").json()["trends"]["pores"]["points"][2]
    assert (last["model_version"], last["model_changed"]) == ("newer", True)
    assert (last["change"]["verdict"], last["change"]["delta"]) == ("not comparable", None)


def test_without_known_noise_nothing_is_called_a_change(
    client: TestClient, checks: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(noise, "of_models", lambda: Noise({}))
    last = client.get("analysis/trends").json()["trends"]["pores"]["points"][2]
    assert (last["smallest_detectable_change"], last["noise_of"]) == (None, None)
    assert last["change"]["verdict"] == "not comparable"


def test_three_photos_of_one_moment_make_the_noise_the_persons_own(
    client: TestClient, ada: Person
) -> None:
    for check in range(2):
        analysis_id = submitted(ada, *range(3 * check, 3 * check + 3))
        values = iter((40.0, 41.0, 42.0))
        jobs.examine(analysis_id, lambda *_, values=values: examination(next(values)))
    last = client.get("analysis/trends").json()["trends"]["pores"]["points"][1]
    assert (last["noise_of"], last["own_photos"]) == ("own photos", 6)
    assert "your own photos" in last["change"]["because"].lower()


def test_a_period_and_metrics_can_be_chosen(client: TestClient, checks: list[UUID]) -> None:
    given = {
        "since": (START + timedelta(days=7)).isoformat(),
        "until": (START + timedelta(days=14)).isoformat(),
        "metric": ["pores", "redness"],
    }
    found = client.get("analysis/trends", params=given).json()
    assert found["trends"].keys() == {"pores", "redness"}
    (point,) = found["trends"]["pores"]["points"]
    assert (point["analysis_id"], point["change"]) == (str(checks[1]), None)


def test_checks_that_are_not_scored_are_no_points(client: TestClient, ada: Person) -> None:
    submitted(ada)
    assert client.get("analysis/trends").json()["total"] == 0


@pytest.mark.parametrize(
    "given", [{"metric": "beauty"}, {"metric": ["pores"] * 10}, {"since": "2026-01-01"}], ids=str
)
def test_what_is_no_filter_is_refused(client: TestClient, given: dict[str, object]) -> None:
    assert_problem(client.get("analysis/trends", params=given), 422, "invalid-input")
