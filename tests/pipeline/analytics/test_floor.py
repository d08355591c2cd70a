"""Which cells are hidden, and what can be found out by subtracting."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.analytics import FLOOR, ROUNDED_TO
from pipeline.analytics import floor
from pipeline.analytics.floor import COMPLEMENT, FEW, SHOWN, Counts

PEOPLE = st.integers(0, 60)


def is_safe(counts: Counts, reasons: floor.Reasons) -> bool:
    """Nothing small is left when what is shown is taken from the sum."""
    hidden = counts[reasons != SHOWN]
    return bool(hidden.sum() == 0 or (hidden.sum() >= FLOOR and np.count_nonzero(hidden) >= 2))


@given(st.lists(PEOPLE, min_size=1, max_size=8))
def test_what_is_left_over_of_a_line_is_nobody_or_a_group(people: list[int]) -> None:
    counts = np.array(people)
    reasons = floor.line(counts)
    assert (counts[reasons == SHOWN] >= FLOOR).all()
    assert is_safe(counts, reasons) or (reasons != SHOWN).all()


@given(st.data())
def test_so_it_is_in_every_row_and_column_of_a_table(data: st.DataObject) -> None:
    shape = data.draw(st.tuples(st.integers(1, 6), st.integers(1, 6)))
    cells = data.draw(st.lists(PEOPLE, min_size=shape[0] * shape[1], max_size=shape[0] * shape[1]))
    counts = np.array(cells).reshape(shape)
    rows = floor.line(counts.sum(1)) != SHOWN
    columns = floor.line(counts.sum(0)) != SHOWN
    reasons = floor.table(counts, rows, columns)
    assert (counts[reasons == SHOWN] >= FLOOR).all()
    assert (reasons[rows] != SHOWN).all()
    assert (reasons[:, columns] != SHOWN).all()
    lines = [(counts[i], reasons[i]) for i in np.flatnonzero(~rows)]
    lines += [(counts[:, i], reasons[:, i]) for i in np.flatnonzero(~columns)]
    assert all(is_safe(*line) or (line[1] != SHOWN).all() for line in lines)


def test_a_small_group_takes_the_next_smallest_with_it() -> None:
    reasons = floor.line(np.array([40, 3, 25, 12]))
    assert reasons.tolist() == [SHOWN, FEW, SHOWN, COMPLEMENT]


def test_an_empty_cell_looks_like_one_with_one_person() -> None:
    assert floor.line(np.array([40, 0])).tolist() == [SHOWN, FEW]
    assert floor.line(np.array([40, 30, 1])).tolist() == [SHOWN, COMPLEMENT, FEW]


@given(st.lists(PEOPLE, min_size=1, max_size=20))
def test_shown_numbers_are_steps_of_five_and_never_far_off(people: list[int]) -> None:
    counts = np.array(people)
    shown = floor.rounded(counts)
    assert (shown % ROUNDED_TO == 0).all()
    assert (np.abs(shown - counts) <= ROUNDED_TO / 2).all()
