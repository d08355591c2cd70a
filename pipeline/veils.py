"""What hides skin that can be seen to be there: a beard or stubble, a smoothing filter, make-up.

A region where it hides too much abstains for the metrics that read the skin's own texture, and
says so; places under hair are left out of every mean. The limits were chosen so that at least 97 %
of faces without such a veil lose nothing (docs/decisions/vision-abstention.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import cv2
import numpy as np

from core.metrics import REGION_NAMES, Metric, Region
from models.scorer import VEILS
from pipeline.arrays import Floats, Mask, enlarged
from pipeline.retouch import LEAST_DETAIL
from pipeline.visibility import LEAST_PIXELS, Visible

# Probabilities of hair. Bearded chins have a mean of 0.2, bare ones of 0.02: the network is shy.
HAIRY = 0.2  # a place from here on is left out
MOST_HAIR = 0.11  # mean over a region's skin: with more, it is a beard and not the region's skin

# What hairs pass for, or cover, and what smoothing takes away: by measured change (as above).
UNDER_HAIR = frozenset(
    {Metric.PORES, Metric.FINE_LINES, Metric.HYDRATION, Metric.SPOTS, Metric.BLEMISHES}
)
SMOOTHED_AWAY = UNDER_HAIR | {Metric.REDNESS}

SMOOTHED = (
    "The skin looks smoothed, by a filter, make-up or soft focus: use an unedited photo of bare "
    "skin, and tap on the face to focus."
)
_HAIR = VEILS.index("hair")
_GROWS_HAIR_ITSELF = frozenset(
    {Region.CHIN, Region.LEFT_CHEEK, Region.RIGHT_CHEEK, Region.NOSE}
)  # elsewhere it hangs down


def behind_veils(
    seen: Mapping[Region, Visible], veil: Floats, detail: float | None
) -> dict[Region, Visible]:
    """The regions without the places under hair, and with what cannot be read in each.

    `veil` is (60, 48, 3), 0–1, as of `models.scorer.Appearance`; `detail` as of
    `pipeline.retouch.detail`.
    """
    smoothed = detail is not None and detail < LEAST_DETAIL
    hidden: dict[Metric, str] = dict.fromkeys(SMOOTHED_AWAY, SMOOTHED) if smoothed else {}
    return {region: _behind(region, view, veil, hidden) for region, view in seen.items()}


def under_hair(veil: Floats) -> Mask:
    """Where hair hides the skin, (960, 768)."""
    rows, columns = veil.shape[:2]
    return enlarged(veil[..., _HAIR] >= HAIRY, (columns * 16, rows * 16))


def _behind(region: Region, view: Visible, veil: Floats, hidden: Mapping[Metric, str]) -> Visible:
    bare = view.skin & ~under_hair(veil)
    left = int(np.count_nonzero(bare))
    if hair_over(view.skin, veil) <= MOST_HAIR:
        return replace(view, skin=bare if left >= LEAST_PIXELS else view.skin, hidden=hidden)
    reason = _hairy(region)
    if left < LEAST_PIXELS:
        return replace(view, unseen_because=view.unseen_because or reason)
    return replace(view, skin=bare, hidden={**dict.fromkeys(UNDER_HAIR, reason), **hidden})


def hair_over(skin: Mask, veil: Floats) -> float:
    """Mean probability of hair over `skin`, (960, 768); 0 where there is none."""
    size = (veil.shape[1], veil.shape[0])
    cells = cv2.resize(skin.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    return float((veil[..., _HAIR] * cells).sum() / max(1e-6, float(cells.sum())))


def _hairy(region: Region) -> str:
    what = "a beard or stubble" if region in _GROWS_HAIR_ITSELF else "hair"
    return f"{REGION_NAMES[region]}: {what} hides the skin."
