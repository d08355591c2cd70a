"""Thin lines out of a mask: thinned to one pixel, then followed from end to end."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.arrays import Mask, Points

# Neighbours in the order of Zhang and Suen (Commun. ACM 27:236, 1984): north, then clockwise.
_AROUND = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))
_MOST_PASSES = 24  # a line 50 cells wide is no line


def _table(first: bool) -> npt.NDArray[np.bool_]:
    """For each pattern of eight neighbours (a bit each) whether the pixel goes in this half."""
    goes = np.zeros(256, np.bool_)
    for pattern in range(256):
        p = [pattern >> bit & 1 for bit in range(8)]
        rises = sum(not a and bool(b) for a, b in zip(p, [*p[1:], p[0]], strict=True))
        north, east, south, west = p[0], p[2], p[4], p[6]
        if first:
            kept = (north and east and south) or (east and south and west)
        else:
            kept = (north and east and west) or (north and south and west)
        goes[pattern] = 2 <= sum(p) <= 6 and rises == 1 and not kept
    return goes


_HALVES = (_table(True), _table(False))
_BITS = np.zeros((3, 3), np.float32)
for _bit, (_dy, _dx) in enumerate(_AROUND):
    _BITS[1 + _dy, 1 + _dx] = 1 << _bit


def thinned(mask: Mask) -> Mask:
    """`mask` reduced to lines one pixel wide that keep its shape and connections."""
    thin = np.pad(mask, 1).astype(np.uint8)
    for _ in range(_MOST_PASSES):
        before = np.count_nonzero(thin)
        for goes in _HALVES:
            pattern = cv2.filter2D(thin, cv2.CV_32F, _BITS, borderType=cv2.BORDER_CONSTANT)
            thin[goes[pattern.astype(np.uint8)]] = 0
        if np.count_nonzero(thin) == before:
            break
    return thin[1:-1, 1:-1].astype(np.bool_)


def strokes(mask: Mask) -> list[Points]:
    """Every line of `mask` as cells x, y in order, (n, 2) float32, n ≥ 2.

    At a crossing a stroke goes on as straight as it can; what is left over is a stroke of its own.
    """
    rows, columns = np.nonzero(thinned(mask))
    left = set(zip(rows.tolist(), columns.tolist(), strict=True))
    ends = [place for place in left if len(_next_to(place, left)) == 1]
    found = []
    for start in [*sorted(ends), *sorted(left)]:
        if start not in left:
            continue
        path = _followed(start, left)
        if len(path) > 1:
            found.append(np.array([(x, y) for y, x in path], np.float32))
    return found


_Place = tuple[int, int]


def _next_to(place: _Place, left: set[_Place]) -> list[_Place]:
    y, x = place
    return [(y + dy, x + dx) for dy, dx in _AROUND if (y + dy, x + dx) in left]


def _followed(start: _Place, left: set[_Place]) -> list[_Place]:
    """Walk from `start` until there is nowhere to go; what was walked is taken from `left`."""
    path = [start]
    left.discard(start)
    while ways := _next_to(path[-1], left):
        y, x = path[-1]
        back = path[max(0, len(path) - 4)]
        straight = (y - back[0], x - back[1])
        path.append(max(ways, key=lambda to: (to[0] - y) * straight[0] + (to[1] - x) * straight[1]))
        left.discard(path[-1])
    return path
