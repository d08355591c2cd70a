from __future__ import annotations

import numpy as np
import pytest

from models import normalise


def picture(seed: int = 1) -> np.ndarray:
    random = np.random.default_rng(seed)
    coarse = random.uniform(0.1, 0.4, (12, 10, 3))
    linear = np.kron(coarse, np.ones((16, 16, 1))) * random.uniform(0.9, 1.1, (192, 160, 3))
    return np.asarray(linear)


def encoded(linear: np.ndarray) -> np.ndarray:
    y = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return (np.clip(y, 0, 1) * 255 + 0.5).astype(np.uint8)


def channels(linear: np.ndarray, skin: np.ndarray) -> np.ndarray:
    pixels = encoded(linear)
    return normalise.inputs(pixels, skin, normalise.face_reference(pixels, skin))


def test_exposure_and_white_balance_hardly_reach_the_network() -> None:
    linear, skin = picture(), np.ones((192, 160), bool)
    as_is = channels(linear, skin)
    brighter_and_warmer = channels(linear * 1.6 * np.array([1.2, 1.0, 0.8]), skin)
    assert as_is.std() > 0.3
    assert np.abs(brighter_and_warmer - as_is)[..., :6].mean() < 0.03


def test_what_is_not_skin_does_not_bleed_into_what_is() -> None:
    linear, skin = picture(), np.ones((192, 160), bool)
    skin[60:120, 40:90] = False
    lips = linear.copy()
    lips[60:120, 40:90] = (0.6, 0.05, 0.05)
    plain, painted = channels(linear, skin), channels(lips, skin)
    assert np.array_equal(plain[skin], painted[skin])
    assert not painted[~skin][:, :3].any()


def test_the_reference_is_the_median_of_the_skin_alone() -> None:
    pixels = np.full((20, 20, 3), (200, 150, 120), np.uint8)
    skin = np.zeros((20, 20), bool)
    skin[:10] = True
    pixels[10:] = 255
    expected = normalise.log_light(np.array([200, 150, 120], np.uint8))
    assert normalise.face_reference(pixels, skin) == pytest.approx(expected)


def test_light_given_as_bytes_or_as_shares_is_the_same() -> None:
    values = np.array([0, 7, 128, 255], np.uint8)
    assert normalise.log_light(values / 255) == pytest.approx(normalise.log_light(values), abs=1e-6)
