"""Today and Trends as a person sees them after no check, one, two, and half a year of them."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection
from streamlit.testing.v1 import AppTest

from core.examination import Score
from core.metrics import Metric, Region
from core.people import Identity, Role
from dashboard.charts import course_chart, course_frame
from data import courses
from data.database import transaction
from data.demonstration import add_simulated_check
from pipeline import accounts, noise, trends
from tests.dashboard.checks import button, opened, scored_check, viewer
from tests.dashboard.seeing import seen_by
from tests.people import signed_in
from tests.stand_in import examination

LEAST = noise.Noise(dict.fromkeys(Metric, 8.0))
NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def _known_noise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(noise, "of_models", lambda: LEAST)


@pytest.fixture
def ada(database: Connection) -> Identity:
    with transaction() as session:
        return signed_in(session, first_name="Ada *the* [first](http://evil.example)")


def add_check(who: Identity, *, days_ago: float, value: float | None) -> None:
    score = (
        Score.abstain("Too few pixels of skin.")
        if value is None
        else Score(value, max(value - 5, 0), min(value + 5, 100))
    )
    with transaction() as session:
        add_simulated_check(
            session,
            who.user_id,
            NOW - timedelta(days=days_ago),
            dict.fromkeys(Metric, score),
            {Region.NOSE: {Metric.PORES: score}},
        )


def today(who: Identity) -> AppTest:
    page = seen_by(who).run()
    assert not page.exception
    return page


def trends_page(who: Identity) -> AppTest:
    page = seen_by(who).run().switch_page("pages/trends.py").run()
    assert not page.exception
    return page


def words(page: AppTest) -> str:
    return "\n".join(m.value for m in [*page.markdown, *page.caption, *page.title])


def test_before_the_first_check_a_person_is_told_what_to_do(ada: Identity) -> None:
    page = today(ada)
    assert page.title[0].value.startswith("Welcome, Ada")
    assert [button.label for button in page.button] == ["Make the first check"]
    assert page.metric.len == 0


def test_a_name_is_shown_as_it_was_written_and_makes_no_link(ada: Identity) -> None:
    heading = today(ada).title[0].value
    assert r"\*the\*" in heading
    assert "](http" not in heading


def test_one_check_shows_every_metric_with_range_and_direction(ada: Identity) -> None:
    add_check(ada, days_ago=1, value=62)
    page = today(ada)
    assert {metric.label for metric in page.metric} >= {"Skin score", "Pores", "Hydration"}
    assert page.metric.len == len(Metric)
    assert (page.metric[0].value, page.metric[0].delta) == ("62", "likely 57–67")
    shown = {c.value for c in page.caption}
    assert {"Less is better · mapped", "Higher is better · composite of the others"} <= shown
    assert "This was your first check" in words(page)


@pytest.mark.parametrize(
    ("second", "says"),
    [
        pytest.param(66, "Nothing beyond noise has changed", id="four points are noise"),
        pytest.param(80, "Changed since", id="eighteen points are real"),
    ],
)
def test_a_second_check_says_whether_anything_changed(
    ada: Identity, second: float, says: str
) -> None:
    add_check(ada, days_ago=8, value=62)
    add_check(ada, days_ago=1, value=second)
    assert says in words(today(ada))


def test_an_abstention_is_shown_with_its_reason_and_no_number(ada: Identity) -> None:
    add_check(ada, days_ago=1, value=None)
    page = today(ada)
    assert {metric.value for metric in page.metric} == {"–"}
    assert "Too few pixels of skin." in {c.value for c in page.caption}


def test_nobody_sees_the_checks_of_another(ada: Identity) -> None:
    add_check(ada, days_ago=1, value=62)
    with transaction() as session:
        mallory = signed_in(session)
    assert today(mallory).metric.len == 0
    assert trends_page(mallory).dataframe.len == 0


def test_trends_label_each_step(ada: Identity) -> None:
    for days_ago, value in ((30, 40), (20, 44), (10, 60)):
        add_check(ada, days_ago=days_ago, value=value)
    table = trends_page(ada).dataframe[0].value
    assert list(table["Verdict"]) == ["real change", "within noise", "first check"]
    assert list(table["Change"]) == ["+16", "+4", ""]
    assert list(table["Score"]) == ["60", "44", "40"]


def test_the_first_and_the_last_photo_can_be_laid_side_by_side(ada: Identity) -> None:
    first, last = scored_check(ada, examination(40.0)), scored_check(ada, examination(60.0))
    page = opened(ada, "trends")
    button(page, "See the first and the last photo side by side").click().run()
    assert page.query_params["check"] == str(last)
    assert page.query_params["against"] == str(first)
    shown = viewer(page)
    assert shown is not None
    assert len(shown["checks"]) == 2


def test_trends_keep_to_the_period(ada: Identity) -> None:
    add_check(ada, days_ago=300, value=40)
    add_check(ada, days_ago=2, value=50)
    page = trends_page(ada)
    assert len(page.dataframe[0].value) == 1
    page.button_group[0].set_value("All").run()
    assert len(page.dataframe[0].value) == 2


def test_trends_take_a_persons_own_dates_with_their_last_day_whole(ada: Identity) -> None:
    for days_ago in (40, 30, 2):
        add_check(ada, days_ago=days_ago, value=40)
    page = trends_page(ada)
    page.button_group[0].set_value("Own dates").run()
    first, last = ((NOW - timedelta(days=days)).date() for days in (40, 30))
    page.date_input[0].set_value((first, last)).run()
    assert not page.exception
    assert len(page.dataframe[0].value) == 2


def test_simulated_checks_are_called_so(ada: Identity) -> None:
    add_check(ada, days_ago=2, value=40)
    assert "Simulated" in words(today(ada))
    assert "Simulated" in words(trends_page(ada))


def test_staff_have_no_checks_of_their_own(ada: Identity) -> None:
    with transaction() as session:
        accounts.grant(session, email=ada.email, role=Role.ANALYST)
        staff = signed_in(session, ada.user_id)
    assert seen_by(staff).run().metric.len == 0


def test_a_chart_joins_only_what_was_measured(ada: Identity) -> None:
    for days_ago, value in ((30, 40), (20, None), (10, 60)):
        add_check(ada, days_ago=days_ago, value=value)
    with transaction() as session:
        course = trends.points(courses.history(session, ada.user_id), Metric.PORES, LEAST)
    frame = course_frame(course)
    assert list(frame["value"]) == [40, 60]
    drawn = course_chart(course, Metric.PORES, 8.0).to_dict()
    assert len(drawn["layer"]) == 4  # band, line, points, noise


def test_the_csv_holds_every_metric_of_every_check(ada: Identity) -> None:
    add_check(ada, days_ago=3, value=40)
    add_check(ada, days_ago=1, value=None)
    with transaction() as session:
        text = trends.as_csv(courses.history(session, ada.user_id), LEAST)
    assert len(list(csv.DictReader(io.StringIO(text)))) == 2 * len(Metric)
