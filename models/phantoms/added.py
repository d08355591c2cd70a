"""Signs added to real skin: what a phantom with them has over the same phantom without."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from models.phantoms import optics
from models.phantoms.fields import Floats, Random, between, blur, log_between
from models.phantoms.phantom import FULL_SHINE, GREEN, MIDDLE_ALBEDO, SIGNS, layers
from models.phantoms.skin import Skin

ALONE = 0.6  # share of samples with one sign only
BROAD = 2.5  # mm over which the patch's own light is taken


@dataclass(frozen=True)
class Signed:
    radiance: Floats  # (SIZE, SIZE, 3) linear
    visible: Floats  # (SIZE, SIZE, 7), 0–1: of the added signs alone


def draw(tone: float, random: Random) -> Skin:
    """Skin with one sign, or with two or three, and otherwise clean."""
    count = 1 if random.random() < ALONE else int(random.integers(2, 4))
    low, high = optics.ITA_RANGE
    return Skin(
        tone=float(np.clip(tone, low, high)),
        blood=log_between(random, 0.005, 0.014),
        mm_per_px=log_between(random, 0.18, 0.26),
        **{
            sign: between(random, 0.2, 1.0) if place < count else 0.0
            for place, sign in enumerate(random.permutation(SIGNS))
        },
    )


def add(
    radiance: Floats, albedo: float, skin: Skin, having: dict[str, Random], bare: dict[str, Random]
) -> Signed:
    """`radiance`, (SIZE, SIZE, 3) linear, of real skin with `skin`'s signs on it.

    Light from under the surface is multiplied by what the signs let through, mirrored light is
    added in the strength of the light that falls there: the patch keeps its own light, curvature
    and texture. `albedo` is the real skin's. `having` and `bare` are two sets of the same streams.
    """
    clean = replace(skin, **dict.fromkeys(SIGNS, 0.0))
    one, zero = layers(skin, having), layers(clean, bare)
    through = np.asarray(one.body / np.maximum(zero.body, 1e-4), np.float32)
    ratio = np.clip(blur(through, 0.5), 0.1, 4)
    luminance = np.maximum(radiance @ GREEN, 1e-5)
    falling = blur(luminance, BROAD / skin.mm_per_px) / np.float32(albedo)
    mirrored = blur((one.mirrored - zero.mirrored) / np.float32(max(one.level, 0.05)), 0.5)
    gloss = mirrored * falling
    signed = np.maximum(radiance * ratio + gloss[..., None], 0.2 * radiance)
    visible = np.clip(one.visible - zero.visible, 0, 1)
    if skin.shine > 0:
        visible[..., 0] = np.clip(
            gloss / np.maximum(MIDDLE_ALBEDO * falling + gloss, 1e-5) / FULL_SHINE, 0, 1
        )
    return Signed(np.asarray(signed, np.float32), visible.astype(np.float32))


def only_on(signed: Signed, radiance: Floats, skin: Floats) -> Signed:
    """`signed` where `skin`, (SIZE, SIZE) 0–1, says so, and `radiance` elsewhere."""
    soft = cv2.GaussianBlur(skin, (0, 0), 1.0)[..., None]
    return Signed(
        np.asarray(radiance + soft * (signed.radiance - radiance), np.float32),
        np.asarray(signed.visible * soft, np.float32),
    )
