"""Whether the skin in a photo was smoothed: by a beauty filter, by thick make-up, by soft focus.

A filter takes the fine texture off the skin and leaves lashes and brows sharp. So the skin's fine
detail is set against its broad detail, and half of the same ratio of eyes and brows is taken off:
half, because all of it would excuse every soft photo, and none of it would suspect every one.
Many spots or much gloss add broad detail and take no fine one: skin with plenty of fine detail was
not smoothed, whatever the ratio says. Exposure and contrast cancel. How well it tells:
docs/decisions/vision-abstention.md.
"""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.alignment import CROP_WIDTH, Crop
from pipeline.arrays import Floats, Mask, Points, blurred, narrowed, reduced
from pipeline.face import LEFT_EYE, RIGHT_EYE
from pipeline.regions import polygon, union
from pipeline.skin import LEFT_BROW, RIGHT_BROW

LEAST_DETAIL = -0.2  # below it a photo is taken for smoothed
PLENTY = -4.6  # natural log of fine contrast that no smoothed skin has
LEAST_SCALE = 0.59  # photo pixels a crop pixel; a smaller face has no fine detail to lose

_SIZE = (480, 600)  # 0.35 mm a pixel, so that detail means the same on every face
_SHARE = _SIZE[0] / CROP_WIDTH
_FINE, _BROAD = (0.7, 1.4), (2.8, 5.6)  # pixels: detail between two blurs
_NOTHING = 1e-5  # keeps the logarithm of a flat area finite


def detail(crop: Crop, skin: Mask) -> float | None:
    """How much fine detail the skin has kept, natural log; studio portraits lie about 0.15.

    None when the photo has too few pixels, or no skin, to tell.
    """
    if crop.scale < LEAST_SCALE:
        return None
    small = cv2.resize(skin.view(np.uint8), _SIZE, interpolation=cv2.INTER_NEAREST).view(np.bool_)
    small = narrowed(small, 4)  # the edge of the mask is no texture
    sharp = _eyes_and_brows(crop.points * np.float32(_SHARE))
    if small.sum() < 1000 or sharp.sum() < 100:
        return None
    green = np.asarray(cv2.extractChannel(crop.pixels, 1), np.uint8)
    light = _LIGHT[reduced(green, _SIZE)]
    fine, broad = _band(light, *_FINE), _band(light, *_BROAD)
    small[::2] = False  # half of the rows tell as much
    of_skin = _ratio(fine[small], broad[small], 0.5)
    of_edges = _ratio(fine[sharp], broad[sharp], 0.8)  # most of such an area is skin again
    told = of_skin - of_edges / 2
    if float(np.log(np.median(fine[small]) + _NOTHING)) > PLENTY:
        return max(told, LEAST_DETAIL)
    return told


def _ratio(fine: Floats, broad: Floats, quantile: float) -> float:
    one, other = (float(np.quantile(v, quantile)) + _NOTHING for v in (fine, broad))
    return float(np.log(one / other))


def _band(light: Floats, narrow: float, wide: float) -> Floats:
    return np.asarray(np.abs(blurred(light, narrow) - blurred(light, wide)), np.float32)


def _eyes_and_brows(points: Points) -> Mask:
    return union(
        polygon(points[list(indices)], grown, _SIZE)
        for indices, grown in (
            (RIGHT_EYE, 1.7), (LEFT_EYE, 1.7), (RIGHT_BROW, 1.2), (LEFT_BROW, 1.2)
        )
    )  # fmt: skip


_LIGHT = np.log((np.arange(256) / 255) ** 2.2 + 0.01).astype(np.float32)
