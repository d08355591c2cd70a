"""Phantoms: the same from the same seed, one parameter at a time, every tone."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from models import samples, targets
from models.phantoms import camera, optics
from models.phantoms.fields import SIZE
from models.phantoms.phantom import SIGNS, Phantom, render
from models.phantoms.skin import STREAMS, Skin, draw, streams

CLEAN = Skin(
    tone=35, blood=0.009, shine=0, dryness=0, lines=0, pores=0, redness=0, spots=0, blemishes=0,
    mm_per_px=0.2,
)  # fmt: skip


def phantom(skin: Skin, index: int = 3) -> Phantom:
    return render(skin, streams(7, index))


def test_the_same_seed_draws_the_same_picture_and_another_does_not() -> None:
    first, again = samples.make(5, 2, count=2), samples.make(5, 2, count=2)
    other = samples.make(6, 2, count=2)
    for name in ("pictures", "references", "visible", "tone"):
        assert np.array_equal(getattr(first, name), getattr(again, name)), name
        assert not np.array_equal(getattr(first, name), getattr(other, name)), name


def test_streams_of_one_phantom_are_different() -> None:
    values = {name: random.random() for name, random in streams(7, 1).items()}
    assert len(values) == len(STREAMS) == len(set(values.values()))


@pytest.mark.parametrize("index", [3, 4, 8])
@pytest.mark.parametrize("sign", SIGNS)
def test_a_sign_rises_with_its_own_parameter(sign: str, index: int) -> None:
    seen = [
        phantom(replace(CLEAN, **{sign: strength}), index).visible[..., SIGNS.index(sign)].mean()
        for strength in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]
    assert all(low <= high + 1e-6 for low, high in pairwise(seen)), seen
    assert seen[-1] > seen[0] + 0.005
    assert seen[0] < 0.03, "skin without the sign shows it"


# What a sign moves besides itself is meant: a blemish is red, relief bends the mirrored light
MOVED_TOO = {
    "blemishes": {"redness", "shine"},
    "dryness": {"shine"},
    "lines": {"shine"},
    "pores": {"shine"},
    "redness": {"shine"},
    "spots": {"shine"},
    "shine": set(),
}


@pytest.mark.parametrize("sign", SIGNS)
def test_sweeping_one_parameter_changes_no_other_sign(sign: str) -> None:
    base = replace(CLEAN, **dict.fromkeys(SIGNS, 0.4))
    low, high = (phantom(replace(base, **{sign: value})).visible for value in (0.1, 0.9))
    for channel, other in enumerate(SIGNS):
        if other != sign and other not in MOVED_TOO[sign]:
            # A flake counts by its contrast to the skin around, which the others tint a little
            most = 0.1 if other == "dryness" else 0
            assert np.abs(low[..., channel] - high[..., channel]).max() <= most, other


def test_tone_covers_every_band_about_equally() -> None:
    tones = np.array([draw(streams(1, i)["parameters"]).tone for i in range(400)])
    bands, _ = np.histogram(tones, [-60, -30, 0, 30, 70])
    assert bands.min() > 60
    assert tones.min() < -45
    assert tones.max() > 60


@pytest.mark.parametrize("angle", [-50, -30, 0, 28, 41, 55])
def test_skin_of_a_tone_has_that_tone(angle: float) -> None:
    melanin = np.full((1, 1), optics.log_melanin_of(angle), np.float32)
    blood = np.full((1, 1), np.log(optics.NOMINAL_BLOOD), np.float32)
    assert optics.ita(optics.albedo(melanin, blood))[0, 0] == pytest.approx(angle, abs=2)


def test_more_blood_is_redder_and_more_melanin_is_darker() -> None:
    melanin = np.full((1, 2), optics.log_melanin_of(40), np.float32)
    pale, flushed = optics.albedo(melanin, np.log([[0.005, 0.02]]).astype("f4"))[0]
    assert flushed[0] / flushed[1] > 1.15 * pale[0] / pale[1]
    contrast = np.array([[0.0, 0.3]], np.float32)
    added = optics.darker(float(melanin[0, 0]), contrast)
    blood = np.full((1, 2), np.log(optics.NOMINAL_BLOOD), np.float32)
    green = np.log(optics.albedo(melanin + added, blood))[0, :, 1]
    assert green[0] - green[1] == pytest.approx(0.3, abs=0.03)


def test_lines_keep_their_contrast_on_the_darkest_skin() -> None:
    """The first experiments lost them there: what mirrors has to see the furrow too."""

    def contrast(tone: float) -> float:
        differences = []
        for index in range(6):
            plain, lined = (
                phantom(replace(CLEAN, tone=tone, lines=strength), index).radiance
                for strength in (0.0, 0.9)
            )
            differences.append(np.abs(np.log(lined / plain)).mean())
        return float(np.mean(differences))

    assert contrast(-50) > 0.6 * contrast(55)


@pytest.mark.parametrize(
    ("field", "low", "high"), [("stops", -1, 1), ("kelvin", 2800, 8500), ("quality", 55, 97)]
)
def test_shots_span_what_phones_do(field: str, low: float, high: float) -> None:
    values = [getattr(camera.draw(np.random.default_rng(i)), field) for i in range(400)]
    assert min(values) >= low
    assert max(values) <= high
    assert np.ptp(values) > 0.8 * (high - low)


@pytest.mark.parametrize("scale", [0.6, 1.0, 1.7])
def test_a_picture_keeps_its_size_whatever_the_distance(scale: float) -> None:
    drawn = phantom(CLEAN)
    pixels, reference = camera.shoot(
        drawn.radiance,
        drawn.reference,
        drawn.albedo,
        replace(camera.PLAIN, scale=scale),
        np.random.default_rng(1),
    )
    assert pixels.shape == (SIZE, SIZE, 3)
    assert pixels.dtype == np.uint8
    assert 0 < reference.min() <= reference.max() <= 1


def test_amounts_rise_with_what_is_visible_and_ignore_what_is_not_skin() -> None:
    side = SIZE // targets.MAP_STRIDE
    visible = np.zeros((side, side, len(SIGNS)), np.float32)
    skin = np.ones((side, side), np.float32)
    levels = []
    for level in (0.0, 0.05, 0.2, 1.0):
        visible[:] = level
        levels.append(targets.neighbourhood_amounts(visible, skin)[0].mean((0, 1)))
    assert (np.diff(levels, axis=0) > 0).all()
    assert (levels[0] == 0).all()

    visible[:] = 0
    visible[:, : side // 2] = 1
    skin[:, : side // 2] = 0
    amounts, share = targets.neighbourhood_amounts(visible, skin)
    assert amounts.max() < 1e-6
    assert share.min() == 0
    assert share.max() == 1
