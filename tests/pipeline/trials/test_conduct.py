"""A trial from its plan to its verdict, over a person's own checks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Connection, select, update
from sqlalchemy.orm import Session

from core.care import Outcome, TrialState
from core.errors import Conflict, InvalidInput, NotFound
from core.examination import Score
from core.metrics import Metric
from core.notifications import Kind
from core.people import Identity
from data.database import transaction
from data.demonstration import add_simulated_check
from data.tables import Notification, Trial
from pipeline import noise
from pipeline.routines import diary
from pipeline.trials import conduct
from tests.people import signed_in

NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def _known_noise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(noise, "of_models", lambda: noise.Noise(dict.fromkeys(Metric, 8.0)))


@pytest.fixture
def ada(var: Path, database: Connection) -> Identity:
    with transaction() as session:
        return signed_in(session)


def check(session: Session, who: Identity, *, weeks_ago: float, value: float) -> None:
    score = Score(value, max(0, value - 5), min(100, value + 5))
    at = NOW - timedelta(weeks=weeks_ago)
    add_simulated_check(session, who.user_id, at, dict.fromkeys(Metric, score), {})


def planned(session: Session, who: Identity) -> UUID:
    return conduct.plan(
        session, who, change="Niacinamide", metrics=[Metric.REDNESS, Metric.PORES], weeks=8
    )


def begun_weeks_ago(session: Session, who: Identity, weeks: float, *, step: float) -> UUID:
    """A trial of eight weeks with a check a week, whose scores change by `step`."""
    for week in range(4):
        check(session, who, weeks_ago=weeks + week + 0.5, value=60)
    for week in range(int(weeks)):
        check(session, who, weeks_ago=week + 0.5, value=60 + step)
    trial_id = planned(session, who)
    began = NOW - timedelta(weeks=weeks)
    session.execute(
        update(Trial)
        .where(Trial.trial_id == trial_id)
        .values(began_at=began, ends_at=began + timedelta(weeks=8))
    )
    session.expire_all()
    return trial_id


def test_a_change_is_not_begun_before_three_checks_without_it(ada: Identity) -> None:
    with transaction() as session:
        trial = planned(session, ada)
        for number in range(3):
            with pytest.raises(Conflict, match=f"There are {number}"):
                conduct.begin(session, ada, trial)
            check(session, ada, weeks_ago=3 - number, value=50)
        conduct.begin(session, ada, trial)
        found = conduct.get(session, ada.user_id, trial)
    assert found.state is TrialState.RUNNING
    assert found.checks_before == 3
    assert found.ends_at is not None
    assert found.began_at is not None
    assert found.ends_at - found.began_at == timedelta(weeks=8)


def test_a_large_change_is_called_real_once_its_time_has_come_and_told_once(ada: Identity) -> None:
    with transaction() as session:
        trial = begun_weeks_ago(session, ada, 8.0, step=-20)
        before = conduct.get(session, ada.user_id, trial)
        assert before.judged == ()  # nobody looks before the end
    assert conduct.end_due(NOW + timedelta(hours=1)) == 1
    assert conduct.end_due(NOW + timedelta(hours=2)) == 0
    with transaction() as session:
        found = conduct.get(session, ada.user_id, trial)
        told = session.scalars(
            select(Notification.link).where(
                Notification.user_id == ada.user_id, Notification.kind == Kind.TRIAL_ENDED
            )
        ).all()
    assert told == [f"/trials?trial={trial}"]
    assert found.state is TrialState.ENDED
    assert [each.metric for each in found.judged] == [Metric.PORES, Metric.REDNESS]
    for each in found.judged:
        assert each.outcome is Outcome.BETTER  # less redness, fewer pores
        assert each.low is not None
        assert each.high is not None
        assert each.low < -20 < each.high
        assert each.probability is not None
        assert each.probability >= each.threshold


def test_scores_that_stay_are_not_called_changed(ada: Identity) -> None:
    with transaction() as session:
        trial = begun_weeks_ago(session, ada, 8.0, step=0)
    conduct.end_due(NOW + timedelta(hours=1))
    with transaction() as session:
        found = conduct.get(session, ada.user_id, trial)
    assert {each.outcome for each in found.judged} <= {Outcome.NO_CHANGE, Outcome.UNCLEAR}


def test_a_trial_that_is_not_due_is_left_alone(ada: Identity) -> None:
    with transaction() as session:
        begun_weeks_ago(session, ada, 5.0, step=-20)
    assert conduct.end_due(NOW) == 0


def test_who_stops_early_sees_the_numbers_and_no_verdict(ada: Identity) -> None:
    with transaction() as session:
        trial = begun_weeks_ago(session, ada, 6.0, step=-20)
        conduct.stop(session, ada, trial)
        found = conduct.get(session, ada.user_id, trial)
        assert found.state is TrialState.STOPPED
        assert {each.outcome for each in found.judged} == {Outcome.UNCLEAR}
        assert all(each.effect is not None for each in found.judged)
        with pytest.raises(Conflict):
            conduct.stop(session, ada, trial)
        planned(session, ada)  # and another may follow


def test_with_too_few_checks_there_are_no_numbers(ada: Identity) -> None:
    with transaction() as session:
        trial = begun_weeks_ago(session, ada, 3.0, step=-20)
        conduct.stop(session, ada, trial)
        found = conduct.get(session, ada.user_id, trial)
    assert {each.outcome for each in found.judged} == {Outcome.TOO_FEW}
    assert {each.probability for each in found.judged} == {None}


def test_another_change_meanwhile_is_named(ada: Identity) -> None:
    with transaction() as session:
        trial = begun_weeks_ago(session, ada, 1.5, step=0)
        today = NOW.date()
        diary.product(session, ada, today, "New sunscreen", is_new=True)
        found = conduct.get(session, ada.user_id, trial)
    assert [what.partition(": ")[2] for what in found.meanwhile] == ["New sunscreen was begun"]


def test_one_trial_at_a_time(ada: Identity) -> None:
    with transaction() as session:
        planned(session, ada)
        with pytest.raises(Conflict, match="One trial at a time"):
            planned(session, ada)


@pytest.mark.parametrize(
    ("metrics", "weeks"),
    [
        pytest.param([], 8, id="nothing to judge by"),
        pytest.param(list(Metric)[:5], 8, id="too much to judge by"),
        pytest.param([Metric.PORES], 7, id="too short"),
        pytest.param([Metric.PORES], 13, id="too long"),
    ],
)
def test_a_plan_that_cannot_tell_is_refused(
    ada: Identity, metrics: list[Metric], weeks: int
) -> None:
    with transaction() as session, pytest.raises(InvalidInput):
        conduct.plan(session, ada, change="A serum", metrics=metrics, weeks=weeks)


def test_the_trial_of_another_is_as_if_it_were_not_there(ada: Identity) -> None:
    with transaction() as session:
        trial = planned(session, ada)
        eve = signed_in(session)
        for do in (conduct.begin, conduct.stop, conduct.remove):
            with pytest.raises(NotFound):
                do(session, eve, trial)
        with pytest.raises(NotFound):
            conduct.get(session, eve.user_id, trial)
        assert conduct.listed(session, eve.user_id, limit=10, offset=0) == ([], 0)
