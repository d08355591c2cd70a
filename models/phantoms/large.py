"""Phantoms as large as a face's crop."""

from __future__ import annotations

import numpy as np

from models.phantoms.fields import SIZE, Floats


def tiled(radiance: Floats, height: int, width: int) -> Floats:
    """A phantom's radiance, (SIZE, SIZE, 3), mirrored over (height, width, 3): no seam shows."""
    down, right = -(-height // SIZE) - 1, -(-width // SIZE) - 1
    wide = np.pad(radiance, ((0, down * SIZE), (0, right * SIZE), (0, 0)), mode="symmetric")
    return np.asarray(wide[:height, :width], np.float32)
