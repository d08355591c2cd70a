"""Which regions can be seen well enough to score, and why the others cannot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from core.metrics import REGION_NAMES, Metric, Region
from pipeline.alignment import Crop
from pipeline.arrays import Mask
from pipeline.skin import Skin

LEAST_COVER = 0.45  # share of a region that must be bare skin
LEAST_PIXELS = 2_500  # crop pixels of bare skin: about 1.2 cm²
MOST_BURNT = 0.25  # share of a region that may be burnt out to white
LEAST_INSIDE = 0.7  # share of a region that must lie in the photo
# A paired region this much narrower than the other side's is seen from too far aside.
LEAST_OF_PAIR = 0.5

_PAIRS = {
    Region.LEFT_CHEEK: Region.RIGHT_CHEEK,
    Region.RIGHT_CHEEK: Region.LEFT_CHEEK,
    Region.LEFT_UNDER_EYE: Region.RIGHT_UNDER_EYE,
    Region.RIGHT_UNDER_EYE: Region.LEFT_UNDER_EYE,
}


@dataclass(frozen=True)
class Visible:
    """One region of the crop."""

    skin: Mask  # (960, 768): its bare skin
    unseen_because: str | None  # a sentence, if it cannot be scored
    glaring: bool  # too much of it is burnt out for anything but shine
    # what cannot be read although skin can be seen, and why: see pipeline.veils
    hidden: Mapping[Metric, str] = field(default_factory=dict)


def look_at(crop: Crop, skin: Skin, masks: Mapping[Region, Mask]) -> dict[Region, Visible]:
    """How each region can be seen."""
    return {
        region: Visible(
            skin=mask & skin.mask,
            unseen_because=_hidden(region, crop, skin, masks),
            glaring=_share(skin.glare, mask) > MOST_BURNT,
        )
        for region, mask in masks.items()
    }


def _hidden(region: Region, crop: Crop, skin: Skin, masks: Mapping[Region, Mask]) -> str | None:
    mask, name = masks[region], REGION_NAMES[region]
    pair = _PAIRS.get(region)
    if pair is not None and _area(mask) < LEAST_OF_PAIR * _area(masks[pair]):
        return f"{name}: turned away from the camera."
    if _share(crop.inside, mask) < LEAST_INSIDE:
        return f"{name}: outside the photo."
    seen = mask & (skin.mask | skin.glare)
    if _area(seen) < LEAST_PIXELS or _share(seen, mask) < LEAST_COVER:
        return f"{name}: covered, in hair or beard, or in deep shadow."
    return None


def _share(part: Mask, whole: Mask) -> float:
    return _area(part & whole) / max(1, _area(whole))


def _area(mask: Mask) -> int:
    return int(np.count_nonzero(mask))  # many times as fast as a sum
