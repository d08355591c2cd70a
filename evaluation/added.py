"""Known signs put onto real faces, in the photo, before anything has looked at it.

A sign is the ratio of two phantoms that differ in it alone, multiplied onto the linear light of
the photo where there is skin: the face keeps its own light, pores and noise. The phantoms' series
was never trained on, but the generator is training's: this shows that the network sees these signs
through a real face's texture, not that real signs look like them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from core.metrics import Metric, Region
from evaluation.linear import encoded, light
from evaluation.looking import Placed, onto_photo
from models.phantoms import optics
from models.phantoms.fields import SIZE
from models.phantoms.phantom import SIGNS
from models.phantoms.phantom import layers as layers_of
from models.phantoms.skin import Skin, streams
from models.scorer import HEIGHT, MAPPED, WIDTH
from pipeline.regions import outlines, region_masks, union
from pipeline.scoring import ita

Floats = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.uint8]

SERIES = 900_007
STRENGTHS = (0.5, 1.0)
CLEAN = Skin(
    tone=35, blood=0.009, shine=0, dryness=0, lines=0, pores=0, redness=0, spots=0, blemishes=0,
    mm_per_px=0.22,
)  # fmt: skip
SIGN_OF: Mapping[Metric, str] = dict(zip(MAPPED, SIGNS, strict=True))
# Redness is told against the face's own colour: a whole face that flushes has none
_FLUSHED = (Region.NOSE, Region.LEFT_CHEEK, Region.RIGHT_CHEEK)
_EDGE = 3.0  # crop pixels over which a sign fades where the skin ends
TILES = 4  # phantoms of a layer, each laid many times and turned
_OVERLAP = 32  # pixels, 7 mm, over which one tile passes into the next
_ramp = np.clip((np.minimum(np.arange(SIZE), np.arange(SIZE)[::-1]) + 0.5) / _OVERLAP, 0, 1)
_SHARE = (_ramp * _ramp[:, None]).astype(np.float32)  # overlapping tiles add up to 1
_GLINTS_PER_CM2, _GLINT = 12.0, 0.35  # hairs and wet spots; light added in shares of white


class Layers:
    """What each sign does to the light of one face's skin, in tiles of several phantoms."""

    def __init__(self, tone: float, number: int) -> None:
        """`tone` is the face's ITA in degrees; faces of different `number` get other phantoms."""
        low, high = optics.ITA_RANGE
        self._clean = replace(CLEAN, tone=float(np.clip(tone, low + 2, high - 2)))
        self._numbers = [number * TILES + i for i in range(TILES)]
        self._without = [self._radiance(self._clean, n) for n in self._numbers]
        self._seed = (SERIES, number)

    def log_ratio(self, metric: Metric, strength: float) -> Floats:
        """Logarithm of the light with the sign over that without, (960, 768, 3)."""
        skin = replace(self._clean, **{SIGN_OF[metric]: strength})
        patches = [
            np.log(self._radiance(skin, n) / without) * _SHARE[..., None]
            for n, without in zip(self._numbers, self._without, strict=True)
        ]
        random = np.random.default_rng(self._seed)
        step = SIZE - _OVERLAP
        whole = np.zeros((HEIGHT + 2 * SIZE, WIDTH + 2 * SIZE, 3), np.float32)
        for top in range(0, HEIGHT + SIZE, step):
            for left in range(0, WIDTH + SIZE, step):
                tile = np.rot90(patches[random.integers(TILES)], int(random.integers(4)))
                whole[top : top + SIZE, left : left + SIZE] += tile
        # A seam would be a line that nobody drew
        return np.ascontiguousarray(whole[_OVERLAP:, _OVERLAP:][:HEIGHT, :WIDTH])

    @staticmethod
    def _radiance(skin: Skin, number: int) -> Floats:
        drawn = layers_of(skin, streams(SERIES, number))
        return np.asarray(drawn.body + drawn.mirrored[..., None], np.float32)


def layers(placed: Placed, number: int) -> Layers:
    angle = ita(placed.crop.pixels, placed.skin.mask)
    return Layers(CLEAN.tone if angle is None else angle, number)


def with_sign(
    pixels: Pixels, placed: Placed, of: Layers, metric: Metric, strength: float
) -> Pixels:
    """The photo with a sign of `strength` 0–1 on its skin."""
    where, edge = placed.skin.mask, _EDGE
    if metric is Metric.REDNESS:
        masks = region_masks(outlines(placed.crop.points))
        where, edge = where & union(masks[region] for region in _FLUSHED), 5 * _EDGE
    share = np.asarray(cv2.GaussianBlur(where.astype(np.float32), (0, 0), edge)) * placed.skin.mask
    ratio = np.exp(of.log_ratio(metric, strength) * share[..., None])
    ratio = np.asarray(cv2.GaussianBlur(ratio, (0, 0), 0.5), np.float32)  # the photo's lens
    return encoded(light(pixels) * onto_photo(placed, ratio, pixels, 1.0))


def glinting(pixels: Pixels, placed: Placed, number: int) -> Pixels:
    """The photo with small bright points, as of fine hairs and moisture: they are no pores."""
    random = np.random.default_rng((SERIES, number))
    points = np.zeros((HEIGHT, WIDTH), np.float32)
    count = int(_GLINTS_PER_CM2 * HEIGHT * WIDTH * 0.022**2)
    rows, columns = random.integers(0, HEIGHT, count), random.integers(0, WIDTH, count)
    points[rows, columns] = random.uniform(0.3, 1.0, count)
    spots = cv2.GaussianBlur(points, (0, 0), 0.9) * (2 * np.pi * 0.9**2)
    added = onto_photo(placed, (spots * placed.skin.mask).astype(np.float32), pixels, 0.0)
    linear = light(pixels)
    level = float(np.median(light(placed.crop.pixels[placed.skin.mask])))
    return encoded(linear + np.float32(_GLINT * level) * added[..., None])


def smoothed(pixels: Pixels, placed: Placed) -> Pixels:
    """The photo under a beauty filter: an edge-preserving smoother as wide as 2 mm."""
    scale = float(np.hypot(*placed.to_photo[:, 0]))
    reach = 7.0 * scale
    return np.asarray(cv2.bilateralFilter(pixels, int(2 * reach) | 1, 30, reach), np.uint8)


OTHER_CHANGES: Mapping[str, Callable[[Pixels, Placed, int], Pixels]] = {
    "glints": glinting,
    "smoothing filter": lambda pixels, placed, _: smoothed(pixels, placed),
}
