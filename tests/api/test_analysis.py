"""Checks over the API: sending photos, waiting, reading, deleting."""

from __future__ import annotations

import asyncio
import io
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from PIL import Image
from sqlalchemy import Connection, Engine, text

import data.database
from api.v1.app import PREFIX
from api.v1.routes import analysis as routes
from core.metrics import Metric
from core.people import Purpose
from core.settings import settings
from data.database import read, transaction
from pipeline import consents, jobs
from tests.api.calling import Person, TestClient, assert_problem, person, served
from tests.api.checking import calling, files, score, scored, submitted
from tests.attacks.naughty import STRINGS
from tests.data.checks import simulated_check
from tests.stand_in import MODEL_VERSION, photo_that

PHOTO = photo_that("is scored")


@pytest.fixture
def ada(var: Path, database: Connection) -> Person:
    """In one transaction, so one request at a time."""
    return person()


@pytest.fixture
def client(ada: Person) -> Iterator[TestClient]:
    with calling(ada) as found:
        yield found


@pytest.fixture
def bea(var: Path, fresh_database: str) -> Person:
    """In a database of her own: several requests, and a worker beside them."""
    return person()


@pytest.fixture
def busy_client(bea: Person) -> Iterator[TestClient]:
    with calling(bea) as found:
        yield found


def at(address: str) -> str:
    """An address that an answer names, whole."""
    return f"http://testserver{address}"


def count(table: str) -> int:
    with read() as session:
        return int(session.scalar(text(f"SELECT count(*) FROM {table}")) or 0)  # noqa: S608


# ------------------------------------------------------------------ sending


def test_a_photo_is_taken_at_once_and_its_place_is_told(client: TestClient, ada: Person) -> None:
    answer = client.post("analysis", files=files(PHOTO))
    assert answer.status_code == 202
    check = answer.json()
    assert (check["status"], check["stage"], check["scores"]) == ("queued", "waiting", {})
    assert check["user_id"] == str(ada.user_id)
    assert answer.headers["location"] == f"{PREFIX}/analysis/{check['id']}"
    assert client.get(at(answer.headers["location"])).json() == check


def test_several_photos_are_one_check(client: TestClient) -> None:
    sent = [photo_that("is scored", seed=seed) for seed in range(3)]
    check = client.post("analysis", files=files(*sent)).json()
    score(UUID(check["id"]))
    shots = client.get(f"analysis/{check['id']}").json()["shots"]
    assert [shot["position"] for shot in shots] == [1, 2, 3]
    assert all(client.get(at(shot["photo_url"])).status_code == 200 for shot in shots)
    assert count("analysis_results") == 1


