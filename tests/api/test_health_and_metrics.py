"""What the one who runs it can see: health, and figures for Prometheus."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Connection, text

from core.errors import Unavailable
from core.people import Purpose
from core.settings import Settings, settings
from data.database import transaction
from models.manifest import NAME, WEIGHTS, read_manifest
from pipeline import consents, health
from tests import people
from tests.api.calling import ADDRESS, Api, opened, person
from tests.dashboard.checks import rejected_check, scored_check

LOOPBACK = "127.0.0.1"
TOKEN = "a token of the one who runs it"


def readable_by(address: str, headers: dict[str, str] | None = None, **limits: Any) -> bool:
    given = settings().model_copy(update={**limits})
    with opened(given, address) as client:
        answer = client.get("/metrics", headers=headers or {})
    assert answer.status_code in (200, 404)
    return bool(answer.status_code == 200)


def set_to(**values: str) -> dict[str, Any]:
    """These settings as they are read from the environment."""
    found = Settings(_env_file=None, **values)  # type: ignore[arg-type]
    return {name: getattr(found, name) for name in values}


def test_live_asks_nothing_and_ready_asks_everything(api: Api) -> None:
    whole = {"ready": True, "database": "reached", "queue": "moving", "model": "present"}
    assert api.get("/health/live").json() == {"live": True}
    assert api.get("/health/ready").json() == whole
    assert api.client.get("/health/ready").json() == whole
    assert api.client.get("/health/live").json() == {"live": True}


@pytest.mark.parametrize("root", ["", "/api/v1"])
def test_without_the_database_it_is_not_ready(
    api: Api, root: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise Unavailable("The database does not answer.")

    monkeypatch.setattr("data.database.engine", away)
    answer = api.client.get(f"{root}/health/ready")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert answer.json() == {
        "ready": False,
        "database": "away",
        "queue": "unknown",
        "model": "present",
    }
    assert api.client.get(f"{root}/health/live").status_code == 200


def put_job(age: str, *, queue: str = "photos", priority: int = 0) -> None:
    with transaction() as session:
        job = session.scalar(
            text(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, priority)"
                " VALUES (:queue, 'examine_photo', :priority) RETURNING id"
            ),
            {"queue": queue, "priority": priority},
        )
        session.execute(
            text(
                "UPDATE procrastinate_events SET at = now() - CAST(:age AS interval)"
                " WHERE job_id = :job"
            ),
            {"age": age, "job": job},
        )


@pytest.mark.parametrize(
    ("job", "queue"),
    [
        ({"age": "10 seconds"}, "moving"),
        ({"age": "2 minutes"}, "delayed"),
        ({"age": "2 minutes", "queue": "housekeeping"}, "moving"),
        ({"age": "2 days", "priority": -10}, "moving"),  # what may wait
    ],
)
def test_photos_that_wait_for_long_are_said_and_accepted_all_the_same(
    api: Api, job: dict[str, Any], queue: str
) -> None:
    put_job(**job)
    answer = api.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json()["queue"] == queue


def test_a_missing_or_cut_model_is_said(
    api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = tmp_path / "weights"
    shutil.copytree(WEIGHTS, weights)
    monkeypatch.setattr(health, "WEIGHTS", weights)
    assert api.get("/health/ready").json()["model"] == "present"
    file = weights / read_manifest(weights).file
    file.write_bytes(file.read_bytes()[:-1])
    assert api.get("/health/ready").json()["model"] == "missing"
    file.unlink()
    assert api.get("/health/ready").json()["model"] == "missing"
    (weights / NAME).write_text("{")
    answer = api.get("/health/ready")
    assert (answer.status_code, answer.json()["model"]) == (200, "missing")


# ---------------------------------------------------------------------- who may read the figures


def test_by_default_this_machine_alone_reads_the_figures(database: Connection) -> None:
    assert readable_by(LOOPBACK)
    assert readable_by("::1")
    assert readable_by("::ffff:127.0.0.1")
    for stranger in (ADDRESS, "10.0.0.1", "2001:db8::1", "", "unix"):
        assert not readable_by(stranger), stranger


@pytest.mark.parametrize(
    "name", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Forwarded-Host", "Via"]
)
def test_who_comes_through_a_proxy_on_this_machine_is_no_neighbour(
    database: Connection, name: str
) -> None:
    assert not readable_by(LOOPBACK, {name: "127.0.0.1"})
    named = set_to(metrics_allow="127.0.0.0/8")
    assert not readable_by(LOOPBACK, {name: "127.0.0.1"}, **named)


def test_networks_that_are_named_read_the_figures_and_no_others(database: Connection) -> None:
    named = set_to(metrics_allow="10.0.0.0/8, 2001:db8::/32")
    for address in ("10.1.2.3", "2001:db8::7"):
        assert readable_by(address, **named)
    for address in ("11.0.0.1", "2001:db9::7", LOOPBACK):
        assert not readable_by(address, **named)


def test_a_proxy_that_was_named_says_who_it_is(database: Connection) -> None:
    """The server has put the address that the proxy said in the place of the proxy's own."""
    behind = set_to(metrics_allow="10.0.0.0/8", forwarded_allow_ips="127.0.0.1")
    assert readable_by("10.0.0.1", {"X-Forwarded-For": "10.0.0.1"}, **behind)
    assert not readable_by(ADDRESS, {"X-Forwarded-For": ADDRESS}, **behind)
    unnamed = set_to(forwarded_allow_ips="127.0.0.1")
    assert not readable_by(LOOPBACK, {"X-Forwarded-For": LOOPBACK}, **unnamed)


