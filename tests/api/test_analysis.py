"""Sending photos over the API, and what it says of the check."""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from api.v1.app import PREFIX
from core.metrics import Metric
from core.people import Purpose
from core.settings import settings
from data.database import read, transaction
from pipeline import consents
from tests.api.calling import Person, TestClient, assert_problem, person
from tests.api.checking import at, calling, files, score, scored, submitted
from tests.attacks.naughty import STRINGS
from tests.stand_in import MODEL_VERSION, photo_that

PHOTO = photo_that("is scored")


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


@pytest.mark.parametrize("count", [1, 5])
def test_photos_are_never_written_to_a_temporary_file(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    """There they would lie unencrypted. Here no such file can be made."""
    monkeypatch.setattr(tempfile, "tempdir", "/there/is/no/such/folder")
    with pytest.raises(FileNotFoundError):
        tempfile.TemporaryFile()  # noqa: SIM115 # none is opened
    sent = [photo_that("is scored", seed=seed) + b"\0" * 3 * 2**20 for seed in range(count)]
    assert client.post("analysis", files=files(*sent)).status_code == 202


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
