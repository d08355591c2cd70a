"""Result as a person sees it: scores with their limits, gaps with their reasons, deletion."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from core.errors import NotFound
from core.examination import Score
from core.metrics import FACTS, REGION_NAMES, SKIN_SCORE_WEIGHTS, Metric, Region
from core.people import Identity
from dashboard.words import plain
from data import analyses
from data.database import read, transaction
from data.demonstration import add_simulated_check
from pipeline import profiles
from tests import people
from tests.dashboard.checks import (
    begun_check,
    button,
    failed_check,
    opened,
    rejected_check,
    scored_check,
    words,
)
from tests.stand_in import MODEL_VERSION, examination

ABSENT = "The forehead is <b>covered</b> by hair."


def pictures(page: Any) -> list[str]:
    return [address for image in page.get("image") for address in image.value]


def test_without_a_check_the_page_says_how_to_make_one(ada: Identity) -> None:
    page = opened(ada, "result")
    button(page, "Make the first check").click().run()
    assert page.title[0].value == "New check"


def test_every_score_stands_with_its_range_and_what_it_is_and_is_not(ada: Identity) -> None:
    check = scored_check(ada, examination(41.6))
    page = opened(ada, "result", check=str(check))
    said = words(page)
    assert page.metric[0].value == "42"
    assert page.metric[0].delta == "likely 37–47"
    for metric in Metric:
        assert f"<b>{FACTS[metric].name}</b>" in said
        assert FACTS[metric].is_ in said
        assert FACTS[metric].is_not in said
        assert FACTS[metric].evidence.value in said
    assert plain(MODEL_VERSION) in said


def test_the_weights_of_the_skin_score_are_published(ada: Identity) -> None:
    said = words(opened(ada, "result", check=str(scored_check(ada))))
    for metric, weight in SKIN_SCORE_WEIGHTS.items():
        assert FACTS[metric].name in said
        assert f"<td>{weight:.0%}</td>" in said


def test_what_could_not_be_measured_says_why_and_has_no_number(ada: Identity) -> None:
    base = examination()
    regions = {region: dict(scores) for region, scores in base.regions.items()}
    regions[Region.FOREHEAD][Metric.PORES] = Score.abstain(ABSENT)
    scores = {**base.scores, Metric.SKIN_SCORE: Score.abstain("Too little could be measured.")}
    check = scored_check(ada, replace(base, regions=regions, scores=scores))
    page = opened(ada, "result", check=str(check))
    assert page.metric[0].value == "–"
    said = words(page)
    assert "Not measurable: The cheeks are covered." in said
    assert "Too little could be measured." in said
    page.pills[0].set_value("pores").run()
    said = words(page)
    assert "Not measurable: The forehead is &lt;b&gt;covered&lt;/b&gt; by hair." in said
    assert f"Not measurable: {ABSENT}" not in said
    assert f"– not measurable, {REGION_NAMES[Region.FOREHEAD]}: {ABSENT}" in [
        text.value for text in page.text
    ]


def test_each_metric_has_its_picture_and_the_photo_can_be_seen_whole(ada: Identity) -> None:
    page = opened(ada, "result", check=str(scored_check(ada)))
    (first,) = pictures(page)
    page.toggle[0].set_value(False).run()
    (without_outlines,) = pictures(page)
    assert without_outlines != first
    for metric in Metric:
        if metric is not Metric.SKIN_SCORE:
            page.pills[0].set_value(metric.value).run()
            assert not page.exception
            assert len(pictures(page)) == 1
    page.pills[0].set_value("photo").run()
    (whole,) = pictures(page)
    assert whole != first
    assert page.slider.len == 0


def test_what_a_person_watches_comes_first(ada: Identity) -> None:
    with transaction() as session:
        kept = {"watched_metrics": ["redness", "no such", 3], "region_outlines": "x"}
        profiles.update(session, ada.user_id, preferences=kept)
    page = opened(ada, "result", check=str(scored_check(ada)))
    assert page.pills[0].value == "redness"


def test_a_check_that_is_deleted_is_gone_after_the_question(ada: Identity) -> None:
    check = scored_check(ada)
    page = opened(ada, "result", check=str(check))
    button(page, "Delete this check").click().run()
    with read() as session:
        assert analyses.get(session, ada.user_id, check).analysis_id == check  # asked only
    next(each for each in page.button if each.key == "confirm-delete").click().run()
    assert not page.exception
    with read() as session, pytest.raises(NotFound):
        analyses.get(session, ada.user_id, check)


def test_a_check_that_is_kept_after_the_question_is_there(ada: Identity) -> None:
    check = scored_check(ada)
    page = opened(ada, "result", check=str(check))
    button(page, "Delete this check").click().run()
    button(page, "Keep it").click().run()
    with read() as session:
        assert analyses.get(session, ada.user_id, check).analysis_id == check


@pytest.mark.parametrize("check", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_no_such_check_is_a_sentence_with_a_way_back(ada: Identity, check: str) -> None:
    scored_check(ada)
    page = opened(ada, "result", check=check)
    assert page.error[0].value.startswith("There is no such check")
    assert page.metric.len == 0
    button(page, "To your newest result").click().run()
    assert page.metric.len == 1


def test_somebody_elses_check_is_no_check_and_cannot_be_deleted(ada: Identity) -> None:
    check = scored_check(ada)
    with transaction() as session:
        eve = people.signed_in(session)
    page = opened(eve, "result", check=str(check))
    assert page.error[0].value.startswith("There is no such check")
    assert [each.label for each in page.button] == ["To your newest result"]


def test_a_refused_check_gives_its_reasons_and_no_scores(ada: Identity) -> None:
    check = rejected_check(ada, "The photo is too dark: face a window.")
    page = opened(ada, "result", check=str(check))
    assert "face a window" in page.warning[0].value
    assert page.metric.len == 0
    button(page, "Try another photo").click().run()
    assert page.title[0].value == "New check"


def test_a_failed_check_is_kind(ada: Identity) -> None:
    page = opened(ada, "result", check=str(failed_check(ada, "Please try again.")))
    assert "sorry" in words(page)


def test_a_check_under_way_leads_to_its_stages(ada: Identity) -> None:
    check, _ = begun_check(ada)
    page = opened(ada, "result", check=str(check))
    assert page.metric.len == 0
    button(page, "See how far it is").click().run()
    assert "Opening your photo" in words(page)


def test_a_simulated_check_says_so_and_shows_no_picture(ada: Identity) -> None:
    score = Score(40.0, 35.0, 45.0)
    with transaction() as session:
        add_simulated_check(
            session,
            ada.user_id,
            datetime.now(UTC),
            dict.fromkeys(Metric, score),
            {Region.NOSE: dict.fromkeys(Metric, score)},
        )
    page = opened(ada, "result")
    assert "Simulated check: no photo" in words(page)
    assert pictures(page) == []
    assert page.metric[0].value == "40"


def test_another_check_can_be_picked(ada: Identity) -> None:
    first, second = scored_check(ada, examination(20.0)), scored_check(ada, examination(60.0))
    page = opened(ada, "result", check=str(second))
    assert page.metric[0].value == "60"
    picker = page.selectbox[0]
    picker.set_value(first).run()
    assert page.metric[0].value == "20"
    assert page.query_params["check"] == str(first)
