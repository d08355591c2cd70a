"""Which cells are not shown: those of few people, and those that would give them away.

Everything here is arithmetic on numbers of people. A line is a set of cells that add up to a
figure which is shown as well: whoever sees all but one of its cells can subtract. So in each line
those that are hidden are nobody, or at least FLOOR people in at least two cells.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.analytics import FLOOR, ROUNDED_TO

Counts = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Reasons = npt.NDArray[np.int8]

SHOWN, FEW, COMPLEMENT = 0, 1, 2


def line(counts: Counts, *, also: Flags | None = None) -> Reasons:
    """Of cells, (k,), that add up to a figure that is shown. `also` has to be hidden as well.

    Nobody counts as few: a cell that is empty and one with one person look the same.
    """
    reasons = np.where(counts < FLOOR, FEW, SHOWN).astype(np.int8)
    if also is not None:
        reasons[also & (reasons == SHOWN)] = COMPLEMENT
    _complete(counts, reasons)
    return reasons


def table(
    counts: Counts, rows_hidden: Flags, columns_hidden: Flags, *, also: Flags | None = None
) -> Reasons:
    """Of cells, (a, b), whose rows and columns add up to figures of their own.

    Where the sum of a row or column is hidden, (a,) or (b,), all of its cells are: together they
    would be the sum.
    """
    reasons = np.where(counts < FLOOR, FEW, SHOWN).astype(np.int8)
    beneath = rows_hidden[:, None] | columns_hidden[None, :]
    if also is not None:
        beneath = beneath | also
    reasons[beneath & (reasons == SHOWN)] = COMPLEMENT
    while True:  # each round hides more, so it ends
        before = np.count_nonzero(reasons)
        for row in range(counts.shape[0]):
            if not rows_hidden[row]:
                _complete(counts[row], reasons[row])
        for column in range(counts.shape[1]):
            if not columns_hidden[column]:
                _complete(counts[:, column], reasons[:, column])
        if np.count_nonzero(reasons) == before:
            return reasons


def _complete(counts: Counts, reasons: Reasons) -> None:
    """Hide the smallest that are shown until nothing can be learnt by subtracting. In place."""
    for cell in np.argsort(counts, kind="stable"):
        hidden = reasons != SHOWN
        people = int(counts[hidden].sum())
        if people == 0 or (people >= FLOOR and np.count_nonzero(counts[hidden]) >= 2):
            return
        if reasons[cell] == SHOWN:
            reasons[cell] = COMPLEMENT


def rounded(counts: Counts) -> Counts:
    """To the nearest step; exactly between two, to the one that is a multiple of ten."""
    return (np.rint(counts / ROUNDED_TO) * ROUNDED_TO).astype(np.int64)


def bins(counts: Counts) -> list[int | None]:
    """A histogram as it may be shown: bins are cells, and their sum is shown."""
    return [
        None if reason else int(count)
        for count, reason in zip(rounded(counts), line(counts), strict=True)
    ]
