"""The Trials page: planned, begun, ended with a verdict, stopped without one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from core.metrics import Metric
from core.people import Identity
from data.database import transaction
from pipeline import noise, wellbeing
from pipeline.trials import conduct
from tests.dashboard.checks import button, opened, words
from tests.people import signed_in
from tests.pipeline.trials.test_conduct import NOW, begun_weeks_ago, check, planned


@pytest.fixture(autouse=True)
def _known_noise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(noise, "of_models", lambda: noise.Noise(dict.fromkeys(Metric, 8.0)))


def ended(session: Session, who: Identity) -> None:
    begun_weeks_ago(session, who, 8.0, step=-20)


def test_a_trial_is_planned_and_waits_for_its_baseline(ada: Identity) -> None:
    page = opened(ada, "trials")
    page.text_input(key="trial_change").set_value("A *new* cream")
    page.button_group(key="trial_metrics").set_value([Metric.PORES])
    page = button(page, "Plan this trial").click().run()
    assert not page.exception
    assert r"A \*new\* cream" in words(page)
    assert "I begin the change today" not in {b.label for b in page.button}
    with transaction() as session:
        for week in (1, 2, 3):
            check(session, ada, weeks_ago=week, value=50)
    page = button(opened(ada, "trials"), "I begin the change today").click().run()
    assert "0 since" in words(page)


def test_a_plan_without_a_change_says_what_is_missing(ada: Identity) -> None:
    page = button(opened(ada, "trials"), "Plan this trial").click().run()
    assert [error.value for error in page.error] == [
        r"Choose 1 to 4 scores to judge the trial by\."
    ]


def test_while_it_runs_no_result_is_shown(ada: Identity) -> None:
    with transaction() as session:
        begun_weeks_ago(session, ada, 6.0, step=-20)
    seen = words(opened(ada, "trials"))
    assert "Week 7 of 8" in seen or "6 since" in seen
    assert "probability" not in seen.replace("The verdict says", "")


def test_the_verdict_has_range_and_probability_or_words_in_wellbeing_mode(ada: Identity) -> None:
    with transaction() as session:
        ended(session, ada)
    conduct.end_due(NOW + timedelta(hours=1))
    seen = words(opened(ada, "trials"))
    assert "Changed for the better" in seen
    assert "a real change with a probability of" in seen
    with transaction() as session:
        wellbeing.choose(session, ada, on=True)
    gentle = words(opened(ada, "trials"))
    assert "Changed for the better" in gentle
    assert "points, likely" not in gentle


def test_a_trial_stopped_early_gets_no_verdict(ada: Identity) -> None:
    with transaction() as session:
        begun_weeks_ago(session, ada, 6.0, step=-20)
    page = button(opened(ada, "trials"), "Stop it now").click().run()
    assert not page.exception
    seen = words(page)
    assert "no verdict" in seen
    assert "Changed for the better" not in seen


def test_the_trial_of_another_is_not_shown(ada: Identity) -> None:
    with transaction() as session:
        planned(session, ada)
        eve = signed_in(session)
    assert "Niacinamide" not in words(opened(eve, "trials"))
