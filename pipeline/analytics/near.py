"""Cells of different groupings that hold almost the same people.

Somebody could subtract one from the other as well, although neither is a part of the other. Which
they are is found by a sketch: each person is a row of 64 signs, and where the sums over two cells
differ little, so do their people (Alon, Matias & Szegedy 1996: the mean square of the differences
is expected to be the number of people who are in only one of them).

What counts is who was measured: of two cells that differ by twenty people of whom five have a
value, the means differ by five.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Protocol

import numpy as np
import numpy.typing as npt

from core.analytics import FLOOR
from pipeline.analytics.noise import Marks

_SIGNS = 64
# Of a difference of nine people the estimate is off by 1.6 (one standard deviation).
_WORTH_A_LOOK = 2.5 * FLOOR

Flags = npt.NDArray[np.bool_]


class Grouping(Protocol):
    @property
    def cell(self) -> npt.NDArray[np.int64]: ...  # (n,) in which cell each person is

    @property
    def values(self) -> Sequence[object]: ...  # one of each cell


@dataclass(frozen=True)
class Cells:
    """The plainest grouping."""

    cell: npt.NDArray[np.int64]
    values: Sequence[object]


class Near:
    """Which cells of a period must not be shown beside others."""

    def __init__(self, groupings: Sequence[Grouping], marks: Marks) -> None:
        self._groupings = groupings
        self._signs = _signs(marks)
        self._everybody = [self._sketch(g, np.arange(len(marks))) for g in groupings]
        self._known: dict[bytes, list[Flags]] = {}

    def hidden(self, measured: Flags, among: Sequence[int]) -> list[Flags]:
        """Of two cells that differ by one to nine measured people, the one that comes later.

        `measured` is of each person, (n,). For each of the groupings, by its number, which of its
        cells must not be shown.
        """
        key = blake2b(np.packbits(measured).tobytes() + bytes(among), digest_size=16).digest()
        if key not in self._known:
            self._known[key] = self._found(measured, among)
        return self._known[key]

    def _found(self, measured: Flags, among: Sequence[int]) -> list[Flags]:
        groupings = [self._groupings[number] for number in among]
        hidden = [np.zeros(len(g.values), np.bool_) for g in groupings]
        where: list[tuple[int, int]] = []
        sizes: list[int] = []
        sketches: list[npt.NDArray[np.float64]] = []
        for place, number in enumerate(among):
            grouping = groupings[place]
            counts = np.bincount(grouping.cell[measured], minlength=len(grouping.values))
            sketch = self._of_measured(number, measured)
            for cell in np.flatnonzero(counts >= FLOOR):
                where.append((place, int(cell)))
                sizes.append(int(counts[cell]))
                sketches.append(sketch[cell])
        if len(where) < 2:
            return hidden
        matrix, n = np.array(sketches), np.array(sizes)
        squares = (matrix**2).sum(1)
        apart = (squares[:, None] + squares[None, :] - 2 * matrix @ matrix.T) / _SIGNS
        # Sums that are all the same are of the same people; the numbers are whole, so exact.
        is_near = (apart > 0) & (apart < _WORTH_A_LOOK) & (np.abs(n[:, None] - n[None, :]) < FLOOR)
        for first, later in np.argwhere(np.triu(is_near, 1)):
            (one, a), (other, b) = where[first], where[later]
            in_both = (groupings[one].cell == a) & (groupings[other].cell == b) & measured
            both = np.count_nonzero(in_both)
            if 0 < sizes[first] + sizes[later] - 2 * both < FLOOR:
                hidden[other][b] = True
        return hidden

    def _of_measured(self, number: int, measured: Flags) -> npt.NDArray[np.float64]:
        """Sums of signs over the measured of each cell: over the fewer, taken from all or not."""
        grouping = self._groupings[number]
        missing = np.flatnonzero(~measured)
        if 2 * len(missing) <= len(measured):
            return self._everybody[number] - self._sketch(grouping, missing)
        return self._sketch(grouping, np.flatnonzero(measured))

    def _sketch(self, grouping: Grouping, who: npt.NDArray[np.intp]) -> npt.NDArray[np.float64]:
        sums = np.zeros((len(grouping.values), _SIGNS))
        cell = grouping.cell[who]
        order = np.argsort(cell, kind="stable")
        cells, starts = np.unique(cell[order], return_index=True)
        if len(cells):
            signs = self._signs[who[order]]
            sums[cells] = np.add.reduceat(signs, starts, axis=0, dtype=np.int64)
        return sums


def _signs(marks: Marks) -> npt.NDArray[np.int8]:
    bits = np.unpackbits(np.ascontiguousarray(marks[:, :1]).view(np.uint8), axis=1)
    return bits.astype(np.int8) * 2 - 1
