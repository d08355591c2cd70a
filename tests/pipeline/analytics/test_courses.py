"""What is released of changes after an ingredient, and of who came back."""

from __future__ import annotations

from datetime import date

import numpy as np

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


def came_back(*, apart: int) -> dict[tuple[object, ...], object]:
    """How many of 120 who began came back a block later: all of an age live in one zone, but some.

    Half of everybody come back, those of `apart` do.
    """
    visits = [
        Visits(
            person(number),
            20 if number < 60 + apart else 30,
            None,
            "Europe" if number < 60 else "Asia",
            {0: 1, 1: 1} if number % 2 == 0 or 60 <= number < 60 + apart else {0: 1},
        )
        for number in range(120)
    ]
    [(_, rows)] = courses.retention(visits, 1, KEY)
    return {row[:3]: row[6] for row in rows if row[1]}


def test_who_came_back_of_two_groups_that_are_nearly_one_is_shown_of_one() -> None:
    far, near = came_back(apart=20), came_back(apart=4)
    groups = [(1, "age_band", "18-24"), (1, "zone", "Europe")]
    assert all(far[group] is not None for group in groups)
    assert [near[group] is not None for group in groups] == [True, False]
