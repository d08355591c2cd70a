"""A check of several photos: kept and examined together, or refused together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from core.analyses import MOST_SHOTS, Stage, Status
from core.errors import Conflict, InvalidInput, NotFound, PhotoRejected, TooMany, UnreadablePhoto
from core.examination import Examination, Score
from core.metrics import Metric
from core.people import Identity
from core.settings import settings
from data import analyses, courses
from data.analyses import Analysis
from data.database import read, transaction
from pipeline import intake, jobs, photo, results
from tests import people
from tests.stand_in import examination, photo_that

THREE = [photo_that("is scored", seed=seed) for seed in range(3)]
OnStage = Callable[[Stage], None]


@pytest.fixture
def ada(var: Path, fresh_database: str) -> Identity:
    with transaction() as session:
        return people.signed_in(session)


def submit(who: Identity, contents: Sequence[bytes], key: str | None = None) -> UUID:
    with transaction() as session:
        return intake.submit(session, who, contents, idempotency_key=key)


def check(who: Identity, analysis_id: UUID) -> Analysis:
    with read() as session:
        return analyses.get(session, who.user_id, analysis_id)


def rows(table: str) -> int:
    with read() as session:
        return int(session.scalar(text(f"SELECT count(*) FROM {table}")) or 0)  # noqa: S608


def objects() -> int:
    return sum(1 for file in (settings().var / "photos").rglob("*") if file.is_file())


def kept() -> tuple[int, int, int, int]:
    return rows("photos"), rows("analysis_results"), rows("procrastinate_jobs"), objects()


def one_by_one(*seen: Examination | Exception) -> jobs.Examine:
    """Examines the first photo as the first says, and so on."""
    left = list(seen)

    def examine(_jpeg: bytes, on_stage: OnStage) -> Examination:
        on_stage(Stage.FACE)
        now = left.pop(0)
        if isinstance(now, Exception):
            raise now
        return now

    return examine


# ---------------------------------------------------------------------- sending


def test_three_photos_are_one_check_with_one_job_in_their_order(ada: Identity) -> None:
    analysis_id = submit(ada, THREE)
    assert kept() == (3, 1, 1, 3)
    found = check(ada, analysis_id)
    assert [shot.position for shot in found.shots] == [1, 2, 3]
    assert not any(shot.is_scored for shot in found.shots)
    with read() as session:
        for position, content in enumerate(THREE, 1):
            opened = results.photo(
                session, ada.user_id, analysis_id, shot=position, longest_side=None
            )
            assert opened == photo.accept(content).jpeg
        for position in (0, 4, -1):
            with pytest.raises(NotFound):
                results.photo(session, ada.user_id, analysis_id, shot=position)


@pytest.mark.parametrize("number", [0, MOST_SHOTS + 1])
def test_a_check_takes_one_to_five_photos(ada: Identity, number: int) -> None:
    with pytest.raises(InvalidInput, match="1 to 5 photos"):
        submit(ada, [photo_that("is scored", seed=seed) for seed in range(number)])
    assert kept() == (0, 0, 0, 0)


def test_the_same_photo_twice_is_no_second_shot(ada: Identity) -> None:
    with pytest.raises(InvalidInput, match="Take another one"):
        submit(ada, [THREE[0], THREE[1], THREE[0]])
    assert kept() == (0, 0, 0, 0)


def test_one_that_cannot_be_read_refuses_all_and_is_named(ada: Identity) -> None:
    with pytest.raises(UnreadablePhoto, match=r"^Photo 2: "):
        submit(ada, [THREE[0], b"no photo", THREE[1]])
    assert kept() == (0, 0, 0, 0)


def test_the_limit_of_a_day_counts_photos(ada: Identity, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKINCARE_PHOTOS_PER_DAY", "5")
    settings.cache_clear()
    submit(ada, THREE)
    with pytest.raises(TooMany, match="sent 3 photos within a day"):
        submit(ada, THREE)
    submit(ada, THREE[:2])
    assert rows("photos") == 5


def test_a_key_stands_for_the_photos_in_their_order(ada: Identity) -> None:
    first = submit(ada, THREE, key="k1")
    assert submit(ada, THREE, key="k1") == first
    for other in (THREE[:2], THREE[::-1], [*THREE, photo_that("is scored", seed=9)]):
        with pytest.raises(Conflict):
            submit(ada, other, key="k1")
    assert kept() == (3, 1, 1, 3)


def test_when_the_transaction_fails_none_of_the_photos_is_left(ada: Identity) -> None:
    def fail() -> None:
        with transaction() as session:
            intake.submit(session, ada, THREE)
            assert objects() == 3
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert kept() == (0, 0, 0, 0)


def test_deleting_a_check_removes_all_of_its_photos(ada: Identity) -> None:
    analysis_id = submit(ada, THREE)
    jobs.examine(analysis_id, one_by_one(examination(), examination(), examination()))
    other = submit(ada, THREE[:1])
    with transaction() as session:
        results.delete(session, ada.user_id, analysis_id)
    assert (rows("photos"), rows("shots"), objects()) == (1, 1, 1)
    assert check(ada, other).status is Status.QUEUED


# ---------------------------------------------------------------------- examining


def test_a_waiting_person_sees_which_photo_is_looked_at(ada: Identity) -> None:
    analysis_id = submit(ada, THREE[:2])
    seen = []

    def examine(_jpeg: bytes, on_stage: OnStage) -> Examination:
        on_stage(Stage.FACE)
        now = check(ada, analysis_id)
        seen.append((now.status, now.stage, now.shot))
        return examination()

    jobs.examine(analysis_id, examine)
    assert seen == [(Status.RUNNING, Stage.FACE, 1), (Status.RUNNING, Stage.FACE, 2)]
    assert check(ada, analysis_id).shot is None


def test_the_scores_are_those_of_all_photos_and_each_keeps_what_it_said(ada: Identity) -> None:
    analysis_id = submit(ada, THREE)
    jobs.examine(analysis_id, one_by_one(*(examination(v) for v in (40.0, 44.0, 60.0))))
    found = check(ada, analysis_id)
    assert found.scores[Metric.PORES].value == pytest.approx(44.0)
    assert found.shots_used == 3
    assert [shot.is_scored for shot in found.shots] == [True] * 3
    with read() as session:
        (repeats,) = courses.repeats(session, ada.user_id)
        (point,) = courses.history(session, ada.user_id)
    assert sorted(of[Metric.PORES] for of in repeats.values) == [40.0, 44.0, 60.0]
    assert point.shots_used == 3
    assert objects() == 4  # three photos, the maps of the best


def test_of_each_metric_only_the_photos_that_measured_it_count(ada: Identity) -> None:
    analysis_id = submit(ada, THREE)
    seen = [examination(v) for v in (40.0, 44.0, 60.0)]
    hidden = dict(seen[2].scores) | {Metric.PORES: Score.abstain("A beard hides the skin.")}
    jobs.examine(analysis_id, one_by_one(*seen[:2], replace(seen[2], scores=hidden)))
    with read() as session:
        (point,) = courses.history(session, ada.user_id)
    for found in (check(ada, analysis_id), point):
        assert found.shots_of(Metric.PORES) == 2
        assert found.shots_of(Metric.SPOTS) == 3


def test_one_rejected_photo_does_not_reject_the_check(ada: Identity) -> None:
    analysis_id = submit(ada, THREE)
    jobs.examine(
        analysis_id,
        one_by_one(PhotoRejected(("Too dark.",)), examination(40.0), examination(44.0)),
    )
    found = check(ada, analysis_id)
    assert (found.status, found.reasons, found.shots_used) == (Status.SCORED, (), 2)
    assert [shot.reasons for shot in found.shots] == [("Too dark.",), (), ()]
    assert found.photo_id == found.shots[1].photo_id  # it stands for the check


def test_when_all_are_rejected_each_says_why(ada: Identity) -> None:
    analysis_id = submit(ada, THREE[:2])
    jobs.examine(
        analysis_id,
        one_by_one(PhotoRejected(("Too dark.", "Turned away.")), PhotoRejected(("No face.",))),
    )
    found = check(ada, analysis_id)
    assert found.status is Status.REJECTED
    assert found.reasons == (
        "Photo 1: Too dark.",
        "Photo 1: Turned away.",
        "Photo 2: No face.",
    )
    assert [shot.reasons for shot in found.shots] == [("Too dark.", "Turned away."), ("No face.",)]


def test_a_photo_that_cannot_be_opened_any_more_leaves_the_others(ada: Identity) -> None:
    analysis_id = submit(ada, THREE[:2])
    jobs.examine(analysis_id, one_by_one(UnreadablePhoto("no picture"), examination(44.0)))
    found = check(ada, analysis_id)
    assert found.status is Status.SCORED
    assert found.shots[0].reasons == (jobs.NOT_OPENED,)
    assert found.scores == examination(44.0).scores  # of one photo: as it is
