"""The aligned crop: the same face gives the same crop, however it was photographed."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from pipeline.alignment import CROP_HEIGHT, CROP_WIDTH, Crop, align
from pipeline.face import LEFT_EYE, OVAL, RIGHT_EYE, Face, find_face
from tests.pipeline.portraits import Pixels, astronaut, networks


def cropped(pixels: Pixels) -> Crop:
    return align(pixels, find_face(pixels, networks()))


def test_the_face_fills_the_crop_and_is_level() -> None:
    crop = cropped(astronaut())
    assert crop.pixels.shape == (CROP_HEIGHT, CROP_WIDTH, 3)
    assert crop.pixels.dtype == np.uint8
    oval = crop.points[list(OVAL)]
    extent = oval.max(0) - oval.min(0)
    assert extent.prod() == pytest.approx(640 * 800, rel=0.02)
    assert np.abs((oval.max(0) + oval.min(0)) / 2 - (384, 480)).max() < 3
    eyes = [crop.points[list(eye)].mean(0) for eye in (RIGHT_EYE, LEFT_EYE)]
    assert abs(eyes[0][1] - eyes[1][1]) < 4


def test_landmarks_and_pixels_move_together() -> None:
    """A dot painted on a landmark of the photo is at that landmark of the crop."""
    for factor in (1, 3):
        photo = np.asarray(
            Image.fromarray(astronaut()).resize(
                (512 * factor, 512 * factor), Image.Resampling.BICUBIC
            )
        ).copy()
        face = find_face(photo, networks())
        x, y = np.round(face.points[4]).astype(int)  # the tip of the nose
        photo[y - factor : y + factor + 1, x - factor : x + factor + 1] = (0, 255, 0)
        crop = align(photo, face)
        green = crop.pixels[..., 1].astype(int) - crop.pixels[..., 0]
        rows, columns = np.nonzero(green > 80)
        assert np.hypot(columns.mean() - crop.points[4, 0], rows.mean() - crop.points[4, 1]) < 4


def test_a_turned_photo_gives_the_same_crop() -> None:
    straight = cropped(astronaut())
    turned = cropped(np.asarray(Image.fromarray(astronaut()).rotate(12, Image.Resampling.BICUBIC)))
    middle = np.s_[300:700, 200:560]
    difference = np.abs(straight.pixels[middle].astype(int) - turned.pixels[middle])
    assert difference.mean() < 8


def test_shrinking_averages_fine_texture_instead_of_aliasing_it() -> None:
    """A pattern too fine for the crop must fade to its mean, not turn into another pattern."""
    for scale in (1.4, 2.0, 3.3, 5.0):
        side = int(1000 * scale)
        y, x = np.mgrid[0:side, 0:side]
        pixels = np.repeat((((x + y) % 2) * 255).astype(np.uint8)[..., None], 3, 2)
        crop = align(pixels, _face_of_scale(scale, side))
        assert crop.scale == pytest.approx(scale, rel=0.01)
        assert crop.pixels[200:760, 200:560].std() < 25  # 127 if it were skipped


def test_parts_outside_the_photo_are_marked() -> None:
    face = find_face(astronaut(), networks())
    left = int(face.points[:, 0].mean())
    cut = np.ascontiguousarray(astronaut()[:, left:])
    moved = Face(
        face.points - np.array([left, 0], np.float32),
        face.confidence,
        face.width,
        face.yaw,
        face.pitch,
        face.roll,
    )
    crop = align(cut, moved)
    assert not crop.inside[:, :330].any()
    assert crop.inside[100:700, 450:].all()


def _face_of_scale(scale: float, side: int) -> Face:
    """An oval in the middle of the photo whose crop shrinks it `scale` times."""
    points = np.full((478, 2), side / 2, np.float32)
    angle = np.linspace(0, 2 * np.pi, len(OVAL), endpoint=False)
    points[list(OVAL), 0] += 320 * scale * np.sin(angle)
    points[list(OVAL), 1] -= 400 * scale * np.cos(angle)
    return Face(points, 1.0, 640 * scale, 0.0, 0.0, 0.0)
