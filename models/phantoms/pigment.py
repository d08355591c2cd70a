"""Other melanin under real skin: light from under the surface changes, mirrored light stays."""

from __future__ import annotations

import numpy as np

from models.phantoms import optics
from models.phantoms.fields import Floats, blur

MOST_MIRRORED = 0.7  # share of any channel's light


def clean_skin(tone: float) -> Floats:
    """Reflectance of clean skin of this ITA in degrees, (3,) linear sRGB."""
    melanin = np.full(
        (1, 1), optics.log_melanin_of(float(np.clip(tone, *optics.ITA_RANGE))), np.float32
    )
    blood = np.full_like(melanin, np.log(optics.NOMINAL_BLOOD))
    return np.asarray(optics.albedo(melanin, blood)[0, 0], np.float32)


def mirrored(radiance: Floats, reference: Floats, sheen: float) -> Floats:
    """Light that the surface mirrors, (h, w, 1), told by its colour.

    `radiance` is (h, w, 3) linear, `reference` (3,) the face's median light, of which `sheen` is
    mirrored. Light from under the surface has the skin's colour however strong it is, mirrored
    light the lamp's: what has less of the skin's colour holds that much more of it.
    """
    under = np.maximum(reference - sheen, 0.3 * reference)
    red, blue = float(under[0]), float(under[2])
    apart = max(red - blue, 0.05 * red)  # where skin is as grey as the lamp, nothing tells
    white = (radiance[..., 2] * red - radiance[..., 0] * blue) / np.float32(apart)
    return np.asarray(np.maximum(blur(np.asarray(white, np.float32), 1.0), sheen)[..., None])


def repigmented(radiance: Floats, reference: Floats, sheen: float, ratio: Floats) -> Floats:
    """`radiance` with the skin's own colour multiplied by `ratio`, (3,)."""
    stays = np.minimum(mirrored(radiance, reference, sheen), MOST_MIRRORED * radiance)
    return np.asarray((radiance - stays) * ratio + stays, np.float32)
