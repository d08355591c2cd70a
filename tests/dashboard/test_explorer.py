"""The explorer as an analyst sees it, over released rows that are known."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Connection
from streamlit.testing.v1 import AppTest

from core.analytics import Because, Fact, Period
from core.errors import InvalidInput
from core.metrics import Metric
from core.people import Identity, Role
from dashboard import plots
from dashboard.widgets.explorer_charts import chart
from dashboard.widgets.explorer_linked import beside, of_days, of_groups
from dashboard.widgets.explorer_parts import clicked
from data import audit, users
from data.analytics import reading
from data.database import transaction
from pipeline import accounts
from pipeline.analytics import asking
from pipeline.analytics.answers import answer
from pipeline.analytics.questions import Question, View
from tests import analytics_rows as rows
from tests import people
from tests.dashboard.seeing import seen_by


def somebody(role: Role) -> Identity:
    with transaction() as session:
        user_id = people.register(session)
        accounts.grant(session, email=users.get(session, user_id).email, role=role)
        return people.signed_in(session, user_id)


@pytest.fixture
def ann(database: Connection) -> Identity:
    with transaction() as session:
        rows.partitions(session)
        for period in Period:
            rows.metric(session, "", {("", ""): (310, 33.5)}, period=period)
            rows.metric(
                session,
                "tone_band",
                {("light", ""): (200, 30.0), ("tan", ""): Because.FEW, ("dark", ""): (100, 40.0)},
                period=period,
            )
        rows.metric(session, "age_band+tone_band", {("18-24", "dark"): (40, 41.0)})
        rows.quality(session, "rejected", "tone_band", {"light": (200, 5.0), "dark": (100, 8.0)})
        rows.others(session)
    return somebody(Role.ANALYST)


def explorer(who: Identity, **query: str | list[str]) -> AppTest:
    page = seen_by(who).run().switch_page("pages/explorer.py")
    for name, value in query.items():
        page.query_params[name.replace("__", ".")] = value
    page.run()
    assert not page.exception
    return page


def said(page: AppTest) -> str:
    return " ".join(
        str(e.value) for e in [*page.markdown, *page.caption, *page.info, *page.warning]
    )


def test_an_address_is_answered_with_its_question_people_and_reason(ann: Identity) -> None:
    page = explorer(ann, metric="redness", by="tone_band")
    assert page.subheader[0].value == "How is redness distributed among people, by skin tone?"
    assert "About 200 people" in said(page)
    assert "Not shown] Tan: fewer than 10 people" in said(page)
    table = page.dataframe[0].value
    assert list(table["group"]) == ["Light", "Tan", "Dark"]
    assert table["value"].isna().tolist() == [False, True, False]


def test_what_is_chosen_goes_into_the_address(ann: Identity) -> None:
    page = explorer(ann, metric="redness")
    page.selectbox(key="x_by").set_value(Fact.TONE_BAND).run()
    assert dict(page.query_params) == {"metric": "redness", "by": "tone_band"}
    page.multiselect(key="x_a_tone_band").set_value(["light", "dark"]).run()
    assert page.query_params["tone_band"] == ["light", "dark"]


def test_two_cohorts_are_compared_in_words(ann: Identity) -> None:
    page = explorer(ann, metric="redness", tone_band="dark", b__tone_band="light")
    assert "A less B: +10.00 points" in said(page)
    assert "more than noise" in said(page)


def test_too_many_facts_are_a_sentence_and_no_question(ann: Identity) -> None:
    page = explorer(ann, by="tone_band", age_band="18-24", device="phone")
    assert "grouped by two things at a time" in said(page)
    assert "Here is the usual view instead" in said(page)


def test_an_address_that_nobody_wrote_is_a_sentence(ann: Identity) -> None:
    page = explorer(ann, metric="<script>")
    assert "does not know" in said(page)


def test_drawing_a_page_again_asks_once(ann: Identity) -> None:
    page = explorer(ann, metric="redness")
    before = asked(ann)
    page.run()
    assert asked(ann) == before


def asked(who: Identity) -> int:
    with transaction() as session:
        return audit.count(session, asking.ASKED, actor=who.user_id, within=asking._DAY)


def test_a_view_is_saved_and_opened_again(ann: Identity) -> None:
    page = explorer(ann, metric="redness", by="tone_band")
    page.text_input(key="x_name").set_value("Tones *now*").run()
    next(b for b in page.button if b.label == "Save this view").click().run()
    page.selectbox(key="x_by").set_value(None).run()
    next(b for b in page.button if b.label.startswith("Tones")).click().run()
    assert page.query_params["by"] == "tone_band"
    assert page.subheader[0].value.endswith("by skin tone?")


@pytest.mark.parametrize("script", ["explorer", "fairness"])
def test_who_is_no_analyst_any_more_sees_nothing_of_the_page(ann: Identity, script: str) -> None:
    page = seen_by(ann).run().switch_page(f"pages/{script}.py").run()
    with transaction() as session:
        accounts.grant(session, email=ann.email, role=Role.DERMATOLOGIST)
    page.run()
    assert not page.subheader
    assert not page.dataframe


def test_the_board_of_drift_is_a_question_of_the_day_too(
    ann: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = seen_by(ann).run().switch_page("pages/fairness.py").run()
    assert asked(ann) == 1
    page.run()
    assert asked(ann) == 1  # drawing it again asks nothing
    monkeypatch.setattr(asking, "left", lambda asked: 1 - asked)
    other = seen_by(ann).run().switch_page("pages/fairness.py").run()
    assert "Go on when the first of them is a day old" in said(other)
    assert not other.subheader


def test_rejections_stand_by_skin_tone_on_the_board_of_fairness(ann: Identity) -> None:
    page = seen_by(ann).run().switch_page("pages/fairness.py").run()
    assert "too few weeks" in said(page)
    page.session_state["fairness_board"] = "rejected"
    page.run()
    assert not page.exception
    assert list(page.dataframe[0].value["group"]) == ["Light", "Dark"]


@pytest.mark.parametrize("view", View)
@pytest.mark.parametrize("kind", ["light", "dark"])
def test_every_way_to_look_is_drawn_in_the_house_template(
    ann: Identity, view: View, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plots, "kind", lambda: kind)
    by = Fact.TONE_BAND if view in (View.SPREAD, View.TREND, View.PHOTOS) else None
    with reading() as session:
        figure = chart(answer(session, Question(view=view, metric=Metric.REDNESS, by=by)))
    assert figure is not None
    assert figure.layout.template == plots.template(kind)
    assert figure.to_json()


def test_a_click_on_a_group_asks_for_that_group_alone() -> None:
    asked = Question(by=Fact.TONE_BAND)
    assert clicked(asked, ["dark", None]) == Question(where={Fact.TONE_BAND: ("dark",)})
    heat = clicked(Question(view=View.AGE_AND_TONE), ["18-24", "dark"])
    assert heat.where == {Fact.AGE_BAND: ("18-24",), Fact.TONE_BAND: ("dark",)}
    assert heat.view is View.TREND
    assert clicked(asked, [None, None]) == asked


def test_what_is_selected_in_one_chart_filters_all_the_others_and_not_its_own() -> None:
    asked = of_groups(Question(metric=Metric.REDNESS), Fact.TONE_BAND, ["dark", "brown"])
    assert asked.where == {Fact.TONE_BAND: ("dark", "brown")}
    assert beside(asked, Fact.AGE_BAND).where == asked.where
    assert beside(asked, Fact.TONE_BAND).where == {}
    assert beside(asked, None).where == asked.where
    assert of_groups(asked, Fact.TONE_BAND, []).where == {}


def test_a_selection_that_asks_for_a_third_fact_takes_the_older_ones_away() -> None:
    two = Question(where={Fact.TONE_BAND: ("dark",), Fact.DEVICE: ("phone",)})
    assert of_groups(two, Fact.AGE_BAND, ["18-24"]).where == {Fact.AGE_BAND: ("18-24",)}
    grouped = Question(by=Fact.DEVICE, where={Fact.TONE_BAND: ("dark",)})
    both = of_groups(grouped, Fact.AGE_BAND, ["18-24"])
    assert (both.by, set(both.where)) == (None, {Fact.TONE_BAND, Fact.AGE_BAND})
    with pytest.raises(InvalidInput, match="two things at a time"):
        beside(both, Fact.DEVICE)


def test_weeks_selected_in_the_course_are_days_from_the_first_to_the_end_of_the_last() -> None:
    asked = of_days(Question(), [date(2026, 1, 12), date(2026, 1, 5)])
    assert (asked.since, asked.until) == (date(2026, 1, 5), date(2026, 1, 19))
    assert of_days(asked, []) == Question()


def test_linked_charts_ask_only_when_wanted_and_say_what_cannot_be_grouped(ann: Identity) -> None:
    page = explorer(ann, metric="redness", tone_band="dark", age_band="18-24")
    before = asked(ann)
    page.toggle(key="x_linked").set_value(True).run()
    assert not page.exception
    assert asked(ann) == before + 3  # over time, by age and by tone; the others need a third fact
    assert "grouped by two things at a time" in said(page)
    next(b for b in page.button if b.key == "x_drop_age_band").click().run()
    assert not page.exception
    assert dict(page.query_params) == {"metric": "redness", "tone_band": "dark"}
