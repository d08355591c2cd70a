"""The evidence page as people see it: all rows, found by words and filters."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection
from streamlit.testing.v1 import AppTest

from core.metrics import Metric
from core.people import Identity, Role
from data.database import transaction
from pipeline import accounts
from pipeline.advice.knowledge import knowledge
from pipeline.advice.schema import Grade
from tests.dashboard.seeing import seen_by
from tests.people import signed_in


@pytest.fixture
def ada(database: Connection) -> Identity:
    with transaction() as session:
        return signed_in(session)


def opened(who: Identity) -> AppTest:
    page = seen_by(who).run().switch_page("pages/evidence.py").run()
    assert not page.exception
    return page


def names(page: AppTest) -> list[str]:
    return list(page.dataframe[0].value["Ingredient"])


def words(page: AppTest) -> str:
    return "\n".join(each.value for each in [*page.markdown, *page.caption, *page.subheader])


def test_the_whole_table_is_there_with_who_says_so(ada: Identity) -> None:
    page = opened(ada)
    assert names(page) == [each.name for each in knowledge().ingredients.values()]
    assert "41 of 41 rows" in words(page)
    assert "American Academy of Dermatology (2024)" in words(page)


def test_staff_read_it_as_well(ada: Identity) -> None:
    with transaction() as session:
        accounts.grant(session, email=ada.email, role=Role.DERMATOLOGIST)
        staff = signed_in(session, ada.user_id)
    assert len(names(opened(staff))) == 41


def test_a_word_finds_rows_by_name_caution_and_source(ada: Identity) -> None:
    page = opened(ada)
    page.text_input[0].input("HUGHES").run()
    assert names(page) == ["Broad-spectrum sunscreen SPF 30 or more"]
    page.text_input[0].input("bleaches clothes").run()
    assert names(page) == ["Benzoyl peroxide 2.5–5 %"]
    page.text_input[0].input("no such thing").run()
    assert page.info[0].value.startswith("Nothing fits")


def test_concern_and_grade_filter_together(ada: Identity) -> None:
    page = opened(ada)
    page.selectbox[0].select(Metric.PORES).run()
    page.selectbox[1].select(Grade.B).run()
    assert not page.exception
    assert names(page) == ["Salicylic acid 0.5–2 %"]


def test_what_was_not_verified_says_so_and_what_is_never_suggested_says_why(ada: Identity) -> None:
    page = opened(ada)
    page.text_input[0].input("gluconolactone").run()
    assert "Common practice, not verified" in words(page)
    assert "**Tretinoin**: Needs a prescription." in words(page)
    assert "Little or no good evidence." in words(page)


def test_nothing_on_the_page_promises_to_treat_or_diagnose(ada: Identity) -> None:
    text = words(opened(ada)).casefold()
    assert not [word for word in ("diagnos", "treat", "cure", "disease") if word in text]


def test_every_red_flag_stands_there_with_who_says_so(ada: Identity) -> None:
    shown = words(opened(ada))
    for flag in knowledge().red_flags.values():
        assert flag.trigger in shown
    assert "NICE (2015): NG12" in shown
    assert "updated in 2023" in shown
