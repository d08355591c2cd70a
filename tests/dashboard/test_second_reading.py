"""The page on which a second dermatologist grades a face."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection
from streamlit.testing.v1 import AppTest

from core.metrics import Metric
from core.people import Identity
from core.reviews import GRADED, Grade, Verdict
from core.settings import settings
from data import agreement
from data.database import read, transaction
from data.progress import Seen
from pipeline import intake, record
from pipeline.reviews import grades
from tests import people
from tests.consulting import claimed, staff
from tests.dashboard.seeing import seen_by
from tests.stand_in import examination, photo_that

QUESTION = "Is this redness something to treat?"


@pytest.fixture
def reader(
    var: object, database: Connection, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Identity]:
    """Grace has graded Ada's check blind; a second reader is asked for."""
    monkeypatch.setenv("SKINCARE_SECOND_READER_SHARE", "1")
    settings.cache_clear()
    with transaction() as session:
        ada = people.signed_in(session)
        check = intake.submit(session, ada, [photo_that("is scored")])
        begun = record.start(session, check)
        assert begun is not None
        assert record.record(session, begun, [Seen(examination())])
        grace, case = claimed(session, ada, analysis_id=check, question=QUESTION)
        mine = {metric: Grade(Verdict.VALUE, 35.0) for metric in GRADED}
        grades.give(session, grace, case, mine, {})
        colleague = staff(session)
    yield colleague
    settings.cache_clear()


def at(who: Identity) -> AppTest:
    page = seen_by(who).switch_page("pages/second_reading.py").run()
    assert not page.exception
    return page


def press(page: AppTest, label: str) -> AppTest:
    [button] = [button for button in page.button if button.label == label]
    page = button.click().run()
    assert not page.exception
    return page


def test_the_queue_says_that_a_face_waits(reader: Identity) -> None:
    page = seen_by(reader).run()
    assert not page.exception
    links = [repr(link) + str(getattr(link, "proto", "")) for link in page.get("page_link")]
    assert any("A face waits for a second reading" in link for link in links)


def test_a_face_is_taken_graded_and_closed_again(reader: Identity) -> None:
    page = press(at(reader), "Take the next")
    shown = " ".join(str(element) for element in page.main)
    assert QUESTION not in shown
    assert "35" not in [text.value for text in page.text]
    for metric in GRADED:
        page.number_input(key=f"grade_{metric.value}_value").set_value(45)
    page = press(page, "Keep the grades")
    assert any("Kept" in success.value for success in page.success)
    assert "No second reading waits for you." in page.info[0].value
    with read() as session:
        pores = [g.value for g in agreement.blind_grades(session) if g.metric is Metric.PORES]
    assert pores == [35.0, 45.0]


def test_a_metric_that_was_forgotten_is_named_and_nothing_is_lost(reader: Identity) -> None:
    page = press(at(reader), "Take the next")
    page.number_input(key="grade_redness_value").set_value(45)
    page = press(page, "Keep the grades")
    assert any("pores" in error.value for error in page.error)
    assert page.number_input(key="grade_redness_value").value == 45


def test_what_is_put_back_waits_for_another(reader: Identity) -> None:
    page = press(at(reader), "Take the next")
    page = press(page, "Put it back")
    assert "A face waits." in [text.value for text in page.text]
