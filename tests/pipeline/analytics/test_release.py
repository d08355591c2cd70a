"""What a released period gives away: no two figures differ by a few people, and noise stays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import combinations

import numpy as np
import pytest

from core.analytics import FLOOR, TONE_BANDS, Fact, Period
from core.metrics import Metric
from data.tables import FACE
from pipeline.analytics import near
from pipeline.analytics.people import MEASURE_NAMES, SLOTS, Groups, People
from pipeline.analytics.release import Figure, Release

START = date(2026, 3, 2)
KEY = b"of the tests"
_VALUES: dict[Fact, tuple[str, ...]] = {
    Fact.AGE_BAND: ("18-24", "25-34", "35-44"),
    Fact.DEVICE: ("phone", "computer"),
    Fact.LIGHT: ("good", "dim"),
    Fact.MODEL_VERSION: ("2.1", "2.2"),
    Fact.SKIN_TYPE: ("dry", "oily", "normal"),
    Fact.TONE_BAND: TONE_BANDS[:4],
    Fact.ZONE: ("Asia", "Europe"),
}


def crowd(seed: int, n: int) -> People:
    """People of whom everything was measured.

    Some thirty are in the last group of each fact, and those far away nearly all use a computer:
    two groups that differ by a few people.
    """
    random = np.random.default_rng(seed)
    codes = {}
    for fact, values in _VALUES.items():
        rare = 30 / n
        shares = np.full(len(values), (1 - rare) / (len(values) - 1))
        shares[-1] = rare
        codes[fact] = random.choice(len(values), n, p=shares)
    codes[Fact.DEVICE] = codes[Fact.ZONE].copy()
    others = random.choice(n, 1 + seed % 4, replace=False)
    codes[Fact.DEVICE][others] = 1 - codes[Fact.DEVICE][others]
    return People(
        ids=[random.bytes(16) for _ in range(n)],
        facts={fact: Groups(codes[fact], values) for fact, values in _VALUES.items()},
        scored=np.ones(n, np.int64),
        checks=np.ones(n, np.int64),
        values=random.normal(50, 15, (n, len(SLOTS))).clip(0, 100).astype(np.float32),
        measures=random.uniform(0, 1, (n, len(MEASURE_NAMES))).astype(np.float32),
    )


def without(people: People, number: int) -> People:
    """The same people, but for one."""
    left = np.arange(len(people)) != number
    return People(
        [one for one, stays in zip(people.ids, left, strict=True) if stays],
        {f: Groups(g.codes[left], g.values) for f, g in people.facts.items()},
        people.scored[left],
        people.checks[left],
        people.values[left],
        people.measures[left],
    )


def pores(people: People) -> list[Figure]:
    found = Release(people, Period.BLOCK, START, KEY).metrics()
    return [one for one in found if (one.name, one.region) == (Metric.PORES, FACE)]


def who_is_in(people: People, figure: Figure) -> frozenset[int]:
    inside = np.ones(len(people), bool)
    for fact, value in zip(figure.shape.split("+"), (figure.first, figure.second), strict=False):
        if fact:
            groups = people.facts[Fact(fact)]
            inside &= groups.codes == groups.values.index(value)
    return frozenset(np.flatnonzero(inside).tolist())


def shown_pairs() -> Iterator[tuple[frozenset[int], frozenset[int]]]:
    for seed in range(12):
        people = crowd(seed, 200 + 50 * seed)
        shown = [who_is_in(people, one) for one in pores(people) if one.because is None]
        yield from combinations(shown, 2)


def test_of_all_pairs_of_figures_none_differs_by_fewer_than_ten_people() -> None:
    differences = [len(one ^ other) for one, other in shown_pairs()]
    assert len(differences) > 10_000
    assert not [apart for apart in differences if 0 < apart < FLOOR]


def test_without_the_guard_there_would_be_such_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    show_all_that_is_near(monkeypatch)
    assert any(0 < len(one ^ other) < FLOOR for one, other in shown_pairs())


def show_all_that_is_near(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(self: near.Near, measured: near.Flags, among: Sequence[int]) -> list[near.Flags]:
        return [np.zeros(len(self._groupings[i].values), np.bool_) for i in among]

    monkeypatch.setattr(near.Near, "hidden", nothing)


def half_measured(seed: int, n: int) -> tuple[People, frozenset[int]]:
    """Twelve people are far away without a computer or the other way round; half have pores."""
    random = np.random.default_rng(seed)
    people = crowd(seed, n)
    others = random.choice(n, 12, replace=False)
    devices = people.facts[Fact.ZONE].codes.copy()
    devices[others] = 1 - devices[others]
    values = people.values.copy()
    column = SLOTS.index((Metric.PORES, FACE))
    values[random.random(n) < 0.5, column] = np.nan
    facts = {**people.facts, Fact.DEVICE: Groups(devices, _VALUES[Fact.DEVICE])}
    there = np.flatnonzero(np.isfinite(values[:, column]))
    return replace(people, facts=facts, values=values), frozenset(there.tolist())


def measured_apart() -> list[int]:
    """Of every two figures that are shown, by how many people who have pores they differ."""
    apart = []
    for seed in range(12):
        people, there = half_measured(seed, 200 + 50 * seed)
        shown = [who_is_in(people, one) & there for one in pores(people) if one.because is None]
        apart += [len(one ^ other) for one, other in combinations(shown, 2)]
    return apart


def test_nor_do_they_differ_by_fewer_than_ten_people_who_were_measured() -> None:
    apart = measured_apart()
    assert len(apart) > 3_000
    assert not [people for people in apart if 0 < people < FLOOR]


def test_without_the_guard_the_measured_would(monkeypatch: pytest.MonkeyPatch) -> None:
    show_all_that_is_near(monkeypatch)
    assert any(0 < people < FLOOR for people in measured_apart())


def test_nothing_of_fewer_than_ten_is_shown_and_a_hidden_cell_has_no_number() -> None:
    people = crowd(1, 200)
    figures = pores(people)
    assert {one.because is None for one in figures} == {True, False}
    for one in figures:
        if one.because is None:
            assert len(who_is_in(people, one)) >= FLOOR
        else:
            said = (one.people, one.analyses, one.mean, one.sd, one.noise_sd, one.bins)
            assert said == (None,) * 6


def test_the_same_people_always_get_the_same_noise() -> None:
    people = crowd(2, 120)
    assert pores(people) == pores(people)


def test_a_mean_is_off_by_what_its_noise_says() -> None:
    column = SLOTS.index((Metric.PORES, FACE))
    off = []
    for people in (crowd(3, 400), crowd(4, 500)):
        for one in pores(people):
            if one.mean is not None and one.noise_sd is not None:
                inside = sorted(who_is_in(people, one))
                off.append((one.mean - people.values[inside, column].mean()) / one.noise_sd)
    assert len(off) > 80
    assert 0.75 < np.std(off) < 1.25
    assert abs(np.mean(off)) < 0.3


@pytest.mark.slow
def test_one_person_cannot_be_told_from_a_mean_much_better_than_by_chance() -> None:
    """Whoever knows everybody else exactly, and guesses from one figure.

    The noise has twice the deviation of what a usual person moves a mean by, and nobody moves it
    by more than three times that: so at most 77 of 100 guesses are right for the farthest, and
    about 58 on average over people.
    """
    column = SLOTS.index((Metric.PORES, FACE))
    right = tried = 0
    for seed in range(50):
        people = crowd(100 + seed, 40)
        absent = without(people, 0)
        means = [
            people.values[:, column].mean(dtype=np.float64),
            absent.values[:, column].mean(dtype=np.float64),
        ]
        for number, there in enumerate((people, absent)):
            [everybody] = [one for one in pores(there) if one.shape == ""]
            assert everybody.mean is not None
            guess = int(abs(everybody.mean - means[1]) < abs(everybody.mean - means[0]))
            right += guess == number
            tried += 1
    assert right / tried < 0.72
