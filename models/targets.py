"""What the network is asked for: maps of what is visible, and how much there is around a point."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

MAP_STRIDE, AMOUNT_STRIDE = 4, 16  # crop pixels
# Deviation of the neighbourhood in crop pixels: it weighs skin within about 10 mm
NEIGHBOURHOOD = 24.0
# Mean visibility around a point that counts as 0.63, in the order of phantom.SIGNS. Chosen so
# that the amounts of phantoms spread over 0–1; pores and blemishes cover little skin even at
# their worst, a flush covers much.
TYPICAL = np.array([0.20, 0.25, 0.07, 0.04, 0.25, 0.10, 0.025], np.float32)


def amount(mean_visibility: Floats) -> Floats:
    """How much, 0–1, of mean visibility 0–1, (..., 7): rises with it everywhere, steepest at 0."""
    return np.asarray(1 - np.exp(-mean_visibility / TYPICAL), np.float32)


def neighbourhood_amounts(visible: Floats, skin: Floats) -> tuple[Floats, Floats]:
    """Amounts and how much skin each rests on.

    `visible` is (h, w, 7) at MAP_STRIDE, `skin` (h, w) the share of skin in each of its pixels.
    Returns (h/4, w/4, 7) amounts and (h/4, w/4) skin, 0–1.
    """
    sigma = NEIGHBOURHOOD / MAP_STRIDE
    step = AMOUNT_STRIDE // MAP_STRIDE
    rows, columns = visible.shape[0] // step, visible.shape[1] // step

    def around(field: Floats) -> Floats:
        wide = cv2.GaussianBlur(field, (0, 0), sigma, borderType=cv2.BORDER_CONSTANT)
        return np.asarray(wide.reshape(rows, step, columns, step, -1).mean((1, 3)), np.float32)

    weight = around(skin)
    mean = (around(visible * skin[..., None]) / np.maximum(weight, 1e-4)).astype(np.float32)
    here = skin.reshape(rows, step, columns, step).mean((1, 3))
    return amount(mean), here.astype(np.float32)
