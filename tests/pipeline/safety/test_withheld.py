"""What a worker does with a flag: it withholds, it refuses, and it says why."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Connection, select

from core.analyses import Status
from core.metrics import Metric
from core.people import Identity
from data import analyses
from data.analyses import Analysis
from data.database import read, transaction
from data.progress import Seen
from data.tables import Shot
from pipeline import intake, record
from pipeline.safety import answers
from pipeline.safety.withhold import WITHHELD, withhold
from tests import people
from tests.stand_in import examination, photo_that


@pytest.fixture
def ada(var: Path, database: Connection) -> Identity:
    with transaction() as session:
        return people.signed_in(session)


def sent(who: Identity, photos: int = 1) -> UUID:
    with transaction() as session:
        files = [photo_that("is scored", seed=number) for number in range(photos)]
        return intake.submit(session, who, files)


def ticked(who: Identity, *items: str) -> None:
    with transaction() as session:
        answers.answer(session, who, items)


def check(who: Identity, analysis_id: UUID) -> Analysis:
    with read() as session:
        return analyses.get(session, who.user_id, analysis_id)


def test_a_withheld_metric_leaves_no_trace_in_scores_regions_counts_and_maps() -> None:
    before = examination(40.0)
    after = withhold(before, {Metric.SPOTS})
    assert after.scores[Metric.SPOTS].abstained_because == WITHHELD
    for region in after.regions.values():
        assert region[Metric.SPOTS].value is None
    assert Metric.SPOTS not in after.counts
    assert Metric.SPOTS not in after.maps.heat
    assert Metric.SPOTS not in after.maps.marks
    assert after.scores[Metric.PORES] == before.scores[Metric.PORES]
    assert after.scores[Metric.SKIN_SCORE].value is not None  # of the rest


def test_a_mark_that_was_ticked_while_the_photo_waited_is_not_scored(ada: Identity) -> None:
    analysis_id = sent(ada, photos=2)
    with transaction() as session:
        begun = record.start(session, analysis_id)
    ticked(ada, "mark_changed")
    assert begun is not None
    with transaction() as session:
        assert record.record(session, begun, [Seen(examination(40.0)), Seen(examination(44.0))])
    found = check(ada, analysis_id)
    assert found.scores[Metric.SPOTS].abstained_because == WITHHELD
    assert found.scores[Metric.PORES].value is not None
    with read() as session:
        of_shots = session.scalars(
            select(Shot.face_values).where(Shot.analysis_id == analysis_id)
        ).all()
    assert len(of_shots) == 2
    assert all(Metric.SPOTS not in values and Metric.PORES in values for values in of_shots)


def test_an_emergency_that_was_ticked_while_the_photo_waited_ends_the_check(
    ada: Identity,
) -> None:
    analysis_id = sent(ada)
    ticked(ada, "airway")
    with transaction() as session:
        assert record.start(session, analysis_id) is None
    found = check(ada, analysis_id)
    assert found.status is Status.FAILED
    assert found.reasons == (record.RED_FLAG,)


def test_an_emergency_that_was_ticked_while_the_photo_was_looked_at_ends_the_check(
    ada: Identity,
) -> None:
    analysis_id = sent(ada)
    with transaction() as session:
        begun = record.start(session, analysis_id)
    assert begun is not None
    ticked(ada, "airway")
    with transaction() as session:
        assert not record.record(session, begun, [Seen(examination())])
    assert check(ada, analysis_id).status is Status.FAILED
