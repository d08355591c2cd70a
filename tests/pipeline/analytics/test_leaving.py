"""Whoever goes is taken out of the statistics: by the worker's task, as the product's own role."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import create_engine, text

import data.database
from core.analytics import Because, Period
from core.metrics import Metric
from core.people import Purpose
from core.postgres import ANALYST, APP, EmbeddedPostgres
from core.postgres_programs import database_name
from core.settings import settings
from data import analytics, erasures
from data.database import transaction
from data.migrate import upgrade
from pipeline import consents, tasks_analytics
from pipeline.analytics import check, populate

pytestmark = pytest.mark.slow
LAST = date(2026, 3, 30)
WEEK = date(2026, 3, 16)  # well inside
MOMENT = "2026-04-10T00:00:00+00:00"


@pytest.fixture
def counted(
    var: object,
    fresh_database: str,
    postgres: EmbeddedPostgres,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[None]:
    """Eight weeks of a simulated population, released by the roles of a real product."""
    name = database_name(fresh_database)
    engine = create_engine(postgres.url(name, role=APP))
    with monkeypatch.context() as patch:
        patch.setenv("DATABASE_URL", postgres.url(name, role=APP))
        patch.setenv("DATABASE_OWNER_URL", fresh_database)
        patch.setenv("ANALYST_DATABASE_URL", postgres.url(name, role=ANALYST))
        patch.setenv("SKINCARE_DEMONSTRATION", "1")  # where simulated people count
        settings.cache_clear()
        upgrade()
        with data.database.use(engine):
            with transaction() as session:
                populate.fill(session, 2_000, last=LAST, days=56)
            update()
            yield
    engine.dispose()
    settings.cache_clear()


def update() -> None:
    """What the worker does every five minutes."""
    tasks_analytics.update_statistics.func(0, moment=MOMENT)


def released() -> analytics.Released:
    """Redness of everybody in that week, as an analyst gets it."""
    with analytics.reading() as session:
        (found,) = analytics.released(
            session,
            metric=Metric.REDNESS.value,
            period=Period.WEEK,
            since=WEEK,
            until=date(2026, 3, 23),
        )
    return found


def people_of_the_week() -> list[UUID]:
    with transaction() as session:
        return list(
            session.scalars(
                text(
                    "SELECT DISTINCT a.user_id FROM analysis_results a"
                    " JOIN metric_scores s ON s.analysis_id = a.id AND s.metric = 'redness'"
                    " AND s.region = 'face' AND s.value IS NOT NULL"
                    " JOIN consents c ON c.user_id = a.user_id AND c.purpose = 'statistics'"
                    " AND c.withdrawn_at IS NULL"
                    " WHERE a.created_at >= :week AND a.created_at < CAST(:week AS date) + 7"
                    " ORDER BY 1"
                ),
                {"week": WEEK},
            )
        )


def kept_for_the_week() -> int:
    with transaction() as session:
        found = session.scalar(
            text(
                "SELECT sum(analyses) FROM daily_metrics WHERE metric = 'redness' AND fact = ''"
                " AND region = 'face' AND day >= :week AND day < CAST(:week AS date) + 7"
            ),
            {"week": WEEK},
        )
    return int(found or 0)


def test_erased_and_withdrawn_people_leave_the_roll_up_and_what_is_released(
    counted: None, capsys: pytest.CaptureFixture[str]
) -> None:
    before, analyses, people = released(), kept_for_the_week(), people_of_the_week()
    assert before.people is not None
    assert abs(before.people - len(people)) <= 5

    with transaction() as session:
        erasures.erase(session, people[0])
        consents.withdraw(session, people[1], Purpose.STATISTICS)
    update()
    assert kept_for_the_week() < analyses
    assert check.run() == 0  # the roll-up is what is left of the checks, to the row
    assert " 0 differ, 0 wait" in capsys.readouterr().out
    two_fewer = released()
    assert two_fewer.mean != before.mean  # made anew: another cohort, other noise

    for person in people[2:-5]:
        with transaction() as session:
            consents.withdraw(session, person, Purpose.STATISTICS)
    update()
    left = released()
    assert left.suppressed_because is Because.FEW
    assert (left.people, left.mean, left.bins) == (None, None, None)
    assert check.run() == 0


def test_who_comes_back_is_counted_again(counted: None) -> None:
    before, people = released(), people_of_the_week()
    for person in people[:20]:
        with transaction() as session:
            consents.withdraw(session, person, Purpose.STATISTICS)
    update()
    fewer = released()
    assert fewer.people is None or before.people is None or fewer.people < before.people
    for person in people[:20]:
        with transaction() as session:
            consents.give(session, person, Purpose.STATISTICS)
    update()
    assert released() == before  # the same cohort has the same noise
