"""Answers from released rows that are known: what is said, and what is not."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from core.analytics import Because, Fact, Period
from core.errors import NotAllowed, TooMany
from core.metrics import Metric
from core.people import Identity, Role
from core.settings import settings
from data import audit, users
from pipeline import accounts
from pipeline.analytics import asking, saved_views
from pipeline.analytics.answers import answer
from pipeline.analytics.lines import Answer, Line, as_csv
from pipeline.analytics.questions import Question, View, written
from tests import analytics_rows as rows
from tests import people

TONES: dict[tuple[str, str], tuple[int, float] | Because] = {
    ("light", ""): (200, 30.0),
    ("dark", ""): (100, 40.0),
    ("tan", ""): Because.FEW,
}
REDNESS = Question(metric=Metric.REDNESS)


@pytest.fixture(autouse=True)
def _released(session: Session) -> None:
    rows.partitions(session)
    rows.metric(session, "", {("", ""): (310, 33.5)})
    rows.metric(session, "tone_band", TONES)
    rows.metric(session, "tone_band", TONES, period=Period.WEEK)
    rows.metric(
        session,
        "age_band+tone_band",
        {("18-24", "dark"): (40, 41.0), ("25-34", "dark"): Because.COMPLEMENT},
    )
    rows.quality(session, "rejected", "tone_band", {"light": (200, 5.0), "dark": (100, 8.0)})
    rows.others(session)
    session.flush()


def somebody(session: Session, role: Role) -> Identity:
    user_id = people.register(session)
    accounts.grant(session, email=users.get(session, user_id).email, role=role)
    return people.signed_in(session, user_id)


def line(found: Answer, group: str | None, other: str | None = None) -> Line:
    return next(one for one in found.lines if (one.group, one.other) == (group, other))


def test_each_group_has_its_mean_people_and_interval(session: Session) -> None:
    found = answer(session, Question(metric=Metric.REDNESS, by=Fact.TONE_BAND))
    light = line(found, "light")
    assert (light.value, light.people, light.checks) == (30.0, 200, 800)
    assert light.low is not None
    assert light.high is not None
    assert light.high - light.low == pytest.approx(2 * 1.97 * 10 / 200**0.5, rel=0.02)
    assert [one.group for one in found.lines] == ["light", "tan", "dark"]


def test_a_suppressed_group_has_no_numbers_and_says_why(session: Session) -> None:
    found = answer(session, Question(metric=Metric.REDNESS, by=Fact.TONE_BAND))
    tan = line(found, "tan")
    assert (tan.because, tan.value, tan.people, tan.bins) == (Because.FEW, None, None, None)
    assert tan.why == "fewer than 10 people"
    assert "1 of the 3 figures behind this are not shown" in " ".join(found.notes)
    table = list(csv.DictReader(io.StringIO(as_csv(found).decode("utf-8-sig").split("\r\n", 1)[1])))
    assert table[1]["not shown because"] == "fewer than 10 people"
    assert table[1]["value"] == ""


def test_bins_come_with_distributions_alone(session: Session) -> None:
    asked = Question(metric=Metric.REDNESS, by=Fact.TONE_BAND)
    assert line(answer(session, asked), "light").bins is not None
    trend = answer(session, replace(asked, view=View.TREND))
    assert trend.lines
    assert {one.bins for one in trend.lines} == {None}


def test_two_groups_are_filtered_together_as_one_cohort(session: Session) -> None:
    asked = Question(metric=Metric.REDNESS, where={Fact.TONE_BAND: ("light", "dark")})
    found = answer(session, asked)
    assert len(found.lines) == 1
    assert found.lines[0].people == 300
    assert found.lines[0].value == pytest.approx((200 * 30 + 100 * 40) / 300)


def test_two_cohorts_are_compared(session: Session) -> None:
    found = answer(
        session,
        Question(
            metric=Metric.REDNESS,
            where={Fact.TONE_BAND: ("dark",)},
            against={Fact.TONE_BAND: ("light",)},
        ),
    )
    assert found.difference is not None
    assert found.difference.value == pytest.approx(10.0)
    assert found.difference.low > 7
    assert found.difference.p < 1e-6
    assert {one.cohort for one in found.lines} == {"A", "B"}


def test_a_cohort_that_is_too_small_is_not_compared(session: Session) -> None:
    found = answer(
        session,
        Question(metric=Metric.REDNESS, where={Fact.TONE_BAND: ("tan",)}, against={}),
    )
    assert found.difference is None


def test_a_trend_has_a_line_for_each_week_and_group(session: Session) -> None:
    asked = Question(view=View.TREND, metric=Metric.REDNESS, by=Fact.TONE_BAND)
    found = answer(session, asked)
    assert found.period is Period.WEEK
    assert {(one.period_start, one.group) for one in found.lines} == {
        (rows.BLOCK, tone) for tone in ("light", "dark", "tan")
    }


def test_age_and_tone_are_a_table_with_its_gaps(session: Session) -> None:
    found = answer(session, Question(view=View.AGE_AND_TONE, metric=Metric.REDNESS))
    assert line(found, "18-24", "dark").value == 41.0
    assert line(found, "25-34", "dark").because is Because.COMPLEMENT
    assert "by subtracting" in line(found, "25-34", "dark").why


def test_an_ingredient_is_compared_with_those_who_changed_nothing(session: Session) -> None:
    found = answer(session, Question(view=View.INGREDIENTS))
    helped, idle = line(found, "azelaic_acid"), line(found, "niacinamide")
    assert helped.value == pytest.approx(-6.0)
    assert helped.q is not None
    assert helped.p is not None
    assert helped.q < 0.001
    assert helped.q == pytest.approx(min(1, 2 * helped.p))  # two were tested
    assert idle.q is not None
    assert idle.q > 0.5


def test_correlations_returning_and_photos_are_answered(session: Session) -> None:
    linked = answer(session, Question(view=View.TOGETHER)).lines[0]
    assert (linked.about, linked.other, linked.value) == ("pores", "redness", 0.4)
    back = answer(session, Question(view=View.RETURNING)).lines
    assert [one.value for one in back] == [100.0, 60.0]
    photos = answer(session, Question(view=View.PHOTOS, by=Fact.TONE_BAND))
    assert line(photos, "dark").value == 8.0
    assert photos.scale.unit == "% of a person's checks"


def test_each_question_is_noted_and_counts(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = somebody(session, Role.ANALYST)
    monkeypatch.setenv("SKINCARE_ANALYST_QUESTIONS_PER_DAY", "2")
    settings.cache_clear()
    session.flush()
    asking.ask(who, REDNESS)
    asking.ask(who, REDNESS)
    with pytest.raises(TooMany, match="2 questions"):
        asking.ask(who, REDNESS)
    assert audit.count(session, asking.ASKED, actor=who.user_id, within=asking._DAY) == 2
    monkeypatch.undo()
    settings.cache_clear()


@pytest.mark.parametrize("role", [Role.USER, Role.DERMATOLOGIST])
def test_who_is_no_analyst_asks_and_keeps_nothing(session: Session, role: Role) -> None:
    who = somebody(session, role)
    with pytest.raises(NotAllowed):
        asking.ask(who, REDNESS)
    with pytest.raises(NotAllowed):
        saved_views.save(session, who, "mine", REDNESS)


def test_a_saved_view_is_the_analysts_own_and_is_replaced_by_its_name(session: Session) -> None:
    ann, bob = (somebody(session, Role.ANALYST) for _ in range(2))
    saved_views.save(session, ann, " Redness  now", REDNESS)
    saved_views.save(session, ann, "redness NOW", Question(view=View.TREND))
    kept = saved_views.all_of(session, ann)
    assert [(view.name, view.query) for view in kept] == [
        ("redness NOW", written(Question(view=View.TREND)))
    ]
    assert saved_views.all_of(session, bob) == []
