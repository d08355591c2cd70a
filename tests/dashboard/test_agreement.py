"""The agreement board as staff see it."""

from __future__ import annotations

import numpy as np
import pytest
from sqlalchemy import Connection
from streamlit.testing.v1 import AppTest

from core.analytics import FLOOR
from core.people import Identity, Role
from core.reviews import GRADED
from data.database import transaction
from tests.consulting import staff
from tests.dashboard.seeing import seen_by
from tests.grading import asked, checked, graded
from tests.people import signed_in


def at(who: Identity) -> AppTest:
    return seen_by(who).switch_page("pages/agreement.py").run()


def grade(count: int, readers: int = 1) -> Identity:
    random = np.random.default_rng(1)
    with transaction() as session:
        grading = [staff(session) for _ in range(readers)]
        for _ in range(count):
            case = asked(session)
            skin = random.uniform(5, 90, len(GRADED))
            check = checked(session, case[0].user_id, dict(zip(GRADED, skin, strict=True)))
            for reader in grading:
                seen = np.clip(skin + random.normal(0, 8, len(GRADED)), 0, 100)
                graded(session, case, check, reader, dict(zip(GRADED, seen, strict=True)))
    return grading[0]


def test_without_grades_it_says_what_will_appear(database: Connection) -> None:
    with transaction() as session:
        who = staff(session)
    page = at(who)
    assert not page.exception
    assert "No check was graded blind yet." in page.info[0].value
    assert page.dataframe.len == 0


def test_every_metric_has_its_figures_with_intervals_and_counts(database: Connection) -> None:
    page = at(grade(FLOOR))
    assert not page.exception
    metrics, tones = (table.value for table in page.dataframe)
    assert list(metrics["People"]) == [str(FLOOR)] * len(GRADED)
    assert metrics["ICC(2,1)"].str.match(r"0\.\d\d \[").all()
    assert metrics["95 % limits"].str.contains(" to ").all()
    assert list(tones["Tone of skin"]) == ["Everybody", "Light"]


def test_of_few_people_nothing_is_shown(database: Connection) -> None:
    page = at(grade(FLOOR - 2))
    metrics = page.dataframe[0].value
    assert set(metrics["ICC(2,1)"]) == {"–"}
    assert set(metrics["People"]) == {"under 10"}
    assert set(metrics["95 % limits"]) == {"–"}


def test_dermatologists_among_themselves_have_scales_too(database: Connection) -> None:
    page = at(grade(FLOOR, readers=2))
    page.button_group(key="agreement_between").set_value("readers").run()
    assert not page.exception
    metrics = page.dataframe[0].value
    assert "Acne: IGA" in set(metrics["Graded"])
    pores = metrics[metrics["Graded"] == "Pores"].iloc[0]
    assert pores["Pairs"] == str(FLOOR)


@pytest.mark.parametrize("role", [Role.ANALYST, Role.ADMIN])
def test_analysts_and_administrators_see_it_too(database: Connection, role: Role) -> None:
    with transaction() as session:
        who = staff(session, role)
    assert "No check was graded blind yet." in at(who).info[0].value


def test_people_have_no_such_page(database: Connection) -> None:
    with transaction() as session:
        page = seen_by(signed_in(session)).run()
    with pytest.raises(ValueError, match="agreement"):
        page.switch_page("pages/agreement.py").run()
