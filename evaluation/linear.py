"""Photos as linear light and back, by tables: fractions of a second for a whole photo."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.phantoms import optics

Floats = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.uint8]

_STEPS = 1 << 14  # finer than a byte of sRGB everywhere
_LIGHT = optics.to_linear(np.arange(256) / 255).astype(np.float32)
_BYTE = (optics.to_srgb(np.arange(_STEPS) / (_STEPS - 1)) * 255 + 0.5).astype(np.uint8)


def light(pixels: Pixels) -> Floats:
    """Linear light 0–1 of sRGB bytes, of the same shape."""
    return np.asarray(_LIGHT[pixels])


def encoded(linear: Floats) -> Pixels:
    """Bytes of sRGB of linear light; what is over 1 burns out."""
    index = np.clip(linear * np.float32(_STEPS - 1) + np.float32(0.5), 0, _STEPS - 1)
    return np.asarray(_BYTE[index.astype(np.uint16)])
