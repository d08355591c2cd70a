"""The maps that are shown: only where the metric was measured, and only on skin."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np

from core.examination import Score
from core.metrics import Metric, Region
from models.scorer import MAPPED
from pipeline.arrays import Floats, Mask


def measured_heat(
    heat: Floats,
    skin: Mask,
    masks: Mapping[Region, Mask],
    scores: Mapping[Metric, Score],
    regions: Mapping[Region, Mapping[Metric, Score]],
) -> dict[Metric, Floats]:
    """The map of each metric that the face has a score of, (240, 192), from `heat`, (…, 7).

    Nought where there is no skin and in regions where the metric abstains: what the network says
    there means nothing, and the number is not made of it.
    """
    on_skin = _share(skin, heat)
    parts = {region: 1 - _share(mask, heat) for region, mask in masks.items()}
    shown: dict[Metric, Floats] = {}
    for channel, metric in enumerate(MAPPED):
        if scores[metric].value is None:
            continue
        where = on_skin
        for region, elsewhere in parts.items():
            if regions[region][metric].value is None:
                where = where * elsewhere
        shown[metric] = np.ascontiguousarray(heat[..., channel] * where, np.float32)
    return shown


def _share(mask: Mask, heat: Floats) -> Floats:
    """How much of each of the map's cells is in the mask, 0–1."""
    size = (heat.shape[1], heat.shape[0])
    return np.asarray(cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA))
