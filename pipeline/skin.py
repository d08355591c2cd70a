"""Which pixels of the aligned crop are bare skin."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from core.metrics import Region
from pipeline.alignment import CROP_HEIGHT, CROP_WIDTH, Crop
from pipeline.arrays import (
    CROSS,
    Floats,
    Mask,
    Pixels,
    Points,
    blurred,
    enlarged,
    narrowed,
    opened,
    reduced,
    widened,
)
from pipeline.face import LEFT_EYE, OVAL, RIGHT_EYE
from pipeline.regions import outlines, polygon, union

LIPS = (
    61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185,
)  # fmt: skip
RIGHT_BROW = (70, 63, 105, 66, 107, 55, 65, 52, 53, 46)
LEFT_BROW = (300, 293, 334, 296, 336, 285, 295, 282, 283, 276)

_STEP = 3  # the mask is found at a third of the crop's size: 45 ms instead of 400
_CROP = (CROP_WIDTH, CROP_HEIGHT)
_SMALL = (CROP_WIDTH // _STEP, CROP_HEIGHT // _STEP)
_CLIPPED, _BLACK = 0.985, 0.03  # brightest channel, 0–1: nothing can be read beyond
_ODD = 14.0  # squared Mahalanobis distance from this face's own skin colour
_MOST_HIGHLIGHT = 0.02  # share of the crop: what is larger is a cloth or a lamp, not a shine
_DARK = -0.55  # log light below the surroundings: hair, brows, nostrils, frames

# Seeds of the colour model: where hair and beards are rare.
_SEEDS = (
    Region.RIGHT_CHEEK,
    Region.LEFT_CHEEK,
    Region.NOSE,
    Region.RIGHT_UNDER_EYE,
    Region.LEFT_UNDER_EYE,
)


@dataclass(frozen=True)
class Skin:
    """Masks over the crop, (960, 768) bool."""

    mask: Mask  # bare skin that can be read
    face: Mask  # the oval without lips, eyes and brows: where skin is expected
    glare: Mask  # inside the face, but burnt out to white
    cover: float  # share of `face` that is in `mask`, 0–1


def find_skin(crop: Crop) -> Skin:
    """Skin by a colour model of this very face, so that tone and light do not matter.

    A Gaussian in log-chroma and log-light is fitted to cheeks and nose, refitted without its
    outliers, and what lies far from it is not skin: hair, glasses, cloth, coloured make-up.
    """
    small = reduced(crop.pixels, _SMALL)
    points = crop.points / np.float32(_STEP)
    inside = crop.inside[_STEP // 2 :: _STEP, _STEP // 2 :: _STEP]
    face = _bare_face(points) & inside
    # channel by channel: NumPy's reduction over an axis of three is five times as slow
    brightest = np.maximum(np.maximum(small[..., 0], small[..., 1]), small[..., 2])
    brightest = brightest.astype(np.float32) / 255
    burnt = brightest >= _CLIPPED
    readable = face & ~burnt & (brightest > _BLACK)

    features, light = _colour(small)
    seeds = union(polygon(outlines(points)[region], size=_SMALL) for region in _SEEDS) & readable
    if seeds.sum() < 200:  # nothing to learn this face's colour from
        nothing = np.zeros((CROP_HEIGHT, CROP_WIDTH), bool)
        return Skin(nothing, enlarged(face, _CROP), enlarged(face & burnt, _CROP), 0.0)
    skin = readable & (_distance(features, features[seeds]) < _ODD) & ~_dark(light, readable)
    skin = opened(skin, CROSS)
    skin |= _highlights(readable & ~skin & (light > np.median(light[skin])), skin)
    cover = float(skin.sum() / max(1, face.sum()))
    return Skin(enlarged(skin, _CROP), enlarged(face, _CROP), enlarged(face & burnt, _CROP), cover)


def _bare_face(points: Points) -> Mask:
    face = polygon(points[list(OVAL)], 0.985, _SMALL)
    face = narrowed(face, 1)
    parts: tuple[tuple[tuple[int, ...], float], ...] = (
        (LIPS, 1.18),
        (RIGHT_EYE, 1.75),
        (LEFT_EYE, 1.75),
    )
    for indices, grown in parts:
        face &= ~polygon(points[list(indices)], grown, _SMALL)
    for indices in (RIGHT_BROW, LEFT_BROW):
        face &= ~widened(polygon(points[list(indices)], 1.12, _SMALL), 3)
    return face


def _colour(
    small: Pixels,
) -> tuple[Floats, Floats]:
    """Log-chroma (2) and half log-light per pixel, (h, w, 3), and log-light, (h, w)."""
    linear = np.maximum(np.arange(256, dtype=np.float32) / 255, 0.01) ** 2.2
    logs = np.log(linear)[small]
    light = ((logs[..., 0] + logs[..., 1] + logs[..., 2]) / 3).astype(np.float32)
    features = np.dstack([logs[..., 0] - logs[..., 1], logs[..., 2] - logs[..., 1], light / 2])
    features[..., :2] = blurred(features[..., :2], 0.8)
    return features, light


def _distance(features: Floats, seeds: Floats) -> Floats:
    """Squared Mahalanobis distance of each pixel from the seeds' inner part, (h, w)."""
    least = np.diag([2e-3, 2e-3, 1e-2])
    # Median first: with something over one cheek, mean and covariance would take it in.
    centre = np.median(seeds, 0)
    usual = np.diag((1.5 * np.median(np.abs(seeds - centre), 0)) ** 2)
    for _ in range(3):
        offset = seeds - centre
        spread = np.linalg.inv(usual + least)
        seeds = seeds[((offset @ spread) * offset).sum(1) < 9]
        centre, usual = seeds.mean(0), np.cov(seeds.T)
    spread = np.linalg.inv(usual + np.diag([4e-3, 6e-3, 0.03]))
    offset = features - centre
    distance: Floats = ((offset @ spread.astype(np.float32)) * offset).sum(-1)
    return distance


def _highlights(bright: Mask, skin: Mask) -> Mask:
    """Bright places enclosed by skin: they are its shine, which oiliness is about."""
    count, labels = cv2.connectedComponents(widened(bright, 1).view(np.uint8), connectivity=4)
    ring = widened(bright, 2) & ~widened(bright, 1)
    # each ring pixel belongs to the component that it touches
    around = cv2.dilate(labels.astype(np.float32), CROSS)[ring].astype(np.int64)
    edge = np.bincount(around, minlength=count)
    enclosed = np.bincount(around, weights=skin[ring], minlength=count) >= 0.8 * np.maximum(edge, 1)
    size = np.bincount(labels.ravel(), minlength=count)
    kept = enclosed & (size < _MOST_HIGHLIGHT * labels.size)
    kept[0] = False
    shine: Mask = kept[labels] & bright
    return shine


def _dark(light: Floats, readable: Mask) -> Mask:
    """Places much darker than their surroundings, unless they are as thin as a wrinkle."""
    weight = readable.astype(np.float32)
    around = blurred(light * weight, 8) / (blurred(weight, 8) + np.float32(1e-3))
    return widened(opened(light - around < _DARK, np.ones((3, 3), np.uint8)), 2)
