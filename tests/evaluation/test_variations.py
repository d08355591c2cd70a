from __future__ import annotations

import numpy as np
import pytest

from evaluation.variations import VARIATIONS, exposed, lit, mirrored, rotated, scaled
from tests.pipeline.portraits import astronaut


def test_each_goal_of_the_same_photo_taken_differently_is_varied() -> None:
    assert {v.kind for v in VARIATIONS.values()} == {
        "exposure", "white balance", "JPEG compression", "scale", "rotation", "mirror",
    }  # fmt: skip
    assert {"+1.0 EV", "-1.0 EV", "3500 K", "9000 K", "JPEG 60", "scale 0.5", "scale 1.5"} < set(
        VARIATIONS
    )
    assert "+10°" in VARIATIONS
    assert "-10°" in VARIATIONS


@pytest.mark.parametrize("name", VARIATIONS)
def test_a_variation_gives_a_photo_and_changes_it(name: str) -> None:
    photo = astronaut()[::2, ::2]
    varied = VARIATIONS[name].of(photo)
    assert varied.dtype == np.uint8
    assert varied.ndim == 3
    assert varied.shape != photo.shape or not np.array_equal(varied, photo)


def test_one_stop_is_twice_the_light_and_burns_out_what_is_too_bright() -> None:
    grey = np.full((4, 4, 3), 118, np.uint8)  # 18 % of full light
    assert abs(int(exposed(grey, 1.0)[0, 0, 0]) - 163) <= 1  # 36 %
    assert exposed(np.full((4, 4, 3), 230, np.uint8), 1.0).min() == 255


def test_low_kelvin_is_warm_and_the_green_channel_stays() -> None:
    photo = np.full((4, 4, 3), 128, np.uint8)
    warm, cold = lit(photo, 3500)[0, 0], lit(photo, 9000)[0, 0]
    assert warm[0] > 128 > warm[2]
    assert cold[0] < 128 < cold[2]
    assert warm[1] == cold[1] == 128


def test_turning_and_scaling_are_undone_by_their_opposites() -> None:
    photo = astronaut()
    assert np.array_equal(mirrored(mirrored(photo)), photo)
    back = rotated(rotated(photo, 10), -10)[100:-100, 100:-100]
    assert np.abs(back.astype(int) - photo[100:-100, 100:-100]).mean() < 4
    assert scaled(photo, 0.5).shape[0] == photo.shape[0] // 2
