"""The aligned crop: every face upright, at the same place and about the same size."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.arrays import Mask, Pixels, Points, reduced
from pipeline.face import Face, upright_box

CROP_WIDTH, CROP_HEIGHT = 768, 960
_OVAL_WIDTH, _OVAL_HEIGHT = 640, 800  # the face oval's box: about 0.22 mm a pixel
_CORNERS = np.array([[0, 0], [CROP_WIDTH, 0], [0, CROP_HEIGHT], [CROP_WIDTH, CROP_HEIGHT]])
MILLIMETRES = 0.22  # a crop pixel, on a face of average width


@dataclass(frozen=True)
class Crop:
    """The face as the network sees it."""

    pixels: Pixels  # (960, 768, 3) sRGB
    inside: Mask  # (960, 768): where the photo reaches
    points: Points  # (478, 2) landmarks x, y in crop pixels
    scale: float  # photo pixels a crop pixel; below 1 the crop is enlarged


def scale_of(face: Face) -> float:
    """Photo pixels a crop pixel, as `Crop.scale`, before anything is cut."""
    return _scale(upright_box(face.points, float(np.radians(face.roll)))[1])


def align(pixels: Pixels, face: Face) -> Crop:
    """Cut the face out, level it and bring it to size; fine texture is averaged, not skipped."""
    roll = np.radians(face.roll)
    centre, extent = upright_box(face.points, float(roll))
    scale = _scale(extent)
    turn = np.array([[np.cos(roll), -np.sin(roll)], [np.sin(roll), np.cos(roll)]])
    to_photo = np.empty((2, 3))
    to_photo[:, :2] = turn * scale
    to_photo[:, 2] = centre - to_photo[:, :2] @ (CROP_WIDTH / 2, CROP_HEIGHT / 2)

    source, left, top, factor = _around(pixels, to_photo)
    source = _smoothed_for(source, scale / factor)
    # from crop pixels to the pixels of `source`; a reduced pixel's centre lies between its parts
    to_source = to_photo.copy()
    to_source[:, 2] -= (left, top)
    to_source /= factor
    to_source[:, 2] -= (factor - 1) / (2 * factor)
    size = (CROP_WIDTH, CROP_HEIGHT)
    cut = cv2.warpAffine(
        source, to_source, size, flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    points = (face.points - centre) @ turn / scale + (CROP_WIDTH / 2, CROP_HEIGHT / 2)
    return Crop(
        np.asarray(cut, np.uint8), _inside(pixels, to_photo), points.astype(np.float32), scale
    )


def _scale(extent: Points) -> float:
    return float(np.sqrt(extent[0] * extent[1] / (_OVAL_WIDTH * _OVAL_HEIGHT)))


def _around(pixels: Pixels, to_photo: npt.NDArray[np.float64]) -> tuple[Pixels, int, int, int]:
    """The part of the photo that the crop covers, reduced by a whole factor.

    Gives the part, its left and top in the photo, and the factor.
    """
    reached = _CORNERS @ to_photo[:, :2].T + to_photo[:, 2]
    margin = 8
    height, width = pixels.shape[:2]
    left, top = (int(v) for v in np.maximum(np.floor(reached.min(0)) - margin, 0))
    right, bottom = np.ceil(reached.max(0)) + margin
    part = pixels[top : min(int(bottom), height), left : min(int(right), width)]
    factor = int(np.hypot(*to_photo[:, 0]))
    if factor < 2:
        return np.ascontiguousarray(part), left, top, 1
    rows, columns = part.shape[0] // factor, part.shape[1] // factor
    part = part[: rows * factor, : columns * factor]
    return reduced(part, (columns, rows)), left, top, factor


def _smoothed_for(source: Pixels, scale: float) -> Pixels:
    """`source` without what a pixel step of `scale` could only alias."""
    if scale <= 1.15:
        return source
    sigma = 0.5 * np.sqrt(scale * scale - 1)
    return np.asarray(cv2.GaussianBlur(source, (0, 0), sigma), np.uint8)


def _inside(pixels: Pixels, to_photo: npt.NDArray[np.float64]) -> Mask:
    """Which crop pixels lie in the photo: a face at its edge is partly invented by the border."""
    height, width = pixels.shape[:2]
    reached = _CORNERS @ to_photo[:, :2].T + to_photo[:, 2]
    if (reached >= 0).all() and (reached <= (width - 1, height - 1)).all():
        return np.ones((CROP_HEIGHT, CROP_WIDTH), bool)  # nearly always
    x, y = np.arange(CROP_WIDTH), np.arange(CROP_HEIGHT)[:, None]
    u = to_photo[0, 0] * x + to_photo[0, 1] * y + to_photo[0, 2]
    v = to_photo[1, 0] * x + to_photo[1, 1] * y + to_photo[1, 2]
    inside: Mask = (u >= 0) & (u <= width - 1) & (v >= 0) & (v <= height - 1)
    return inside
