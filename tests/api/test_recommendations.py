"""Advice and health answers over the API."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from core.metrics import Metric
from data.database import transaction
from tests.api.calling import Person, TestClient, assert_problem, person
from tests.api.checking import calling, submitted
from tests.data.checks import simulated_check

TOLD = {
    "pregnancy": "none",
    "allergies": [],
    "conditions": [],
    "medicines": [],
    "uses": [],
    "country": "DE",
    "reacted_to": ["ascorbic-acid"],
}
CONSENT = "users/me/consents/health_answers"
AGREED = {"wording_version": "1"}


@pytest.fixture
def ada(var: Path, database: Connection) -> Person:
    return person(age=30, skin_type="normal")


@pytest.fixture
def client(ada: Person) -> Iterator[TestClient]:
    with calling(ada) as found:
        yield found


def check(ada: Person) -> str:
    with transaction() as session:
        return str(simulated_check(session, ada.user_id, {Metric.FINE_LINES: 60.0}))


def told(client: TestClient, **more: Any) -> None:
    assert client.put(CONSENT, json=AGREED).status_code == 200
    assert client.put("users/me/health-answers", json={**TOLD, **more}).status_code == 200


def begun(advice: dict[str, Any]) -> list[str]:
    steps = advice["advice"]["morning"] + advice["advice"]["evening"]
    return [step["ingredient"] for step in steps if step["is_new_active"]]


def test_without_a_scored_check_there_is_no_advice(client: TestClient, ada: Person) -> None:
    answer = client.get("recommendations")
    assert_problem(answer, 404, "not-found")
    assert "no scored check" in answer.json()["detail"]
    waiting = submitted(ada)
    answer = client.get(f"analysis/{waiting}/recommendations")
    assert_problem(answer, 404, "not-found")
    assert "no scores" in answer.json()["detail"]


def test_the_newest_checks_advice_is_that_of_the_check_itself(
    client: TestClient, ada: Person
) -> None:
    newest = check(ada)
    found = client.get("recommendations").json()
    assert found == client.get(f"analysis/{newest}/recommendations").json()
    assert found["analysis_id"] == newest
    assert [step["slot"] for step in found["advice"]["morning"]] == [
        "cleanse",
        "moisturise",
        "protect",
    ]
    assert "medicines that you take" in found["advice"]["still_to_tell"]
    assert found["with_answers"] is False


def test_pregnancy_takes_retinol_away_with_the_reason_and_the_earlier_advice_is_kept(
    client: TestClient, ada: Person
) -> None:
    check(ada)
    told(client)
    before = client.get("recommendations").json()
    assert begun(before) == ["retinol"]
    client.put("users/me/health-answers", json={"pregnancy": "pregnant"})
    after = client.get("recommendations").json()
    assert begun(after) == []
    [retinol] = [w for w in after["advice"]["why_not"] if w["ingredient"] == "retinol"]
    assert retinol["kind"] == "person"
    assert "Not in pregnancy" in retinol["because"][0]
    assert after["because"] == "answers"
    assert before["advice_id"] in [each["advice_id"] for each in after["earlier"]]


def test_answers_need_their_consent_and_are_deleted_with_it(
    client: TestClient, ada: Person, database: Connection
) -> None:
    check(ada)
    answer = client.put("users/me/health-answers", json=TOLD)
    assert_problem(answer, 403, "not-allowed")
    told(client, pregnancy="pregnant")
    assert client.get("users/me/health-answers").json()["pregnancy"] == "pregnant"
    assert client.delete(CONSENT).status_code == 200
    answers = client.get("users/me/health-answers").json()
    assert answers["pregnancy"] is None
    assert answers["allergies"] is None
    kept = database.execute(
        text(
            "SELECT recommendations::text FROM analysis_results WHERE recommendations IS NOT NULL"
            " UNION ALL SELECT content::text FROM earlier_advice"
        )
    )
    assert [each for each in kept.scalars() if "pregnancy, while" in each] == []
    assert client.get("recommendations").json()["with_answers"] is False


def test_an_absent_field_stays_and_null_takes_it_back(client: TestClient) -> None:
    told(client)
    client.put("users/me/health-answers", json={"budget": "low"})
    answers = client.get("users/me/health-answers").json()
    assert (answers["budget"], answers["pregnancy"], answers["uses"]) == ("low", "none", [])
    answers = client.put("users/me/health-answers", json={"pregnancy": None, "uses": None}).json()
    assert (answers["pregnancy"], answers["uses"]) == (None, None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"pregnancy": "maybe"},
        {"allergies": ["cats"]},
        {"uses": ["snake oil"]},
        {"uses": ["retinol\x00"]},
        {"reacted_to": [7]},
        {"country": "XX"},
        {"country": "us"},
        {"budget": 3},
        {"age": 30},
        {"free_of": ["oat"] * 61},
    ],
    ids=str,
)
def test_what_is_not_an_answer_is_refused(client: TestClient, wrong: dict[str, Any]) -> None:
    told(client)
    before = client.get("users/me/health-answers").json()
    assert_problem(client.put("users/me/health-answers", json=wrong), 422, "invalid-input")
    assert client.get("users/me/health-answers").json() == before
