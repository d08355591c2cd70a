"""Lists of checks over the API: pages, filters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from core.metrics import Metric
from data.database import transaction
from tests.api.calling import Person, TestClient, assert_problem
from tests.api.checking import scored, submitted
from tests.data.checks import simulated_check
from tests.stand_in import photo_that

PHOTO = photo_that("is scored")


def test_the_list_is_newest_first_in_pages_with_the_number_of_all(
    client: TestClient, ada: Person
) -> None:
    checks = [str(scored(ada, seed)) for seed in range(3)]
    whole = client.get("analysis").json()
    assert [c["id"] for c in whole["analyses"]] == checks[::-1]
    assert whole["total"] == 3
    page = client.get("analysis", params={"limit": 1, "offset": 1}).json()
    assert ([c["id"] for c in page["analyses"]], page["total"]) == ([checks[1]], 3)
    assert client.get("analysis", params={"offset": 3}).json() == {"analyses": [], "total": 3}


def test_the_list_can_be_narrowed_by_time_and_state(client: TestClient, ada: Person) -> None:
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    with transaction() as session:
        first, second = (
            simulated_check(
                session, ada.user_id, {Metric.PORES: 40.0}, at=noon + timedelta(hours=h)
            )
            for h in (-1, 1)
        )
    waiting = submitted(ada)
    for given, expected in (
        ({"since": noon.isoformat()}, [waiting, second]),
        ({"until": noon.isoformat()}, [first]),
        ({"since": "2026-11-20T14:00:00+02:00", "until": "2026-11-20T13:00:00Z"}, []),
        ({"since": "2026-11-20T14:00:00+02:00", "until": "2026-11-20T13:00:01Z"}, [second]),
        ({"status": "queued"}, [waiting]),
    ):
        found = client.get("analysis", params=given).json()
        assert [c["id"] for c in found["analyses"]] == [str(id_) for id_ in expected]
        assert found["total"] == len(expected)


@pytest.mark.parametrize(
    "given",
    [
        {"since": "2026-01-01T00:00:00"},
        {"since": "yesterday"},
        {"since": "0.5"},  # seconds since 1970, which the document does not promise
        {"until": "9" * 400},
        {"status": "nearly"},
        {"limit": 0},
        {"limit": 101},
        {"offset": 2**63},
        {"offset": -1},
        {"limit": "\x00"},
    ],
    ids=lambda given: "-".join(f"{k}-{str(v)[:12]!r}" for k, v in given.items()),
)
def test_a_filter_that_makes_no_sense_is_named(client: TestClient, given: dict[str, Any]) -> None:
    answer = client.get("analysis", params=given)
    assert_problem(answer, 422, "invalid-input")
    assert next(iter(given)) in answer.json()["detail"]


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_times_at_the_ends_of_the_calendar_do_no_harm(client: TestClient, at: str) -> None:
    for name in ("since", "until"):
        assert client.get("analysis", params={name: at}).status_code in (200, 422)
        assert client.get("analysis/trends", params={name: at}).status_code in (200, 422)


def test_who_only_reads_lists_is_noted_as_seen_once_a_minute(
    client: TestClient, database: Connection
) -> None:
    def seen() -> datetime:
        found = database.execute(text("SELECT last_seen_at FROM auth_sessions")).scalar_one()
        assert isinstance(found, datetime)
        return found

    first = seen()
    client.get("analysis")
    assert seen() == first
    database.execute(text("UPDATE auth_sessions SET last_seen_at = now() - interval '2 minutes'"))
    long_ago = seen()
    client.get("analysis")
    assert seen() - long_ago > timedelta(minutes=1)


def test_the_list_is_closed_to_a_token_whose_session_has_ended(
    client: TestClient, ada: Person
) -> None:
    assert client.post("auth/logout").status_code == 204
    assert_problem(client.get("analysis"), 401, "not-signed-in")
