"""Wellbeing mode: no number on Today, Result and Trends; suggested, chosen, or required."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from core.errors import NotAllowed
from core.examination import Score
from core.metrics import Metric
from core.people import Identity
from data.database import transaction
from data.demonstration import add_simulated_check
from pipeline import noise, wellbeing
from tests import people
from tests.dashboard.checks import button, opened, words

NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def _known_noise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(noise, "of_models", lambda: noise.Noise(dict.fromkeys(Metric, 8.0)))


def add_checks(who: Identity, *hours_ago: float) -> None:
    score = Score(62.0, 57.0, 67.0)
    with transaction() as session:
        for ago in hours_ago:
            at = NOW - timedelta(hours=ago)
            add_simulated_check(session, who.user_id, at, dict.fromkeys(Metric, score), {})


def switch_on(who: Identity) -> None:
    with transaction() as session:
        wellbeing.choose(session, who, on=True)


@pytest.mark.parametrize("page", ["today", "result", "trends"])
def test_pages_show_words_and_no_number_of_a_score(ada: Identity, page: str) -> None:
    add_checks(ada, 1, 30)
    before = opened(ada, page)
    assert before.metric or before.dataframe  # the control: without the mode there are numbers
    switch_on(ada)
    shown = opened(ada, page)
    assert not shown.metric
    assert not shown.dataframe
    assert not re.search(r"\b(57|62|67)\b", words(shown))
    assert "Redness" in words(shown)


def test_a_check_a_week_is_enough(ada: Identity) -> None:
    add_checks(ada, 1)
    switch_on(ada)
    page = opened(ada, "today")
    assert "Your next check is worth making on" in words(page)
    assert "New check" not in {b.label for b in page.button}


def test_who_checks_many_times_a_day_is_asked_once(ada: Identity) -> None:
    add_checks(ada, 0.1, 0.2, 0.3)
    assert "Try wellbeing mode" not in {b.label for b in opened(ada, "today").button}
    add_checks(ada, *(30 + hour for hour in range(8)))
    page = opened(ada, "today")
    page = button(page, "No, thank you").click().run()
    assert "Try wellbeing mode" not in {b.label for b in opened(ada, "today").button}


def test_the_suggestion_switches_it_on(ada: Identity) -> None:
    add_checks(ada, *(hour + 0.1 for hour in range(12)))
    page = button(opened(ada, "today"), "Try wellbeing mode").click().run()
    assert not page.exception
    assert not page.metric


def test_while_the_flag_is_raised_it_is_on_and_stays_on(ada: Identity) -> None:
    with transaction() as session:
        people.answer_safety(session, ada.user_id, "rules_mood")
        mode = wellbeing.of_person(session, ada.user_id)
        assert (mode.is_on, mode.is_required) == (True, True)
        with pytest.raises(NotAllowed):
            wellbeing.choose(session, ada, on=False)


def test_it_is_switched_in_the_profile(ada: Identity) -> None:
    page = opened(ada, "profile")
    page.toggle(key="wellbeing").set_value(True).run()
    assert not page.exception
    with transaction() as session:
        assert wellbeing.of_person(session, ada.user_id).is_on
