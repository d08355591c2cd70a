"""Parts of the face on the aligned crop."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import cv2
import numpy as np

from core.metrics import Region
from pipeline.alignment import CROP_HEIGHT, CROP_WIDTH
from pipeline.arrays import Mask, Points

# Polygons over MediaPipe's points. The person's right is on the viewer's left.
_POLYGONS: Mapping[Region, tuple[int, ...]] = {
    Region.FOREHEAD: (
        54, 103, 67, 109, 10, 338, 297, 332, 284, 300, 293, 334, 296, 336, 9, 107, 66, 105, 63, 70,
    ),
    Region.NOSE: (
        193, 168, 417, 351, 399, 437, 420, 279, 294, 327, 326, 2, 97, 98, 64, 49, 198, 217, 174,
        122,
    ),
    Region.RIGHT_CHEEK: (117, 118, 101, 36, 203, 206, 216, 192, 213, 147, 123, 116),
    Region.LEFT_CHEEK: (346, 347, 330, 266, 423, 426, 436, 416, 433, 376, 352, 345),
    Region.RIGHT_UNDER_EYE: (
        31, 228, 229, 230, 231, 232, 233, 128, 121, 120, 119, 118, 117, 111,
    ),
    Region.LEFT_UNDER_EYE: (
        261, 448, 449, 450, 451, 452, 453, 357, 350, 349, 348, 347, 346, 340,
    ),
    Region.CHIN: (194, 418, 424, 431, 395, 369, 396, 175, 171, 140, 170, 211, 204),
}  # fmt: skip


def outlines(points: Points) -> dict[Region, Points]:
    """Each region's outline in crop pixels, (n, 2) x, y, from the landmarks (478, 2)."""
    return {region: points[list(indices)] for region, indices in _POLYGONS.items()}


def region_masks(outlines: Mapping[Region, Points]) -> dict[Region, Mask]:
    """Each region as (960, 768) bool. Regions do not overlap: an under-eye goes before a cheek."""
    masks = {region: polygon(outline) for region, outline in outlines.items()}
    for cheek, eye in (
        (Region.RIGHT_CHEEK, Region.RIGHT_UNDER_EYE),
        (Region.LEFT_CHEEK, Region.LEFT_UNDER_EYE),
    ):
        masks[cheek] &= ~masks[eye]
    return masks


def polygon(
    points: Points, grown: float = 1.0, size: tuple[int, int] = (CROP_WIDTH, CROP_HEIGHT)
) -> Mask:
    """The inside of a polygon as (height, width) bool, grown about its centre; `size` is w, h."""
    centre = points.mean(0)
    canvas = np.zeros((size[1], size[0]), np.uint8)
    corners = np.round(centre + (points - centre) * grown).astype(np.int32)
    cv2.fillPoly(canvas, [corners], 1)
    return canvas.view(bool)


def union(masks: Iterable[Mask]) -> Mask:
    total: Mask = np.logical_or.reduce(list(masks))
    return total
