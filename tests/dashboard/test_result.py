"""Result as a person sees it: scores with their limits, gaps with their reasons, deletion."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from core.errors import NotFound
from core.examination import Examination, Mark, Score
from core.metrics import FACTS, REGION_NAMES, SKIN_SCORE_WEIGHTS, Metric, Region
from core.people import Identity
from dashboard.words import plain
from data import analyses
from data.database import read, transaction
from data.demonstration import add_simulated_check
from data.progress import Seen
from pipeline import intake, profiles, record
from tests import people
from tests.dashboard.checks import (
    begun_check,
    button,
    failed_check,
    opened,
    rejected_check,
    scored_check,
    viewer,
    words,
)
from tests.stand_in import MODEL_VERSION, examination, photo_that

ABSENT = "The forehead is <b>covered</b> by hair."


def marked(value: float = 40.0) -> Examination:
    """A check with three pores, a line and fourteen spots."""
    base = examination(value)
    pore = Mark(np.array([[10, 20.5]], np.float32), 0.5, Region.NOSE)
    line = Mark(np.array([[5, 5], [9, 7.2]], np.float32), 0.5, Region.CHIN)
    spot = Mark(np.array([[1, 1], [9, 1], [5, 8]], np.float32), 0.5, Region.CHIN)
    marks = {Metric.PORES: (pore,) * 3, Metric.FINE_LINES: (line,), Metric.SPOTS: (spot,) * 14}
    return replace(base, maps=replace(base.maps, marks=marks))


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
    assert "Not measurable: The forehead is &lt;b&gt;covered&lt;/b&gt; by hair." in said
    assert f"Not measurable: {ABSENT}" not in said
    assert f"– not measurable, {REGION_NAMES[Region.FOREHEAD]}: {ABSENT}" in [
        text.value for text in page.text
    ]


def test_every_metric_comes_with_its_picture_words_and_regions(ada: Identity) -> None:
    page = opened(ada, "result", check=str(scored_check(ada, marked())))
    shown = viewer(page)
    assert shown is not None
    assert [m["key"] for m in shown["metrics"]] == [m for m in Metric if m != "skin_score"]
    (check,) = shown["checks"]
    assert check["photo"].startswith("data:image/jpeg;base64,/9j/")
    assert all(v.startswith("data:image/png;base64,iVBOR") for v in check["veils"].values())
    assert set(check["veils"]) | set(check["marks"]) >= {m["shows"] for m in shown["metrics"]}
    for metric in shown["metrics"]:
        assert metric["caption"]
        assert all(f">{name}<" in metric["numbers"] for name in REGION_NAMES.values())


def test_marks_are_lines_of_their_kind_and_counted_in_words(ada: Identity) -> None:
    page = opened(ada, "result", check=str(scored_check(ada, marked())))
    shown = viewer(page)
    assert shown is not None
    metrics = {m["key"]: m for m in shown["metrics"]}
    assert shown["checks"][0]["marks"] == {
        "pores": "M10 20.5h0" * 3,
        "fine_lines": "M5 5L9 7.2",
        "spots": "M1 1L9 1L5 8Z" * 14,
    }
    assert {m["kind"] for k, m in metrics.items() if k in ("fine_lines", "elasticity")} == {"lines"}
    assert "About 14 spots" in metrics["spots"]["numbers"]
    assert "About 3 visible pores" in metrics["pores"]["numbers"]
    assert "About 1 fine line<" in metrics["fine_lines"]["numbers"]
    assert "About" not in metrics["elasticity"]["numbers"]
    assert "Counted:" in metrics["spots"]["numbers"]
    assert "Appearance proxy, unvalidated" in metrics["oiliness"]["numbers"]


def test_a_score_that_abstains_marks_nothing_and_counts_nothing(ada: Identity) -> None:
    base = marked()
    scores = {**base.scores, Metric.SPOTS: Score.abstain(ABSENT)}
    shown = viewer(
        opened(ada, "result", check=str(scored_check(ada, replace(base, scores=scores))))
    )
    assert shown is not None
    spots = next(m for m in shown["metrics"] if m["key"] == "spots")
    assert "spots could not be measured" in spots["caption"]
    assert "About" not in spots["numbers"]
    assert "&lt;b&gt;covered&lt;/b&gt;" in spots["numbers"]


def test_an_earlier_check_can_be_laid_beside(ada: Identity) -> None:
    before = scored_check(ada, marked(20.0))
    page = opened(ada, "result", check=str(scored_check(ada, marked(60.0))))
    picker = page.selectbox[1]
    assert picker.label == "Compare with an earlier check"
    picker.set_value(before).run()
    shown = viewer(page)
    assert shown is not None
    assert len(shown["checks"]) == 2
    spots = next(m for m in shown["metrics"] if m["key"] == "spots")
    assert "from 20 to 60, +40, <b>real change</b>" in spots["numbers"]
    assert "Then: about 14 spots." in spots["numbers"]
    assert [info.value for info in page.info] == []


def test_a_check_of_another_model_is_compared_as_a_photo_only(ada: Identity) -> None:
    before = scored_check(ada, replace(marked(20.0), model_version="an older one"))
    page = opened(ada, "result", check=str(scored_check(ada, marked(60.0))))
    page.selectbox[1].set_value(before).run()
    assert "different models" in page.info[0].value
    shown = viewer(page)
    assert shown is not None
    assert "not comparable" in shown["metrics"][0]["numbers"]


def test_the_first_check_has_nothing_to_compare_with(ada: Identity) -> None:
    check = scored_check(ada, marked())
    scored_check(ada, marked())  # later
    page = opened(ada, "result", check=str(check))
    assert [box.label for box in page.selectbox] == ["Check of"]


def test_the_photo_can_be_seen_whole(ada: Identity) -> None:
    page = opened(ada, "result", check=str(scored_check(ada)))
    assert pictures(page) == []
    page.toggle[0].set_value(True).run()
    assert len(pictures(page)) == 1


def test_each_photo_of_a_check_says_whether_it_counts_and_why_not(ada: Identity) -> None:
    with transaction() as session:
        check = intake.submit(session, ada, [photo_that("is scored", seed=n) for n in range(3)])
        begun = record.start(session, check)
        assert begun is not None
        seen = [Seen(examination(40.0)), Seen(None, ("Too *dark*.",)), Seen(examination(42.0))]
        assert record.record(session, begun, seen)
    page = opened(ada, "result", check=str(check))
    assert len(pictures(page)) == 3
    said = words(page)
    assert "2 of 3 photos count" in said
    assert plain("Too *dark*.") in said
    badges = [m.value for m in page.markdown if "badge" in m.value]
    assert [("Not used" in b, "shown above" in b) for b in badges] == [
        (False, True), (True, False), (False, False),
    ]  # fmt: skip
    (whole,) = [g for g in page.segmented_control if g.label == "See one whole"]
    whole.set_value(2).run()
    assert len(pictures(page)) == 4


def test_what_a_person_watches_comes_first(ada: Identity) -> None:
    with transaction() as session:
        kept = {"watched_metrics": ["redness", "no such", 3], "region_outlines": "x"}
        profiles.update(session, ada.user_id, preferences=kept)
    page = opened(ada, "result", check=str(scored_check(ada)))
    shown = viewer(page)
    assert shown is not None
    assert shown["first"] == "redness"
    assert shown["metrics"][0]["key"] == "redness"


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
    assert viewer(page) is None
    assert pictures(page) == []
    assert page.metric[0].value == "40"
    page.pills[0].set_value(Metric.SPOTS).run()
    assert "<h3>Spots 40</h3>" in words(page)


def test_another_check_can_be_picked(ada: Identity) -> None:
    first, second = scored_check(ada, examination(20.0)), scored_check(ada, examination(60.0))
    page = opened(ada, "result", check=str(second))
    assert page.metric[0].value == "60"
    picker = page.selectbox[0]
    picker.set_value(first).run()
    assert page.metric[0].value == "20"
    assert page.query_params["check"] == str(first)