def test_whoever_has_the_token_reads_the_figures_from_anywhere(database: Connection) -> None:
    named = set_to(metrics_token=TOKEN)
    assert readable_by(ADDRESS, {"Authorization": f"Bearer {TOKEN}"}, **named)
    for wrong in ("", "Bearer", f"Bearer {TOKEN}x", f"Basic {TOKEN}"):
        assert not readable_by(LOOPBACK, {"Authorization": wrong}, **named)
    assert not readable_by(LOOPBACK, **named)  # with a token, the place is not enough
    assert not readable_by(ADDRESS, {"Authorization": f"Bearer {TOKEN}"})  # none was set


@pytest.mark.parametrize("wrong", ["10.0.0.1/8", "everybody", "10.0.0.0/33", "10.0.0.0/8;x"])
def test_networks_that_are_none_are_refused_at_the_start(wrong: str) -> None:
    with pytest.raises(ValueError, match="networks like"):
        Settings(_env_file=None, metrics_allow=wrong)


# ---------------------------------------------------------------------- what they say


@pytest.fixture
def neighbour(database: Connection) -> Iterator[Api]:
    with opened(settings(), LOOPBACK) as client:
        yield Api(client)


def figures(api: Api) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    answer = api.client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_requests_are_counted_by_route_and_status_and_by_nothing_personal(neighbour: Api) -> None:
    ada = person()

    def count(route: str, status: int) -> float:
        labels = (("method", "GET"), ("route", route), ("status", str(status)))
        return figures(neighbour).get(("skincare_api_requests_total", labels), 0.0)

    before = count("/users/me", 200), count("(none)", 404)
    neighbour.get("/users/me", token=ada.access)
    neighbour.get(f"/{ada.email}/{ada.user_id}")
    assert (count("/users/me", 200), count("(none)", 404)) == (before[0] + 1, before[1] + 1)
    everything = json.dumps([str(key) for key in figures(neighbour)])
    for personal in (ada.email, str(ada.user_id), ada.access):
        assert personal not in everything
    timed = ("skincare_api_request_seconds_count", (("method", "GET"), ("route", "/users/me")))
    assert figures(neighbour)[timed] >= 1


def test_an_invented_method_makes_no_label_of_its_own(neighbour: Api) -> None:
    neighbour("CANARY", "/users/me")
    assert "CANARY" not in str(figures(neighbour).keys())


def test_sessions_and_queues_are_as_they_are_now(neighbour: Api) -> None:
    live = ("skincare_sessions_live", ())
    before = figures(neighbour)[live]
    person()
    put_job("90 seconds")
    now = figures(neighbour)
    assert now[live] == before + 1
    assert now["skincare_queue_jobs", (("queue", "photos"), ("state", "waiting"))] == 1
    assert 89 <= now["skincare_queue_oldest_seconds", (("queue", "photos"),)] <= 120
    assert now["skincare_queue_jobs", (("queue", "housekeeping"), ("state", "running"))] == 0
    assert now["skincare_database_up", ()] == 1
    assert now["skincare_model_present", ()] == 1


def test_checks_of_the_last_hour_are_counted_by_state_with_the_models_time(
    neighbour: Api,
) -> None:
    def count(status: str) -> float:
        return figures(neighbour)["skincare_checks_last_hour", (("status", status),)]

    before = {status: count(status) for status in ("scored", "rejected")}
    with transaction() as session:
        who = people.signed_in(session, people.register(session))
        consents.give(session, who.user_id, Purpose.ANALYSIS)
    scored = scored_check(who)
    rejected_check(who, "The photo is too dark.")
    old = scored_check(who)
    with transaction() as session:
        session.execute(text('UPDATE analysis_results SET ms = \'{"face": 400, "skin": 1600}\''))
        session.execute(
            text(
                "UPDATE analysis_results SET created_at = now() - interval '61 minutes',"
                " ms = '{\"face\": 90000}' WHERE id = :old"
            ),
            {"old": old},
        )
        session.execute(
            text("DELETE FROM procrastinate_jobs WHERE queueing_lock = :lock"),
            {"lock": f"examine:{scored}"},
        )
        session.execute(text("UPDATE procrastinate_jobs SET attempts = 2, status = 'todo'"))
        session.execute(text("INSERT INTO procrastinate_workers DEFAULT VALUES"))
    assert count("scored") == before["scored"] + 1
    assert count("rejected") == before["rejected"] + 1
    now = figures(neighbour)
    assert now["skincare_model_seconds", (("quantile", "0.5"),)] == 2
    assert now["skincare_jobs_retrying", ()] == 2
    assert now["skincare_queue_workers", ()] == 1


def test_without_the_database_the_figures_say_so(
    neighbour: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise Unavailable("The database does not answer.")

    monkeypatch.setattr("data.database.engine", away)
    now = figures(neighbour)
    assert now["skincare_database_up", ()] == 0
    assert ("skincare_sessions_live", ()) not in now