def test_a_scored_check_shows_scores_intervals_abstentions_regions_and_founding_fields(
    client: TestClient, ada: Person
) -> None:
    check = client.get(f"analysis/{scored(ada)}").json()
    assert (check["status"], check["model_version"]) == ("scored", MODEL_VERSION)
    assert check["scores"].keys() == {metric.value for metric in Metric}
    assert check["scores"]["pores"] == {
        "value": 40.0,
        "low": 35.0,
        "high": 45.0,
        "abstained_because": None,
        "direction": "lower_is_better",
        "evidence": check["scores"]["pores"]["evidence"],
    }
    assert check["scores"]["hydration"]["abstained_because"] == "The cheeks are covered."
    assert [check[name] for name in ("skin_score", "oiliness", "elasticity", "pores")] == [40.0] * 4
    assert check["hydration"] is None
    assert check["image_url"] == f"{PREFIX}/analysis/{check['id']}/photo"
    assert check["regions"]["chin"]["pores"]["value"] == 40.0
    assert check["quality"]["face_width"] == 300.0
    assert check["quality"]["roll"] is None  # not measured
    assert check["ita"] == 31.5
    assert "recommendations" not in check  # nothing advises yet


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"files": []}, (422, "invalid-input")),
        ({"files": files(*[PHOTO] * 6)}, (422, "invalid-input")),
        ({"files": [("photo", ("a.png", PHOTO, "image/png"))]}, (422, "invalid-input")),
        ({"files": files(b"no photo at all")}, (422, "unreadable-photo")),
        ({"files": files(b"")}, (422, "unreadable-photo")),
        ({"data": {"photos": "text"}}, (422, "invalid-input")),
        ({"json": {"photos": []}}, (415, "unsupported-media-type")),
        (
            {"content": PHOTO, "headers": {"content-type": "image/png"}},
            (415, "unsupported-media-type"),
        ),
        (
            {
                "content": b"nonsense",
                "headers": {"content-type": "multipart/form-data; boundary=x"},
            },
            (400, "invalid-request"),
        ),
    ],
    ids="none six other-field text empty field-text json raw no-multipart".split(),
)
def test_what_is_no_photo_is_refused_and_leaves_nothing(
    client: TestClient, sent: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert_problem(client.post("analysis", **sent), *expected)
    assert (count("analysis_results"), count("photos")) == (0, 0)


def test_a_photo_over_the_limit_is_too_large(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SKINCARE_PHOTO_MAX_MB", "1")
    settings.cache_clear()
    answer = client.post("analysis", files=files(PHOTO + b"\0" * 2**20))
    assert_problem(answer, 413, "too-large")


def test_without_the_consent_no_photo_is_taken(client: TestClient, ada: Person) -> None:
    with transaction() as session:
        consents.withdraw(session, ada.user_id, Purpose.ANALYSIS)
    assert_problem(client.post("analysis", files=files(PHOTO)), 403, "not-allowed")


def test_more_checks_than_may_wait_are_answered_with_when_to_try_again(
    client: TestClient, ada: Person
) -> None:
    for seed in range(settings().photos_waiting_per_user):
        submitted(ada, seed)
    answer = client.post("analysis", files=files(PHOTO))
    assert_problem(answer, 429, "too-many")
    assert int(answer.headers["retry-after"]) > 0


# ------------------------------------------------------------------ the same again


def test_the_same_key_and_photo_are_the_same_check(client: TestClient) -> None:
    key = {"idempotency-key": "morning"}
    first = client.post("analysis", files=files(PHOTO), headers=key)
    again = client.post("analysis", files=files(PHOTO), headers=key)
    assert first.json()["id"] == again.json()["id"]
    score(UUID(first.json()["id"]))
    assert client.post("analysis", files=files(PHOTO), headers=key).status_code == 200
    other = client.post("analysis", files=files(photo_that("is scored", seed=1)), headers=key)
    assert_problem(other, 409, "conflict")
    assert client.post("analysis", files=files(PHOTO)).json()["id"] != first.json()["id"]


def test_one_key_means_something_else_for_everybody(client: TestClient, ada: Person) -> None:
    key = {"idempotency-key": "morning"}
    hers = client.post("analysis", files=files(PHOTO), headers=key).json()
    with calling(person()) as other:
        answer = other.post("analysis", files=files(PHOTO), headers=key)
    assert answer.status_code == 202
    assert answer.json()["id"] != hers["id"]


@pytest.mark.slow
def test_twenty_identical_uploads_at_once_are_one_check(busy_client: TestClient) -> None:
    def send(_: int) -> httpx.Response:
        key = {"idempotency-key": "twenty times"}
        answer: httpx.Response = busy_client.post("analysis", files=files(PHOTO), headers=key)
        return answer

    with ThreadPoolExecutor(20) as pool:
        found = list(pool.map(send, range(20)))
    assert {answer.status_code for answer in found} == {202}
    assert len({answer.json()["id"] for answer in found}) == 1
    assert (count("analysis_results"), count("photos")) == (1, 1)
    assert count("procrastinate_jobs WHERE task_name = 'examine_photo'") == 1


@pytest.mark.slow
def test_a_naughty_key_is_a_key_or_is_refused(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKINCARE_PHOTOS_WAITING_PER_USER", "1000")
    monkeypatch.setenv("SKINCARE_PHOTOS_PER_DAY", "1000")
    monkeypatch.setenv("SKINCARE_API_UPLOADS_PER_MINUTE", "1000")
    settings.cache_clear()
    with calling(ada) as client:
        for naughty in STRINGS:
            key = {b"idempotency-key": naughty.encode()}
            answer = client.post("analysis", files=files(PHOTO), headers=key)
            assert answer.status_code in (202, 422), (naughty, answer.text)
            if answer.status_code == 422 and len(naughty) > 3:
                assert naughty not in answer.text


@pytest.mark.slow
def test_a_naughty_file_name_changes_nothing(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKINCARE_API_UPLOADS_PER_MINUTE", "1000")
    settings.cache_clear()
    with calling(ada) as client:
        for naughty in STRINGS:
            sent = [("photos", (naughty or "x", PHOTO, "image/png"))]
            answer = client.post("analysis", files=sent, headers={"idempotency-key": "one"})
            # Longer headers of a part than are read are a request that cannot be read.
            expected = 400 if len(naughty) > 1000 else 202
            assert answer.status_code == expected, (naughty, answer.text)


# ------------------------------------------------------------------ waiting


def test_who_waits_gets_the_finished_check(busy_client: TestClient) -> None:
    check = busy_client.post("analysis", files=files(PHOTO)).json()
    later = threading.Timer(0.4, score, [UUID(check["id"])])
    later.start()
    began = time.monotonic()
    answer = busy_client.get(f"analysis/{check['id']}", params={"wait": 20})
    later.join()
    assert answer.json()["status"] == "scored"
    assert time.monotonic() - began < 10


def test_an_upload_can_wait_for_its_own_result(
    busy_client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def at_once(_session: Any, analysis_id: UUID) -> None:
        threading.Timer(0.3, score, [analysis_id]).start()

    monkeypatch.setattr(jobs, "enqueue", at_once)
    answer = busy_client.post("analysis", files=files(PHOTO), params={"wait": 20})
    assert (answer.status_code, answer.json()["status"]) == (200, "scored")


def test_when_the_time_is_over_the_check_is_shown_as_it_stands(client: TestClient) -> None:
    began = time.monotonic()
    answer = client.post("analysis", files=files(PHOTO), params={"wait": 0.5})
    assert (answer.status_code, answer.json()["status"]) == (202, "queued")
    assert 0.5 <= time.monotonic() - began < 8


@pytest.mark.parametrize("wait", ["-1", "31", "nan", "inf", "soon", "1e400"])
def test_nobody_waits_longer_than_half_a_minute(client: TestClient, wait: str) -> None:
    answer = client.get(f"analysis/{uuid4()}", params={"wait": wait})
    assert_problem(answer, 422, "invalid-input")


def test_who_waits_for_a_check_that_is_deleted_is_answered_soon(
    busy_client: TestClient, bea: Person
) -> None:
    check = submitted(bea)
    threading.Timer(0.3, lambda: busy_client.delete(f"analysis/{check}")).start()
    began = time.monotonic()
    busy_client.get(f"analysis/{check}", params={"wait": 20})
    assert time.monotonic() - began < 10


@pytest.mark.slow
def test_hundred_who_wait_hold_neither_threads_nor_connections(bea: Person) -> None:
    """A thread each would stop the server at 40, a connection each at 20."""
    check = submitted(bea)
    engine = data.database.engine()
    assert isinstance(engine, Engine)
    held: list[tuple[int, int]] = []

    async def many() -> list[httpx.Response]:
        transport = httpx.ASGITransport(served(settings()))
        async with httpx.AsyncClient(
            transport=transport,
            base_url=f"http://testserver{PREFIX}",
            headers={"authorization": f"Bearer {bea.access}"},
        ) as client:
            address = f"analysis/{check}"
            waiting = [
                asyncio.create_task(client.get(address, params={"wait": 20})) for _ in range(100)
            ]
            while sum(map(len, routes._waiters._waiting.values())) < 100:
                await asyncio.sleep(0.05)
            assert not any(task.done() for task in waiting)
            for _ in range(20):
                held.append((engine.pool.checkedout(), _busy_threads()))  # type: ignore[attr-defined]
                await asyncio.sleep(0.02)
            assert (await client.get("analysis")).status_code == 200  # nobody is shut out
            await asyncio.to_thread(score, check)
            return await asyncio.gather(*waiting)

    found = asyncio.run(many())
    assert {answer.json()["status"] for answer in found} == {"scored"}
    assert max(connections for connections, _ in held) <= 1
    assert max(threads for _, threads in held) <= 1


def _busy_threads() -> int:
    """Threads of the pool that are inside a question to the database."""
    import sys

    inside = 0
    for frame in sys._current_frames().values():
        while frame is not None:
            if frame.f_code.co_name == "_unfinished":
                inside += 1
                break
            frame = frame.f_back  # type: ignore[assignment]
    return inside


# ------------------------------------------------------------------ lists


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


# ------------------------------------------------------------------ pictures


def test_the_photo_comes_as_it_is_kept_or_smaller(client: TestClient, ada: Person) -> None:
    check = scored(ada)
    answer = client.get(f"analysis/{check}/photo")
    assert answer.headers["content-type"] == "image/jpeg"
    assert Image.open(io.BytesIO(answer.content)).size == (300, 400)
    small = client.get(f"analysis/{check}/photo", params={"longest_side": 100})
    assert Image.open(io.BytesIO(small.content)).size == (75, 100)
    assert_problem(client.get(f"analysis/{check}/photo?shot=2"), 404, "not-found")


def test_each_map_that_the_check_lists_is_a_png_and_no_other_is_there(
    client: TestClient, ada: Person
) -> None:
    check = client.get(f"analysis/{scored(ada)}").json()
    assert set(check["maps"]) == {m.value for m in Metric} - {"skin_score", "hydration"}
    for metric in Metric:
        answer = client.get(f"analysis/{check['id']}/maps/{metric.value}.png")
        if metric.value not in check["maps"]:
            assert_problem(answer, 404, "not-found")
            continue
        picture = Image.open(io.BytesIO(answer.content))
        assert (answer.headers["content-type"], picture.format) == ("image/png", "PNG")
        assert picture.size == (768, 960)
        assert client.get(at(check["maps"][metric.value])).content == answer.content


def test_a_check_without_scores_has_no_maps(client: TestClient, ada: Person) -> None:
    answer = client.get(f"analysis/{submitted(ada)}/maps/pores.png")
    assert_problem(answer, 404, "not-found")


def test_what_a_program_has_already_is_not_sent_again(client: TestClient, ada: Person) -> None:
    check = submitted(ada)
    for address in (f"analysis/{check}", f"analysis/{check}/photo"):
        etag = client.get(address).headers["etag"]
        again = client.get(address, headers={"if-none-match": f'"other", {etag}'})
        assert (again.status_code, again.content) == (304, b"")
    before = client.get(f"analysis/{check}").headers["etag"]
    score(check)
    changed = client.get(f"analysis/{check}", headers={"if-none-match": before})
    assert changed.status_code == 200


def test_a_deleted_check_is_gone_with_its_photo_and_maps(
    client: TestClient, ada: Person, var: Path
) -> None:
    check = scored(ada, 0, 1)
    assert client.delete(f"analysis/{check}").status_code == 204
    for rest in ("", "/photo", "/maps/pores.png"):
        assert_problem(client.get(f"analysis/{check}{rest}"), 404, "not-found")
    assert_problem(client.delete(f"analysis/{check}"), 404, "not-found")
    assert [file for file in (var / "photos").rglob("*") if file.is_file()] == []
