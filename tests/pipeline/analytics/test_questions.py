"""What may be asked, and that an address means one question."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.analytics import Fact
from core.errors import InvalidInput
from core.metrics import Metric
from pipeline.analytics import questions
from pipeline.analytics.questions import Question, View, read, written
from pipeline.analytics.titles import of
from pipeline.analytics.words import FACT_VALUES

KNOWN = {fact: values for fact, values in FACT_VALUES.items() if values}


def _values(fact: Fact) -> st.SearchStrategy[tuple[str, ...]]:
    known = list(KNOWN[fact])
    chosen = st.lists(st.sampled_from(known), min_size=1, max_size=4, unique=True)
    return chosen.map(lambda values: tuple(sorted(values, key=known.index)))


cohorts = st.lists(st.sampled_from(sorted(KNOWN)), max_size=2, unique=True).flatmap(
    lambda facts: st.fixed_dictionaries({fact: _values(fact) for fact in facts})
)


@given(
    cohorts,
    st.none() | cohorts,
    st.sampled_from(Metric),
    st.none() | st.dates(date(2024, 2, 1), date(2030, 1, 1)),
    st.booleans(),
)
def test_what_is_written_is_read_as_the_same_question(
    where: questions.Where,
    against: questions.Where | None,
    metric: Metric,
    since: date | None,
    is_adjusted: bool,
) -> None:
    asked = Question(
        metric=metric, where=where, against=against, since=since, is_adjusted=is_adjusted
    )
    assert read(written(asked)) == asked
    assert written(read(written(asked))) == written(asked)


def test_the_usual_question_is_an_empty_address() -> None:
    assert written(Question()) == ""
    assert read("") == Question()


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                "view metric by from to age_band b. b.zone region measure x".split()
            )
            | st.text(max_size=8),
            st.text(max_size=30),
        ),
        max_size=6,
    )
)  # fmt: skip
def test_any_address_is_a_question_or_a_sentence(pairs: list[tuple[str, str]]) -> None:
    try:
        assert isinstance(read(urlencode(pairs)), Question)
    except InvalidInput as error:
        assert str(error).endswith(".")  # noqa: PT017 # either is right


def test_three_facts_at_once_are_refused_and_named() -> None:
    with pytest.raises(InvalidInput, match="age, device, skin tone"):
        Question(by=Fact.TONE_BAND, where={Fact.AGE_BAND: ("25-34",), Fact.DEVICE: ("phone",)})


def test_a_part_of_the_face_is_grouped_by_one_fact() -> None:
    Question(metric=Metric.PORES, region="nose", by=Fact.LIGHT)
    with pytest.raises(InvalidInput, match="one thing at a time"):
        Question(
            metric=Metric.PORES,
            region="nose",
            by=Fact.LIGHT,
            where={Fact.DEVICE: ("phone",)},
        )


def test_a_group_that_does_not_exist_is_refused() -> None:
    with pytest.raises(InvalidInput, match="Age: there is no such group"):
        read("age_band=26-34")


def test_a_click_takes_away_what_no_longer_fits() -> None:
    asked = Question(by=Fact.LIGHT, where={Fact.DEVICE: ("phone",)})
    where = {Fact.DEVICE: ("phone",), Fact.TONE_BAND: ("tan",)}
    found = questions.as_grouped(asked, where=where)
    assert found.where == where
    assert found.by is None


def test_a_question_is_said_in_words() -> None:
    asked = Question(
        view=View.TREND,
        metric=Metric.REDNESS,
        by=Fact.AGE_BAND,
        where={Fact.TONE_BAND: ("tan", "brown")},
        against={},
        since=date(2026, 1, 5),
    )
    assert of(asked) == (
        "How does redness run over time, by age, of skin tone tan or brown, "
        "against everybody, since 5 Jan 2026?"
    )
