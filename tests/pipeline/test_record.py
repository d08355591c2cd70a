"""One attempt at one check, without a worker: what is written, and what is not."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from PIL import Image
from sqlalchemy import text

from core.analyses import Stage, Status
from core.errors import PhotoRejected, Unavailable, UnreadablePhoto
from core.examination import Examination
from core.metrics import Metric, Region
from core.people import Identity, Purpose
from core.settings import settings
from data import analyses, user_keys
from data.analyses import Analysis
from data.database import read, transaction
from data.photo_store import photo_store
from data.progress import Begun, Seen
from pipeline import consents, intake, jobs, overlay, record, results
from pipeline.examiners import ExaminationBroke
from tests import people
from tests.stand_in import MODEL_VERSION, examination, photo_that

OnStage = Callable[[Stage], None]


@pytest.fixture
def ada(var: Path, fresh_database: str) -> Identity:
    with transaction() as session:
        return people.signed_in(session)


@pytest.fixture
def waiting(ada: Identity) -> UUID:
    with transaction() as session:
        return intake.submit(session, ada, [photo_that("is scored")])


def begin(analysis_id: UUID) -> Begun:
    with transaction() as session:
        begun = record.start(session, analysis_id)
    assert begun is not None
    return begun


def check(ada: Identity, analysis_id: UUID) -> Analysis:
    with read() as session:
        return analyses.get(session, ada.user_id, analysis_id)


def raises(error: Exception) -> Callable[[bytes, OnStage], Examination]:
    def examine(_jpeg: bytes, _on_stage: OnStage) -> Examination:
        raise error

    return examine


def test_a_check_passes_through_its_stages_to_scores_and_maps(ada: Identity, waiting: UUID) -> None:
    seen = []

    def examine(jpeg: bytes, on_stage: OnStage) -> Examination:
        assert jpeg.startswith(b"\xff\xd8")
        seen.append((check(ada, waiting).status, check(ada, waiting).stage))
        for stage in (Stage.FACE, Stage.SCORING):
            on_stage(stage)
            seen.append((check(ada, waiting).status, check(ada, waiting).stage))
        return examination(40.0)

    jobs.examine(waiting, examine)
    assert seen == [(Status.RUNNING, s) for s in (Stage.OPENING, Stage.FACE, Stage.SCORING)]
    done = check(ada, waiting)
    assert (done.status, done.stage, done.reasons) == (Status.SCORED, Stage.DONE, ())
    assert done.model_version == MODEL_VERSION
    assert done.scores == examination(40.0).scores
    assert set(done.regions) == set(Region)
    assert done.regions[Region.CHIN] == examination(40.0).regions[Region.CHIN]
    assert done.quality is not None
    assert done.quality.face_width == 300.0
    assert math.isnan(done.quality.roll)
    with read() as session:
        packed = results.maps(session, ada.user_id, waiting)
        founding = session.execute(
            text("SELECT skin_score, hydration, oiliness, elasticity, pores FROM analysis_results")
        ).one()
    assert packed is not None
    assert overlay.unpack_maps(packed).skin.all()
    assert tuple(founding) == (40.0, None, 40.0, 40.0, 40.0)


def test_a_check_that_is_settled_is_not_begun_again(ada: Identity, waiting: UUID) -> None:
    jobs.examine(waiting, lambda _jpeg, _on_stage: examination())
    jobs.examine(waiting, raises(AssertionError("examined twice")))
    assert check(ada, waiting).status is Status.SCORED


def test_a_rejected_photo_has_its_reasons_and_no_scores(ada: Identity, waiting: UUID) -> None:
    jobs.examine(waiting, raises(PhotoRejected(("Too dark.", "Turned away."))))
    done = check(ada, waiting)
    assert (done.status, done.reasons) == (Status.REJECTED, ("Too dark.", "Turned away."))
    assert (done.scores, done.has_maps) == ({}, False)


def test_the_worker_that_was_thought_dead_can_change_nothing(ada: Identity, waiting: UUID) -> None:
    slow = begin(waiting)
    fast = begin(waiting)  # it was rescued and begun by another
    with transaction() as session:
        assert record.record(session, fast, [Seen(examination(40.0))])
    objects = sorted((settings().var / "photos").rglob("*"))
    with transaction() as session:
        record.record(session, slow, [Seen(None, ("Too late.",))])
        record.fail(session, slow, "Too late.")
        record.hand_back(session, slow)
        assert not record.record(session, slow, [Seen(examination(90.0))])
    jobs._show(slow, Stage.SCORING, 1)
    done = check(ada, waiting)
    assert (done.status, done.stage, done.reasons) == (Status.SCORED, Stage.DONE, ())
    assert done.scores[Metric.PORES].value == 40.0
    assert sorted((settings().var / "photos").rglob("*")) == objects


def test_the_one_who_began_last_counts_also_before_it_is_done(ada: Identity, waiting: UUID) -> None:
    slow, fast = begin(waiting), begin(waiting)
    with transaction() as session:
        assert not record.record(session, slow, [Seen(examination(90.0))])
    with transaction() as session:
        assert record.record(session, fast, [Seen(examination(40.0))])
    assert check(ada, waiting).scores[Metric.PORES].value == 40.0


def test_a_check_that_breaks_every_time_ends_with_a_kind_sentence(
    ada: Identity, waiting: UUID
) -> None:
    for _ in range(record.MOST_ATTEMPTS - 1):
        with pytest.raises(ExaminationBroke):  # the queue tries again
            jobs.examine(waiting, raises(ExaminationBroke("the child died")))
        assert check(ada, waiting).status is Status.RUNNING
    jobs.examine(waiting, raises(ExaminationBroke("the child died")))
    done = check(ada, waiting)
    assert (done.status, done.reasons) == (Status.FAILED, (record.GIVEN_UP,))


def test_a_check_whose_workers_were_killed_is_given_up_at_the_next_begin(
    ada: Identity, waiting: UUID
) -> None:
    for _ in range(record.MOST_ATTEMPTS):
        begin(waiting)
    jobs.examine(waiting, raises(AssertionError("examined a fourth time")))
    assert check(ada, waiting).reasons == (record.GIVEN_UP,)


def test_consent_withdrawn_before_it_is_ones_turn_stops_the_check(
    ada: Identity, waiting: UUID
) -> None:
    with transaction() as session:
        consents.withdraw(session, ada.user_id, Purpose.ANALYSIS)
    jobs.examine(waiting, raises(AssertionError("examined without consent")))
    done = check(ada, waiting)
    assert (done.status, done.reasons) == (Status.FAILED, (record.NO_CONSENT,))


def test_consent_withdrawn_during_the_examination_keeps_the_scores_out(
    ada: Identity, waiting: UUID
) -> None:
    def examine(_jpeg: bytes, _on_stage: OnStage) -> Examination:
        with transaction() as session:
            consents.withdraw(session, ada.user_id, Purpose.ANALYSIS)
        return examination()

    jobs.examine(waiting, examine)
    done = check(ada, waiting)
    assert (done.status, done.scores, done.has_maps) == (Status.FAILED, {}, False)


def test_a_check_that_was_deleted_meanwhile_leaves_nothing(ada: Identity, waiting: UUID) -> None:
    def examine(_jpeg: bytes, _on_stage: OnStage) -> Examination:
        with transaction() as session:
            results.delete(session, ada.user_id, waiting)
        return examination()

    jobs.examine(waiting, examine)
    jobs.examine(waiting, raises(AssertionError("examined after it was deleted")))
    assert [f for f in (settings().var / "photos").rglob("*") if f.is_file()] == []
    with read() as session:
        assert session.scalar(text("SELECT count(*) FROM metric_scores")) == 0


@pytest.mark.parametrize("how", ["object gone", "object changed", "key destroyed", "no picture"])
def test_a_photo_that_cannot_be_opened_ends_the_check(
    ada: Identity, waiting: UUID, how: str
) -> None:
    (file,) = (f for f in (settings().var / "photos").rglob("*") if f.is_file())
    match how:
        case "object gone":
            file.unlink()
        case "object changed":
            photo_store().put(f"{file.parent.name}/{file.name}", b"changed")
        case "key destroyed":
            with transaction() as session:
                user_keys.destroy(session, ada.user_id)
    jobs.examine(waiting, raises(UnreadablePhoto("no picture")))
    done = check(ada, waiting)
    assert (done.status, done.reasons) == (Status.FAILED, (jobs.NOT_OPENED,))


def test_without_a_model_the_check_waits_on(ada: Identity, waiting: UUID) -> None:
    with pytest.raises(Unavailable):
        jobs.examine(waiting, raises(Unavailable("The model is missing.")))
    assert check(ada, waiting).status is Status.QUEUED


def test_when_writing_fails_in_the_middle_nothing_is_written(ada: Identity, waiting: UUID) -> None:
    before = [f for f in (settings().var / "photos").rglob("*") if f.is_file()]
    half = examination()
    scores = dict(half.scores)
    scores[Metric.PORES] = None  # type: ignore[assignment]
    broken = Examination(**{**vars(half), "scores": scores})
    with pytest.raises(AttributeError):
        jobs.examine(waiting, lambda _jpeg, _on_stage: broken)
    now = check(ada, waiting)
    assert (now.status, now.scores, now.has_maps) == (Status.RUNNING, {}, False)
    assert [f for f in (settings().var / "photos").rglob("*") if f.is_file()] == before
    jobs.examine(waiting, lambda _jpeg, _on_stage: half)
    assert check(ada, waiting).status is Status.SCORED


def test_a_result_waits_for_a_database_that_is_away_for_a_moment(
    ada: Identity, waiting: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = begin(waiting)
    tries = []

    def away_twice(session: object) -> None:
        tries.append(session)
        if len(tries) < 3:
            raise Unavailable("The database does not answer.")

    monkeypatch.setattr(jobs, "_SAVE_AGAIN_AFTER", (0.0, 0.0, 0.0))
    jobs._save(away_twice)
    assert len(tries) == 3
    assert begun.attempt == 1


def test_a_photo_is_given_out_no_larger_than_asked(ada: Identity, waiting: UUID) -> None:
    with read() as session:
        small = results.photo(session, ada.user_id, waiting, longest_side=100)
    with Image.open(io.BytesIO(small)) as image:
        assert (image.format, image.size) == ("JPEG", (75, 100))
