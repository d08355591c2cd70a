"""What is released of changes after an ingredient, and of who came back."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from core.analytics import FLOOR, Because
from data.person_courses import Change, Visits
from pipeline.analytics import courses

START = date(2026, 3, 2)
KEY = b"of the tests"
Rows = dict[tuple[object, ...], tuple[object, ...]]


def person(number: int) -> bytes:
    return number.to_bytes(16, "big")


def released(*groups: tuple[str, range]) -> Rows:
    """Of ingredients and who began them, by (ingredient,)."""
    points = np.random.default_rng(1).normal(0, 5, 1000)
    changes = [
        Change(ingredient, "redness", person(one), float(points[one]))
        for ingredient, people in groups
        for one in people
    ]
    return {(row[0],): row[5:] for row in courses.ingredients(changes, START, KEY)}


def test_of_two_ingredients_of_one_product_one_is_shown() -> None:
    found = released(("", range(100, 200)), ("niacinamide", range(40)), ("retinol", range(43)))
    assert found["niacinamide",][:2] == (None, 40)
    assert found["retinol",] == (Because.COMPLEMENT, None, None, None, None)


def test_ingredients_with_the_very_same_people_or_quite_other_ones_are_both_shown() -> None:
    for others in (range(40), range(40 - FLOOR), range(50, 90)):
        found = released(("niacinamide", range(40)), ("retinol", others))
        assert found["niacinamide",][0] is found["retinol",][0] is None


def test_the_deviation_has_noise_as_the_mean_has() -> None:
    off = []
    for size in range(20, 220):
        points = np.random.default_rng(size).normal(0, 5, size)
        changes = [Change("retinol", "redness", person(i), float(p)) for i, p in enumerate(points)]
        [(*_, sd, noise_sd)] = courses.ingredients(changes, START, KEY)
        limits = points.mean() - 3 * points.std(), points.mean() + 3 * points.std()
        off.append((sd - points.clip(*limits).std(ddof=1)) / noise_sd * np.sqrt(2))
    assert 0.85 < np.std(off) < 1.15
    assert abs(np.mean(off)) < 0.25


def came_back(*, apart: int, of_whom: int) -> dict[tuple[object, ...], object]:
    """How many of 120 who began came back a block later: all of an age live in one zone, but some.

    Half of the others come back, and `of_whom` of those who live elsewhere.
    """
    elsewhere = range(60, 60 + apart)
    visits = [
        Visits(
            person(number),
            20 if number < 60 + apart else 30,
            None,
            "Europe" if number < 60 else "Asia",
            {0: 1, 1: 1}
            if (number < 60 + of_whom if number in elsewhere else number % 2 == 0)
            else {0: 1},
        )
        for number in range(120)
    ]
    [(_, rows)] = courses.retention(visits, 1, KEY)
    return {row[:3]: row[6] for row in rows if row[1]}


@pytest.mark.parametrize(
    ("apart", "of_whom", "is_shown"), [(20, 15, True), (4, 4, False), (20, 4, False)]
)
def test_who_came_back_of_two_groups_that_are_nearly_one_is_shown_of_one(
    apart: int, of_whom: int, is_shown: bool
) -> None:
    returned = came_back(apart=apart, of_whom=of_whom)
    assert returned[1, "age_band", "18-24"] is not None
    assert (returned[1, "zone", "Europe"] is not None) is is_shown
