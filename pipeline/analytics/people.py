"""The people of one period: who they are grouped with, and what was measured of each.

The one currency between reading (data.person_periods, or the generator), and releasing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.analytics import MEASURES, Fact
from core.metrics import Metric, Region
from data.tables import FACE

Floats = npt.NDArray[np.float32]

# The columns of `People.values`: the face first, then the regions, which have no skin score.
SLOTS: tuple[tuple[Metric, str], ...] = (
    *((metric, FACE) for metric in Metric),
    *(
        (metric, region.value)
        for region in Region
        for metric in Metric
        if metric is not Metric.SKIN_SCORE
    ),
)
FACE_SLOTS = len(Metric)
MEASURE_NAMES = tuple(MEASURES)


@dataclass(frozen=True)
class Groups:
    """Of each person, in which group of one fact they are."""

    codes: npt.NDArray[np.int64]  # (n,), into `values`
    values: tuple[str, ...]


@dataclass(frozen=True)
class People:
    """One row a person."""

    ids: list[bytes]  # 16 bytes each
    facts: Mapping[Fact, Groups]
    scored: npt.NDArray[np.int64]  # (n,) checks of the period with scores
    checks: npt.NDArray[np.int64]  # (n,) with those that were rejected
    values: Floats  # (n, len(SLOTS)) mean over the person's checks, 0–100; NaN: not measured
    measures: Floats  # (n, len(MEASURE_NAMES)); NaN: not measured

    def __len__(self) -> int:
        return len(self.ids)
