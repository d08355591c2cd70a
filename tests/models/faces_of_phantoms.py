"""Crops as large as a face's, made of phantoms: clean skin with a patch of something in it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from models.phantoms import camera
from models.phantoms.large import tiled
from models.phantoms.phantom import render
from models.phantoms.skin import Skin, streams
from models.scorer import HEIGHT, WIDTH

CLEAN = Skin(
    tone=35, blood=0.009, shine=0.1, dryness=0, lines=0, pores=0.1, redness=0, spots=0,
    blemishes=0, mm_per_px=0.22,
)  # fmt: skip
# The patch, a fifth of the crop; in it, the places whose surroundings are all patch
PATCH = (slice(288, 672), slice(192, 576))
INSIDE = (slice(24, 36), slice(18, 30))

Pixels = npt.NDArray[np.uint8]


def undisturbed(start: int = 0) -> int:
    """The number of the next phantom without hairs, stubble or shadow: they hide what is asked."""
    index = start
    while streams(7, index)["distractors"].random(4).min() < 0.2:
        index += 1
    return index


def crop(
    patch: Skin,
    around: Skin = CLEAN,
    index: int = 0,
    shot: camera.Shot = camera.PLAIN,
    seed: int = 1,
) -> Pixels:
    """A photo, (960, 768, 3) uint8, of skin like `around` with a patch like `patch`."""
    phantom = render(around, streams(7, index))
    radiance = tiled(phantom.radiance, HEIGHT, WIDTH)
    radiance[PATCH] = tiled(render(patch, streams(7, index)).radiance, HEIGHT, WIDTH)[PATCH]
    pixels, _ = camera.shoot(
        radiance, phantom.reference, phantom.albedo, shot, np.random.default_rng(seed)
    )
    return pixels


def with_sign(sign: str, strength: float, tone: float = CLEAN.tone) -> Skin:
    return replace(CLEAN, tone=tone, **{sign: strength})
