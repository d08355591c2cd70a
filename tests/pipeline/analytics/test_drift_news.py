"""Analysts and administrators are told when scores move: in that week, once, and nobody else."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import numpy as np
import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.analytics import FIRST_MONDAY, Period
from core.notifications import Kind
from core.people import Role
from data.tables import Notification, ReleasedMetric, ReleasedPeriod, User
from pipeline import tasks_analytics
from pipeline.analytics.drift import Verdict, Week
from pipeline.analytics.drift_news import began_to_move
from tests import people
from tests.analytics_rows import partition

WEEKS = 20
MOVES_IN = WEEKS - 2


@pytest.fixture
def staff(session: Session, var: object) -> dict[Role, UUID]:
    found = {role: people.register(session) for role in Role}
    for role, who in found.items():
        session.execute(update(User).where(User.user_id == who).values(role=role))
    return found


def release(session: Session, number: int, middle: float) -> None:
    """A week of 400 people whose redness lies around `middle`."""
    start = FIRST_MONDAY + timedelta(weeks=number)
    values = np.random.default_rng(number).normal(middle, 10, 400).clip(0, 99)
    counts = np.histogram(values, bins=20, range=(0, 100))[0]
    partition(session, "released_metrics", start)
    session.add(
        ReleasedMetric(
            metric="redness", region="face", shape="", first="", second="", period=Period.WEEK,
            period_start=start, people=400, analyses=400, mean=middle, sd=10.0, mean_noise_sd=0.1,
            bins=[int(5 * round(n / 5)) if n >= 10 else None for n in counts],
        )
    )  # fmt: skip
    session.add(ReleasedPeriod(period=Period.WEEK, period_start=start))


def told(session: Session) -> list[tuple[UUID, str, str, str | None]]:
    rows = session.scalars(select(Notification).where(Notification.kind == Kind.MODEL_DRIFT))
    return [(row.user_id, row.title, row.message, row.link) for row in rows]


def test_analysts_and_administrators_are_told_once_of_the_week_in_which_scores_move(
    session: Session, staff: dict[Role, UUID]
) -> None:
    for number in range(WEEKS):
        release(session, number, 50 if number < MOVES_IN else 60)
    tasks_analytics.tell_of_drift()
    tasks_analytics.tell_of_drift()
    news = told(session)
    assert {who for who, *_ in news} == {staff[Role.ANALYST], staff[Role.ADMIN]}
    assert len(news) == 2
    _, title, message, link = news[0]
    week = FIRST_MONDAY + timedelta(weeks=MOVES_IN)
    assert message.startswith(f"Redness, in the week from {week.day} {week:%B %Y}. ")
    assert not any(letter.isdigit() for letter in title)
    assert link == "/fairness"


def test_nobody_is_told_while_scores_stay(session: Session, staff: dict[Role, UUID]) -> None:
    for number in range(WEEKS):
        release(session, number, 50)
    tasks_analytics.tell_of_drift()
    assert told(session) == []


def test_without_anything_released_there_is_nothing_to_tell(session: Session) -> None:
    tasks_analytics.tell_of_drift()
    assert told(session) == []


def course(*verdicts: Verdict) -> list[Week]:
    return [
        Week(date(2026, 1, 5) + timedelta(weeks=n), 100, 0, 0, 0, 0, verdict)
        for n, verdict in enumerate(verdicts)
    ]


def test_what_stays_moved_is_no_news_and_what_moves_again_is() -> None:
    stays, moved, watch = Verdict.STABLE, Verdict.MOVED, Verdict.WATCH
    first = date(2026, 1, 5)
    found = {
        "redness": course(moved, moved, moved, moved, moved, moved),
        "pores": course(stays, stays, stays, moved, watch, moved),
        "spots": course(stays, stays, stays, stays, watch, watch),
    }
    assert list(began_to_move(found)) == [
        ("pores", first + timedelta(weeks=3)),
        ("pores", first + timedelta(weeks=5)),
    ]
