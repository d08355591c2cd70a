from __future__ import annotations

import numpy as np
import pytest

from core.metrics import Metric
from models import normalise
from models.manifest import manifest
from models.own_tone import DARKEST, MIDDLE, PALEST, seen_tone, wider
from models.phantoms import camera, skin
from models.phantoms.phantom import render
from models.scorer import HEIGHT, MAPPED, WIDTH, Scorer


def test_colour_tells_much_of_the_tone_over_any_camera_and_light() -> None:
    true, seen = [], []
    for number in range(80):
        random = skin.streams(900_021, number)
        phantom = render(skin.draw(random["parameters"]), random)
        _, reference = camera.shoot(
            phantom.radiance, phantom.reference, phantom.albedo,
            camera.draw(random["camera"]), random["camera"],
        )  # fmt: skip
        light = normalise.log_light(reference)
        true.append(phantom.tone)
        seen.append(float(seen_tone(light[0] - light[1], light[2] - light[1])))
    assert np.corrcoef(true, seen)[0, 1] > 0.6  # √0.54 = 0.73 in the long run


def test_no_lamp_takes_it_further_than_skin_goes() -> None:
    assert seen_tone(9.0, 9.0) == DARKEST
    assert seen_tone(-9.0, -9.0) == PALEST


def test_exposure_changes_nothing_of_it() -> None:
    light = np.array([-0.6, -1.1, -1.7])
    dark = light - 1
    assert seen_tone(*(dark - dark[1])[[0, 2]]) == seen_tone(*(light - light[1])[[0, 2]])


def test_the_channels_hold_the_colour_that_went_into_them() -> None:
    pixels = np.full((32, 32, 3), (190, 140, 110), np.uint8)
    reference = normalise.face_reference(pixels, np.ones((32, 32), bool))
    channels = normalise.inputs(pixels, np.ones((32, 32), bool), reference)
    red, blue = normalise.own_colour(channels)
    assert red == pytest.approx(reference[0] - reference[1], abs=1e-5)
    assert blue == pytest.approx(reference[2] - reference[1], abs=1e-5)


def test_an_interval_is_the_scale_itself_on_a_middle_tone() -> None:
    by_tone = np.array([0.1, -0.1], np.float32)
    assert wider(np.array(MIDDLE, np.float32), by_tone) == pytest.approx([1, 1])
    assert wider(np.array(MIDDLE + 10, np.float32), by_tone) == pytest.approx(np.exp([0.1, -0.1]))


def test_a_face_of_lighter_colour_has_the_wider_interval_of_shine_in_service() -> None:
    scorer, whole = Scorer(), np.ones((HEIGHT, WIDTH), bool)
    without = Scorer()
    without._by_tone[:] = 0
    factors = []
    for colour in ((240, 205, 180), (110, 70, 50)):
        crop = np.full((HEIGHT, WIDTH, 3), colour, np.uint8)
        seen, plain = scorer(crop, whole), without(crop, whole)
        assert np.array_equal(seen.amount, plain.amount)
        factors.append((seen.sigma / plain.sigma)[30, 24])
    shine = MAPPED.index(Metric.OILINESS)
    assert factors[0][shine] > 1.1 * factors[1][shine]
    assert set(manifest().interval_by_tone) == set(MAPPED)
