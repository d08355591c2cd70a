"""A photo comes in: kept whole with its check and its job, or not at all."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from core.analyses import Stage, Status
from core.errors import Conflict, InvalidInput, NotAllowed, SkincareError, TooMany, UnreadablePhoto
from core.people import Identity, Purpose
from core.settings import settings
from data import analyses, photos, vault
from data.database import read, transaction
from pipeline import accounts, consents, intake, photo, results
from tests import people
from tests.stand_in import photo_that

pytestmark = pytest.mark.usefixtures("var", "fresh_database")

CONTENT = photo_that("is scored")


@pytest.fixture
def ada(var: Path, fresh_database: str) -> Identity:
    with transaction() as session:
        return people.signed_in(session)


def submit(who: Identity, content: bytes = CONTENT, key: str | None = None) -> UUID:
    with transaction() as session:
        return intake.submit(session, who, [content], idempotency_key=key)


def rows(table: str) -> int:
    with read() as session:
        return int(session.scalar(text(f"SELECT count(*) FROM {table}")) or 0)  # noqa: S608


def objects() -> list[Path]:
    return [file for file in (settings().var / "photos").rglob("*") if file.is_file()]


def test_a_photo_is_kept_with_its_check_and_its_job(ada: Identity) -> None:
    analysis_id = submit(ada)
    with read() as session:
        check = analyses.get(session, ada.user_id, analysis_id)
        assert check.photo_id is not None
        kept = photos.get(session, ada.user_id, check.photo_id)
        job = session.execute(
            text("SELECT task_name, args, status::text FROM procrastinate_jobs")
        ).one()
    assert (check.status, check.stage) == (Status.QUEUED, Stage.WAITING)
    assert kept.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert (kept.width, kept.height, kept.original_format) == (300, 400, "PNG")
    assert tuple(job) == ("examine_photo", {"analysis_id": str(analysis_id)}, "todo")
    assert len(objects()) == 1


def test_the_kept_photo_is_encrypted_and_opens_to_the_clean_one(ada: Identity) -> None:
    analysis_id = submit(ada)
    with read() as session:
        opened = results.photo(session, ada.user_id, analysis_id, longest_side=None)
    assert opened == photo.accept(CONTENT).jpeg
    (file,) = objects()
    assert opened[100:200] not in file.read_bytes()
    assert str(ada.user_id) not in str(file)


def test_without_consent_nothing_is_kept(ada: Identity) -> None:
    with transaction() as session:
        consents.withdraw(session, ada.user_id, Purpose.ANALYSIS)
    with pytest.raises(NotAllowed, match="agreed"):
        submit(ada)
    assert (rows("photos"), rows("procrastinate_jobs"), objects()) == (0, 0, [])


def test_consent_withdrawn_while_the_photo_is_decoded_stops_it(
    ada: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    accept = photo.accept

    def meanwhile(content: bytes) -> photo.AcceptedPhoto:
        with transaction() as session:
            consents.withdraw(session, ada.user_id, Purpose.ANALYSIS)
        return accept(content)

    monkeypatch.setattr(photo, "accept", meanwhile)
    with pytest.raises(NotAllowed):
        submit(ada)
    assert (rows("photos"), objects()) == (0, [])


def test_a_closed_account_sends_nothing(ada: Identity) -> None:
    with transaction() as session:
        accounts.deactivate(session, ada.user_id)
    with pytest.raises(NotAllowed):
        submit(ada)


@pytest.mark.parametrize("content", [b"", b"no photo", CONTENT[:-2000], b"\xff" * 3000])
def test_what_is_no_photo_is_refused_and_nothing_is_kept(ada: Identity, content: bytes) -> None:
    with pytest.raises(UnreadablePhoto):
        submit(ada, content)
    assert (rows("photos"), rows("procrastinate_jobs"), objects()) == (0, 0, [])


def test_a_file_that_is_too_large_is_not_even_decoded(
    ada: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photo, "accept", None)
    with pytest.raises(UnreadablePhoto, match="21 MB; 20 MB is the most"):
        submit(ada, b"x" * 21 * 2**20)


def test_as_many_as_may_wait_and_no_more(ada: Identity) -> None:
    for _ in range(settings().photos_waiting_per_user):
        submit(ada)
    with pytest.raises(TooMany, match="waiting"):
        submit(ada)
    with transaction() as session:
        eve = people.signed_in(session)
    submit(eve)  # somebody else's limit is another


def test_the_limit_of_a_day_counts_deleted_checks_as_well(
    ada: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SKINCARE_PHOTOS_PER_DAY", "3")
    settings.cache_clear()
    for _ in range(3):
        analysis_id = submit(ada)
        with transaction() as session:
            results.delete(session, ada.user_id, analysis_id)
    with pytest.raises(TooMany, match="within a day"):
        submit(ada)


def test_photos_sent_at_the_same_moment_do_not_slip_past_the_limit(ada: Identity) -> None:
    together = threading.Barrier(10)

    def send(number: int) -> str:
        together.wait()
        try:
            submit(ada, photo_that("is scored", seed=number))
        except SkincareError as error:
            return type(error).__name__
        return "kept"

    with ThreadPoolExecutor(10) as pool:
        outcomes = Counter(pool.map(send, range(10)))
    assert outcomes == {"kept": 5, "TooMany": 5}
    assert (rows("photos"), len(objects())) == (5, 5)


def test_the_same_photo_again_is_a_new_check(ada: Identity) -> None:
    assert submit(ada) != submit(ada)
    assert rows("photos") == 2


def test_the_same_idempotency_key_is_the_same_check(ada: Identity) -> None:
    first = submit(ada, key="k1")
    assert submit(ada, key="k1") == first
    assert submit(ada, key="k2") != first
    assert rows("photos") == 2
    with transaction() as session:
        eve = people.signed_in(session)
    assert submit(eve, key="k1") != first  # keys are one's own


def test_a_key_that_was_used_for_another_photo_is_refused(ada: Identity) -> None:
    submit(ada, key="k1")
    with pytest.raises(Conflict):
        submit(ada, photo_that("is rejected"), key="k1")


@pytest.mark.parametrize("key", ["", "x" * 201, "nul\0", "\ud800"])
def test_a_key_is_plain_text(ada: Identity, key: str) -> None:
    with pytest.raises(InvalidInput, match="idempotency key"):
        submit(ada, key=key)


def test_twenty_times_the_same_upload_at_the_same_moment_is_one_photo(ada: Identity) -> None:
    together = threading.Barrier(20)

    def send(_number: int) -> UUID:
        together.wait()
        return submit(ada, key="k1")

    with ThreadPoolExecutor(20) as pool:
        ids = set(pool.map(send, range(20)))
    assert len(ids) == 1
    assert (rows("photos"), rows("procrastinate_jobs"), len(objects())) == (1, 1, 1)


def test_when_the_transaction_fails_nothing_is_left(ada: Identity) -> None:
    def fail() -> None:
        with transaction() as session:
            intake.submit(session, ada, [CONTENT])
            assert len(objects()) == 1  # the object is there before the rows
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    left = {table: rows(table) for table in ("photos", "analysis_results", "procrastinate_jobs")}
    assert left == {"photos": 0, "analysis_results": 0, "procrastinate_jobs": 0}
    assert objects() == []


def test_deleting_a_check_removes_rows_job_photo_and_maps_at_once(ada: Identity) -> None:
    analysis_id = submit(ada)
    other = submit(ada)
    with transaction() as session:
        maps = vault.keep(session, ada.user_id, b"maps")
        session.execute(
            text(
                "UPDATE analysis_results SET maps_object_key = :key, maps_wrapped_key = :wrapped"
                " WHERE id = :id"
            ),
            {"key": maps.object_key, "wrapped": maps.wrapped_key, "id": analysis_id},
        )
    assert len(objects()) == 3
    with transaction() as session:
        results.delete(session, ada.user_id, analysis_id)
        assert len(objects()) == 3  # until the rows are gone for good
    assert len(objects()) == 1
    assert (rows("photos"), rows("procrastinate_jobs")) == (1, 1)
    with read() as session:
        assert analyses.get(session, ada.user_id, other).photo_id is not None
