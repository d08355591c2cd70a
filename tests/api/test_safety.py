"""The safety questions over the API, and the gate before POST /analysis."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, text

from core.metrics import Metric
from data.database import transaction
from pipeline.safety.questions import questionnaire
from tests.api.calling import Person, TestClient, assert_problem, person
from tests.api.checking import calling, files, scored
from tests.stand_in import photo_that

AGREED = {"wording_version": "1"}
CONSENT = "users/me/consents/safety_answers"
PHOTO = photo_that("is scored")


def answers(*ticked: str) -> dict[str, object]:
    return {"version": questionnaire().version, "ticked": ticked}


def today() -> str:
    return datetime.now(UTC).date().isoformat()


def test_the_way_from_the_questions_to_the_first_check(database: Connection, var: object) -> None:
    new = person(consent_to_analysis=False)
    with calling(new) as client:
        assert client.put("users/me/consents/analysis", json=AGREED).status_code == 200
        answer = client.post("analysis", files=files(PHOTO))
        found = assert_problem(answer, 403, "safety-questions-due")
        assert "Answer the safety questions first" in found["detail"]
        asked = client.get("safety/questionnaire").json()
        told = {"version": asked["version"], "ticked": []}
        assert_problem(client.post("safety/answers", json=told), 403, "not-allowed")
        assert client.put(CONSENT, json=AGREED).status_code == 200
        assert client.post("safety/answers", json=told).status_code == 201
        assert client.post("analysis", files=files(PHOTO)).status_code == 202


def test_a_red_flag_is_a_problem_of_its_own_that_says_where_to_turn(client: TestClient) -> None:
    raised = client.post("safety/answers", json=answers("airway")).json()
    assert raised["flags"][0]["flag_id"] == "F1"
    assert raised["stops"]["everything"] is True
    found = assert_problem(client.post("analysis", files=files(PHOTO)), 403, "red-flag")
    assert found["detail"].startswith("Get emergency help now.")


def test_it_was_seen_and_the_next_check_is_taken(client: TestClient) -> None:
    raised = client.post("safety/answers", json=answers("around_eye")).json()["flags"]
    path = f"safety/flags/{raised[0]['raised_id']}/seen"
    for wrong in ("2020-01-01", "2999-01-01"):
        answer = client.post(path, json={"seen_on": wrong})
        assert_problem(answer, 422, "invalid-input")
    assert client.post("safety/answers", json=answers()).json()["flags"] == raised
    left = client.post(path, json={"seen_on": today()}).json()
    assert left["flags"] == []
    assert left["questions_due"] is False
    assert_problem(client.post(path, json={"seen_on": today()}), 404, "not-found")
    assert client.post("analysis", files=files(PHOTO)).status_code == 202


def test_old_questions_and_unknown_answers_are_refused(client: TestClient) -> None:
    old = {"version": "2020-01-01", "ticked": []}
    assert_problem(client.post("safety/answers", json=old), 409, "conflict")
    assert_problem(client.post("safety/answers", json=answers("F9")), 422, "invalid-input")
    assert client.get("safety/flags").json()["flags"] == []


def test_withdrawing_the_consent_deletes_the_answers_and_closes_the_gate(
    client: TestClient,
) -> None:
    client.post("safety/answers", json=answers("mark_changed"))
    assert client.delete(CONSENT).status_code == 200
    standing = client.get("safety/flags").json()
    assert standing["flags"] == []
    assert standing["answered_at"] is None
    assert standing["questions_due"] is True
    assert_problem(client.post("analysis", files=files(PHOTO)), 403, "safety-questions-due")


def test_a_metric_that_a_flag_stops_is_withheld_with_its_reason(
    client: TestClient, ada: Person
) -> None:
    client.post("safety/answers", json=answers("mark_changed"))
    check = client.get(f"analysis/{scored(ada)}").json()
    spots = check["scores"][Metric.SPOTS]
    assert spots["value"] is None
    assert "safety questions" in spots["abstained_because"]
    assert check["scores"][Metric.PORES]["value"] is not None
    advice = client.get("recommendations").json()
    assert [each["flag"] for each in advice["turn_to"]] == ["F10"]
    concerns = [concern["metric"] for concern in advice["advice"]["concerns"]]
    assert Metric.SPOTS not in concerns


def test_the_questions_are_due_again_after_a_month(client: TestClient, ada: Person) -> None:
    for days, due in ((29, False), (31, True)):
        with transaction() as session:
            session.execute(
                text("UPDATE safety_answers SET answered_at = now() - make_interval(days => :d)"),
                {"d": days},
            )
        assert client.get("safety/flags").json()["questions_due"] is due
