"""Smoothed skin is told from bare skin, on real faces."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.alignment import Crop, align
from pipeline.face import find_face
from pipeline.retouch import LEAST_DETAIL, detail
from pipeline.skin import find_skin
from tests.pipeline.portraits import Pixels, astronaut, networks, portraits, read


def measured(pixels: Pixels) -> float | None:
    crop = align(pixels, find_face(pixels, networks()))
    return detail(crop, find_skin(crop).mask)


def smoothed(pixels: Pixels) -> Pixels:
    return np.asarray(cv2.bilateralFilter(pixels, -1, 30, 5), np.uint8)


def textured(
    fine: float, points: np.ndarray[tuple[int, ...], np.dtype[np.float32]], size: float = 3
) -> Crop:
    """A crop of noise: broad, with more or less fine noise on it outside of the eyes."""
    random = np.random.default_rng(1)
    broad, narrow = (
        cv2.GaussianBlur(random.normal(0, 1, (960, 768)).astype(np.float32), (0, 0), sigma)
        for sigma in (6.0, 1.5)
    )
    broad, narrow = broad / broad.std(), narrow / narrow.std()
    strength = np.full((960, 768), fine, np.float32)
    for centre in points[[159, 386]].astype(int):
        cv2.circle(strength, centre.tolist(), 90, 1.0, -1)
    grey = np.clip(128 + size * broad + size * strength * narrow, 0, 255).astype(np.uint8)
    return Crop(np.repeat(grey[..., None], 3, -1), np.ones((960, 768), bool), points, 1.0)


def test_skin_that_lost_fine_detail_while_the_eyes_kept_it_measures_less() -> None:
    points = align(astronaut(), find_face(astronaut(), networks())).points
    skin = np.zeros((960, 768), bool)
    skin[520:800, 200:560] = True
    values = [detail(textured(fine, points), skin) for fine in (1.0, 0.5, 0.2)]
    assert None not in values
    kept, half, little = (v for v in values if v is not None)
    assert kept - half > 0.2
    assert half - little > 0.2


def test_skin_with_plenty_of_fine_detail_is_not_taken_for_smoothed_however_spotted_it_is() -> None:
    points = align(astronaut(), find_face(astronaut(), networks())).points
    skin = np.zeros((960, 768), bool)
    skin[520:800, 200:560] = True
    spotted, smooth = (detail(textured(0.4, points, size), skin) for size in (16, 3))
    assert spotted is not None
    assert smooth is not None
    assert spotted >= LEAST_DETAIL > smooth


def test_how_bright_the_photo_is_does_not_matter() -> None:
    points = align(astronaut(), find_face(astronaut(), networks())).points
    skin = np.zeros((960, 768), bool)
    skin[520:800, 200:560] = True
    crop = textured(0.5, points)
    darker = Crop((crop.pixels * 0.6).astype(np.uint8), crop.inside, crop.points, crop.scale)
    assert detail(darker, skin) == pytest.approx(detail(crop, skin), abs=0.08)


def test_a_small_face_cannot_tell() -> None:
    assert measured(astronaut()) is None


@pytest.mark.slow
def test_studio_portraits_are_bare_and_the_same_ones_filtered_are_not() -> None:
    paths = portraits("london", every=20) + portraits("canada", every=20)
    for path in paths:
        photo = read(path)
        bare, soft = measured(photo), measured(smoothed(photo))
        assert bare is not None
        assert soft is not None
        assert soft < LEAST_DETAIL < bare, path.name
