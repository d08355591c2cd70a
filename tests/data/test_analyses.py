from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from core.analyses import Status
from core.errors import InvalidInput
from core.examination import Score
from core.metrics import Metric, Region
from data import analyses, courses
from tests import people
from tests.data.checks import simulated_check

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_check_has_its_scores_of_the_face_and_of_each_region(session: Session) -> None:
    ada = people.register(session)
    check = simulated_check(session, ada, {Metric.PORES: 40.0, Metric.HYDRATION: 70.0})
    found = analyses.get(session, ada, check)
    assert found.scores == {
        Metric.HYDRATION: Score(70.0, 69.0, 71.0),
        Metric.PORES: Score(40.0, 39.0, 41.0),
    }
    assert list(found.scores) == [Metric.HYDRATION, Metric.PORES]  # the order of Metric
    assert found.regions == {Region.NOSE: found.scores}


def test_the_latest_are_scored_ones_newest_first(session: Session) -> None:
    ada = people.register(session)
    old = simulated_check(session, ada, {}, at=NOON)
    new = simulated_check(session, ada, {}, at=NOON + timedelta(days=1))
    simulated_check(session, ada, {}, at=NOON + timedelta(days=2), status=Status.REJECTED)
    assert [a.analysis_id for a in analyses.latest(session, ada)] == [new]
    assert [a.analysis_id for a in analyses.latest(session, ada, count=5)] == [new, old]


def test_a_list_comes_in_pages_with_the_number_of_all(session: Session) -> None:
    ada = people.register(session)
    made = [simulated_check(session, ada, {}, at=NOON + timedelta(hours=n)) for n in range(5)]
    page, total = analyses.listed(session, ada, limit=2, offset=1)
    assert ([a.analysis_id for a in page], total) == ([made[3], made[2]], 5)
    page, total = analyses.listed(
        session, ada, since=NOON + timedelta(hours=1), until=NOON + timedelta(hours=3)
    )
    assert ([a.analysis_id for a in page], total) == ([made[2], made[1]], 2)
    assert analyses.listed(session, ada, status=Status.FAILED) == ([], 0)


@pytest.mark.parametrize(("limit", "offset"), [(0, 0), (101, 0), (2**63, 0), (1, -1), (1, 2**63)])
def test_a_page_has_bounds(session: Session, limit: int, offset: int) -> None:
    with pytest.raises(InvalidInput):
        analyses.listed(session, people.register(session), limit=limit, offset=offset)


def test_checks_of_the_same_moment_keep_their_order_over_pages(session: Session) -> None:
    ada = people.register(session)
    made = {simulated_check(session, ada, {}, at=NOON) for _ in range(6)}
    pages = [analyses.listed(session, ada, limit=2, offset=n)[0] for n in (0, 2, 4)]
    assert {a.analysis_id for page in pages for a in page} == made


def test_history_is_the_face_oldest_first_in_one_query(session: Session) -> None:
    ada = people.register(session)
    for day in (2, 0, 1):
        values = {Metric.PORES: 10.0 * day + 5, Metric.REDNESS: 50.0}
        simulated_check(session, ada, values, at=NOON + timedelta(days=day))
    queries: list[str] = []
    connection = session.connection()

    def note(*arguments: object) -> None:
        queries.append(str(arguments[2]))

    event.listen(connection, "before_cursor_execute", note)
    points = courses.history(session, ada)
    event.remove(connection, "before_cursor_execute", note)
    assert [point.scores[Metric.PORES].value for point in points] == [5.0, 15.0, 25.0]
    assert {len(point.scores) for point in points} == {2}
    assert len(queries) == 1
    assert [
        p.created_at for p in courses.history(session, ada, since=NOON + timedelta(days=2))
    ] == [NOON + timedelta(days=2)]
