"""Photos in a real S3 server."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from core.analyses import Status
from core.errors import Unavailable
from core.people import Identity
from core.settings import settings
from data import analyses, vault
from data.database import read, transaction
from data.photo_store import PhotoStore, new_key, photo_store
from pipeline import intake, jobs
from tests import object_store, people
from tests.data.stores import put_get_replace_and_delete
from tests.journeys.ports import free_port
from tests.object_store import BUCKET, ObjectStore
from tests.stand_in import examination, photo_that

pytestmark = pytest.mark.slow

Set = Callable[..., None]
LONG_AGO = timedelta(hours=1)
JUST_NOW = timedelta(seconds=-5)  # clocks of two servers may differ by a second


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStore]:
    with object_store.running(tmp_path_factory.mktemp("weed")) as started:
        started.make_ready()
        yield started


@pytest.fixture
def set_() -> Iterator[Set]:
    """Sets settings for this test."""
    with pytest.MonkeyPatch.context() as patch:

        def now(**given: str) -> None:
            for name, value in given.items():
                patch.setenv(name, value)
            settings.cache_clear()

        yield now
    settings.cache_clear()


@pytest.fixture
def store(server: ObjectStore, set_: Set, tmp_path: Path) -> PhotoStore:
    """A folder of the bucket of this test's own."""
    set_(**server.settings(tmp_path.name))
    return photo_store()


def test_what_is_put_can_be_got_replaced_and_deleted(store: PhotoStore) -> None:
    put_get_replace_and_delete(store)


def test_a_photo_as_large_as_they_may_be_comes_back_as_it_was(store: PhotoStore) -> None:
    key, content = new_key(), bytes(range(256)) * 4 * 1024 * 20  # 20 MB
    store.put(key, content)
    assert store.get(key) == content


def test_keys_are_listed_by_age(store: PhotoStore) -> None:
    assert list(store.keys_older_than(JUST_NOW)) == []  # never used
    keys = {new_key() for _ in range(20)}
    for key in keys:
        store.put(key, b"x")
    assert set(store.keys_older_than(JUST_NOW)) == keys
    assert set(store.keys_older_than(LONG_AGO)) == set()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"AWS_SECRET_ACCESS_KEY": "somebody else's"}, "signature"),
        ({"AWS_ACCESS_KEY_ID": "nobody"}, "access key"),
        ({"SKINCARE_PHOTO_STORE": "s3://another"}, "denied"),
    ],
    ids=["secret", "key", "bucket"],
)
def test_who_is_refused_hears_no_detail_and_the_log_says_why(
    server: ObjectStore, set_: Set, tmp_path: Path, wrong: dict[str, str], said: str
) -> None:
    set_(**server.settings(tmp_path.name) | wrong)
    store = PhotoStore(settings().photo_store)
    with capture_logs() as logged, pytest.raises(Unavailable, match="does not answer") as refused:
        store.put(new_key(), b"x")
    assert "secret" not in str(refused.value)
    (line,) = logged
    assert line["event"] == "photo_store_failed"
    assert said in line["error"].lower()
    assert object_store.ObjectStore.secret not in str(logged)


def test_a_bucket_that_is_not_there_is_no_lost_photo(server: ObjectStore, set_: Set) -> None:
    set_(**server.settings() | server.administrator() | {"SKINCARE_PHOTO_STORE": "s3://missing"})
    store = PhotoStore(settings().photo_store)
    with pytest.raises(Unavailable):
        store.get(new_key())


def test_a_server_that_is_away_is_said_within_seconds(set_: Set, server: ObjectStore) -> None:
    away = {"SKINCARE_S3_ENDPOINT": f"http://127.0.0.1:{free_port()}"}
    set_(**server.settings("away") | away)
    store, began = PhotoStore(settings().photo_store), time.monotonic()
    for use in (lambda: store.put("ab/abc", b"x"), lambda: store.get("ab/abc")):
        with pytest.raises(Unavailable):
            use()
    with pytest.raises(Unavailable):
        list(store.keys_older_than(LONG_AGO))
    assert time.monotonic() - began < 60


# ------------------------------------------------------------------ with the database


@pytest.fixture
def ada(var: Path, fresh_database: str, store: PhotoStore) -> Identity:
    with transaction() as session:
        return people.signed_in(session)


def test_a_check_goes_from_the_upload_to_its_scores(
    ada: Identity, server: ObjectStore, tmp_path: Path
) -> None:
    with transaction() as session:
        check = intake.submit(session, ada, [photo_that("is scored")])
    jpegs = []

    def examine(jpeg: bytes, _on_stage: object) -> object:
        jpegs.append(jpeg)
        return examination()

    jobs.examine(check, examine)  # type: ignore[arg-type]
    assert [jpeg[:2] for jpeg in jpegs] == [b"\xff\xd8"]
    assert status_of(ada, check) is Status.SCORED
    kept = server.objects(tmp_path.name)
    assert len(kept) == 2  # photo and maps
    with read() as session:
        keys = vault.keys_of(session, ada.user_id)
    assert {f"{BUCKET}/{tmp_path.name}/{key}" for key in keys} == set(kept)
    assert not any((settings().var / "photos").rglob("*"))


def test_a_check_waits_while_the_store_is_away(ada: Identity, set_: Set) -> None:
    with transaction() as session:
        check = intake.submit(session, ada, [photo_that("is scored")])
    there = settings().s3_endpoint
    set_(
        SKINCARE_S3_ENDPOINT=f"http://127.0.0.1:{free_port()}",
        SKINCARE_PHOTO_STORE=settings().photo_store + "/",  # the same folder, opened anew
    )
    with pytest.raises(Unavailable):
        jobs.examine(check, lambda _jpeg, _on_stage: examination())
    assert status_of(ada, check) is Status.QUEUED
    set_(SKINCARE_S3_ENDPOINT=str(there), SKINCARE_PHOTO_STORE=settings().photo_store + "/")
    jobs.examine(check, lambda _jpeg, _on_stage: examination())
    assert status_of(ada, check) is Status.SCORED


def test_nothing_is_accepted_that_was_not_kept(ada: Identity, set_: Set) -> None:
    set_(
        SKINCARE_S3_ENDPOINT=f"http://127.0.0.1:{free_port()}",
        SKINCARE_PHOTO_STORE=settings().photo_store + "/",
    )
    with pytest.raises(Unavailable), transaction() as session:
        intake.submit(session, ada, [photo_that("is scored")])
    with read() as session:
        assert session.scalar(text("SELECT count(*) FROM photos")) == 0
        assert session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == 0


def test_the_sweep_removes_objects_without_a_row_and_no_other(
    ada: Identity, store: PhotoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vault, "_ASKED_AT_ONCE", 3)
    with transaction() as session:
        kept = vault.keep(session, ada.user_id, b"of a row")
        session.execute(
            text("UPDATE users SET picture_object_key = :key, picture_wrapped_key = :wrapped"),
            {"key": kept.object_key, "wrapped": kept.wrapped_key},
        )
    for _ in range(10):
        store.put(new_key(), b"nobody's")
    with read() as session:
        assert vault.sweep(session, grace=LONG_AGO) == 0  # all of it is young
        assert vault.sweep(session, grace=JUST_NOW) == 10
        assert vault.read(session, ada.user_id, kept) == b"of a row"
    assert list(store.keys_older_than(JUST_NOW)) == [kept.object_key]


def status_of(who: Identity, check: UUID) -> Status:
    with read() as session:
        return analyses.get(session, who.user_id, check).status
