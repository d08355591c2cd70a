"""Kinds of arrays that the pipeline hands around, and OpenCV's filters with their types kept."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]  # (height, width, 3) sRGB
Mask = npt.NDArray[np.bool_]  # (height, width)
Floats = npt.NDArray[np.float32]
Points = npt.NDArray[np.float32]  # (n, 2) x, y

CROSS: npt.NDArray[np.uint8] = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], np.uint8)


def reduced(picture: Pixels, size: tuple[int, int]) -> Pixels:
    """`picture` brought down to `size` (width, height) by averaging areas."""
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def blurred(values: Floats, sigma: float) -> Floats:
    return np.asarray(cv2.GaussianBlur(values, (0, 0), sigma), np.float32)


def widened(mask: Mask, steps: int) -> Mask:
    return cv2.dilate(mask.view(np.uint8), CROSS, iterations=steps).view(np.bool_)


def narrowed(mask: Mask, steps: int) -> Mask:
    return cv2.erode(mask.view(np.uint8), CROSS, iterations=steps).view(np.bool_)


def opened(mask: Mask, kernel: npt.NDArray[np.uint8]) -> Mask:
    return cv2.morphologyEx(mask.view(np.uint8), cv2.MORPH_OPEN, kernel).view(np.bool_)


def enlarged(mask: Mask, size: tuple[int, int]) -> Mask:
    """`mask` repeated to `size` (width, height)."""
    return cv2.resize(mask.view(np.uint8), size, interpolation=cv2.INTER_NEAREST).view(np.bool_)
