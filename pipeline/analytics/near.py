"""Cells of different groupings that hold almost the same people.

Somebody could subtract one from the other as well, although neither is a part of the other. Which
they are is found by a sketch: each person is a row of 64 signs, and where the sums over two cells
differ little, so do their people (Alon, Matias & Szegedy 1996: the mean square of the differences
is expected to be the number of people who are in only one of them).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from core.analytics import FLOOR
from pipeline.analytics.noise import Marks

_SIGNS = 64
# Of a difference of nine people the estimate is off by 1.6 (one standard deviation).
_WORTH_A_LOOK = 2.5 * FLOOR


class Grouping(Protocol):
    cell: npt.NDArray[np.int64]  # (n,) in which cell each person is
    forced: npt.NDArray[np.bool_]  # (cells,) set where it must not be shown

    @property
    def sums(self) -> Callable[[npt.NDArray[np.generic]], npt.NDArray[np.generic]]: ...


def force_apart(groupings: Sequence[Grouping], marks: Marks) -> None:
    """Of two cells that differ by one to nine people, hide the one that comes later."""
    signs = _signs(marks)
    where: list[tuple[int, int]] = []
    sizes: list[int] = []
    sketches: list[npt.NDArray[np.float64]] = []
    for number, grouping in enumerate(groupings):
        counts = np.bincount(grouping.cell, minlength=len(grouping.forced))
        sketch = np.asarray(grouping.sums(signs), np.float64)
        for cell in np.flatnonzero(counts >= FLOOR):
            where.append((number, int(cell)))
            sizes.append(int(counts[cell]))
            sketches.append(sketch[cell])
    if len(where) < 2:
        return
    matrix, n = np.array(sketches), np.array(sizes)
    squares = (matrix**2).sum(1)
    apart = (squares[:, None] + squares[None, :] - 2 * matrix @ matrix.T) / _SIGNS
    is_near = (apart < _WORTH_A_LOOK) & (np.abs(n[:, None] - n[None, :]) < FLOOR)
    for first, later in np.argwhere(np.triu(is_near, 1)):
        (one, a), (other, b) = where[first], where[later]
        both = np.count_nonzero((groupings[one].cell == a) & (groupings[other].cell == b))
        if 0 < sizes[first] + sizes[later] - 2 * both < FLOOR:
            groupings[other].forced[b] = True


def _signs(marks: Marks) -> npt.NDArray[np.int32]:
    bits = np.unpackbits(np.ascontiguousarray(marks[:, :1]).view(np.uint8), axis=1)
    return bits.astype(np.int32) * 2 - 1
