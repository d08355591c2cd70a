"""The demonstration: made once, and nothing simulated looks measured."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from core.analyses import Status
from core.metrics import Metric
from core.settings import settings
from data import analyses, courses
from data.database import read, transaction
from data.demonstration import SIMULATED
from pipeline import demo, repeatability, trends

pytestmark = pytest.mark.usefixtures("var", "fresh_database")


def user(email: str) -> UUID:
    with read() as session:
        found = session.scalar(text("SELECT user_id FROM users WHERE email = :e"), {"e": email})
    assert found is not None
    return UUID(str(found))


def rows(table: str) -> int:
    with read() as session:
        return int(session.scalar(text(f"SELECT count(*) FROM {table}")) or 0)  # noqa: S608


@pytest.fixture(autouse=True)
def _filled(var: Path, fresh_database: str) -> None:
    demo.fill(transaction)


def test_filled_again_it_stays_as_it_is() -> None:
    before = rows("users"), rows("analysis_results"), rows("shots"), rows("photos")
    demo.fill(transaction)
    assert (rows("users"), rows("analysis_results"), rows("shots"), rows("photos")) == before


def test_every_simulated_check_is_called_so_and_has_no_photo() -> None:
    with read() as session:
        checks, total = analyses.listed(session, user("user@demo.example"), limit=100)
    assert total == demo.WEEKS
    for check in checks:
        assert (check.is_demonstration, check.model_version) == (True, SIMULATED)
        assert (check.photo_id, check.has_maps, check.shots) == (None, False, ())


def test_the_one_real_photo_waits_for_the_worker() -> None:
    with read() as session:
        (check,), _ = analyses.listed(session, user("portrait@demo.example"))
    assert (check.status, check.is_demonstration) == (Status.QUEUED, False)
    assert sum(1 for f in (settings().var / "photos").rglob("*") if f.is_file()) == 1


def test_three_simulated_photos_narrow_intervals_and_tell_the_persons_own_noise() -> None:
    uma = user("user@demo.example")
    with read() as session:
        history = courses.history(session, uma)
        noise = repeatability.of_person(session, uma)
    used = [point.shots_used for point in history]
    assert used == [1] * demo.FROM_THEN_ON + [3] * (demo.WEEKS - demo.FROM_THEN_ON)

    def width(metric: Metric, shots: int) -> float:
        scores = [point.scores[metric] for point in history if point.shots_used == shots]
        return sum((s.high or 0) - (s.low or 0) for s in scores) / len(scores)

    assert width(Metric.PORES, 3) < 0.9 * width(Metric.PORES, 1)
    for metric, course in demo.COURSES.items():
        own = noise.own[SIMULATED, metric]
        assert own.photos == 3 * (demo.WEEKS - demo.FROM_THEN_ON)
        assert own.variance**0.5 == pytest.approx(course.sd, rel=0.5)
        last = trends.points(history, metric, noise)[-1]
        assert last.least is not None
        assert last.least.own_photos == own.photos
