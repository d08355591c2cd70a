"""Pigment is not a sign: labels are of one tone, and the network is told how dark the skin is."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pytest

from models import normalise
from models.mixture import phantom
from models.phantoms import pigment
from models.phantoms.phantom import MIDDLE_ALBEDO, MIDDLE_TONE, SIGNS, layers
from models.phantoms.skin import draw, streams

TINY = (4, 4, 8, 8)


@pytest.mark.parametrize("index", [2, 5, 11])
def test_the_same_skin_has_the_same_labels_in_every_tone(index: int) -> None:
    one = replace(draw(streams(3, index)["parameters"]), **dict.fromkeys(SIGNS, 0.6))
    dark, middle, light = (
        layers(replace(one, tone=tone), streams(3, index)) for tone in (-50.0, MIDDLE_TONE, 65.0)
    )
    assert np.array_equal(dark.visible, middle.visible)
    assert np.array_equal(light.visible, middle.visible)
    assert middle.visible.mean((0, 1)).min() > 0.005
    assert dark.body.mean() < 0.5 * light.body.mean()
    assert middle.albedo == pytest.approx(MIDDLE_ALBEDO, abs=0.03)


def test_some_phantoms_are_photographed_in_two_tones_with_one_truth() -> None:
    tones = [phantom(streams(8, n)).tone for n in range(14)]
    two = [tone for tone in tones if tone[0] != tone[1]]
    assert 0 < len(two) < len(tones)
    assert all(abs(one - other) > 1e-3 for one, other in two)


def test_the_network_hears_the_faces_colour_and_not_its_exposure() -> None:
    random = np.random.default_rng(1)
    skin = np.ones((64, 64), bool)

    def own(colour: np.ndarray) -> np.ndarray:
        light = colour * random.uniform(0.95, 1.05, (64, 64, 3))
        encoded = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
        pixels = (np.clip(encoded, 0, 1) * 255 + 0.5).astype(np.uint8)
        channels = normalise.inputs(pixels, skin, normalise.face_reference(pixels, skin))
        assert channels.shape[-1] == normalise.CHANNELS
        told = channels[..., normalise.SEEN :]
        assert (told == told[0, 0]).all()
        return np.asarray(told[0, 0])

    dark, light = pigment.clean_skin(-40), pigment.clean_skin(60)
    assert np.abs(own(light) - own(light * 0.6)).max() < 0.1
    assert np.abs(own(light) - own(dark)).min() > 1.0


def test_what_skin_mirrors_keeps_its_light_when_the_pigment_changes() -> None:
    matte = pigment.clean_skin(35)
    shade = np.linspace(0.5, 1.0, 64, dtype=np.float32)[None, :, None]
    gloss = np.zeros((64, 64, 1), np.float32)
    gloss[20:44] = 0.15
    sheen = 0.012
    radiance = (matte * shade + sheen + gloss).astype(np.float32)
    ratio = pigment.clean_skin(-40) / matte
    changed = pigment.repigmented(radiance, matte * 0.75 + sheen, sheen, ratio)
    expected = matte * shade * ratio + sheen + gloss
    inside = np.s_[26:38, 6:-6]
    assert np.abs(changed - expected)[inside].max() < 0.01
    assert np.abs(changed - expected)[2:14].max() < 0.01
    # ...and not as paint that darkens with the skin
    assert changed[inside].mean() > 1.5 * (radiance * ratio)[inside].mean()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_weights_that_knew_no_tone_are_taken_over_and_say_the_same() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import keras
        from keras import layers as of_keras

        from models import network
    model = network.build(widths=TINY)
    random = np.random.default_rng(1)
    picture = random.normal(0, 0.7, (1, 64, 48, normalise.CHANNELS)).astype(np.float32)
    other = picture.copy()
    other[..., normalise.SEEN :] += 1
    told = [model(p, training=False)["amount"].numpy() for p in (picture, other)]
    assert np.abs(told[0] - told[1]).max() > 1e-4, "the tone must reach the amounts"

    small = keras.Input((None, None, 3))
    earlier = keras.Model(small, {"amount": of_keras.Conv2D(7, 1, name="amount")(small)})
    kernel, bias = earlier.get_layer("amount").get_weights()
    wide = keras.Input((None, None, 5))
    later = keras.Model(wide, {"amount": of_keras.Conv2D(7, 1, name="amount")(wide)})
    assert network.take_over(later, earlier) == 1
    taken, same = later.get_layer("amount").get_weights()
    assert np.array_equal(taken[:, :, :3], kernel)
    assert not taken[:, :, 3:].any()
    assert np.array_equal(same, bias)
