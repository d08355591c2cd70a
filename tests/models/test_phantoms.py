"""Phantoms: the same from the same seed, one parameter at a time, every tone."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from models import samples, targets
from models.phantoms import camera, optics
from models.phantoms.distractors import MADE_UP, SHAVEN
from models.phantoms.fields import SIZE
from models.phantoms.phantom import SIGNS, Phantom, layers, render
from models.phantoms.skin import STREAMS, Skin, draw, streams
from models.phantoms.veils import Filter, filtered, kept_detail

CLEAN = Skin(
    tone=35, blood=0.009, shine=0, dryness=0, lines=0, pores=0, redness=0, spots=0, blemishes=0,
    mm_per_px=0.2,
)  # fmt: skip


def phantom(skin: Skin, index: int = 3) -> Phantom:
    return render(skin, streams(7, index))


def test_the_same_seed_draws_the_same_picture_and_another_does_not() -> None:
    first, again = samples.make(5, 2, count=2), samples.make(5, 2, count=2)
    other = samples.make(6, 2, count=2)
    for name in ("kind", "pictures", "references", "skin", "visible", "veil", "tone"):
        assert np.array_equal(getattr(first, name), getattr(again, name)), name
    for name in ("pictures", "references", "visible", "tone"):
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


@pytest.mark.parametrize("sign", SIGNS)
def test_sweeping_one_parameter_draws_no_other_sign_anew(sign: str) -> None:
    """Labels are contrasts in one picture: another sign may show a little more, never elsewhere."""
    base = replace(CLEAN, **dict.fromkeys(SIGNS, 0.4))
    low, high = (phantom(replace(base, **{sign: value})).visible for value in (0.1, 0.9))
    for channel, other in enumerate(SIGNS):
        if other == sign or (sign, other) == ("blemishes", "redness"):  # a blemish is red
            continue
        before, after = low[..., channel], high[..., channel]
        assert np.corrcoef(before.ravel(), after.ravel())[0, 1] > 0.95, other
        assert abs(before.mean() - after.mean()) < 0.03, other


@pytest.mark.parametrize("sign", ["lines", "pores", "redness", "spots", "blemishes"])
def test_a_label_follows_the_contrast_in_the_light(sign: str) -> None:
    """Where the label is high, the light differs from the same skin without the sign."""
    channel = SIGNS.index(sign)
    for tone in (55, -40):
        plain, signed = (
            phantom(replace(CLEAN, tone=tone, **{sign: strength}), 4) for strength in (0.0, 0.9)
        )
        change = np.abs(np.log(signed.radiance / plain.radiance)).max(-1)
        label = signed.visible[..., channel]
        assert label.max() > 0.1
        assert change[label >= 0.5 * label.max()].mean() > 2 * change[label < 0.02].mean(), tone


def test_what_hides_skin_is_in_the_veil_and_takes_signs_away() -> None:
    blemished = replace(CLEAN, redness=0.8, spots=0.8, pores=0.8)
    i = next(i for i in range(100) if streams(7, i)["make_up"].random() < MADE_UP)
    hidden, drawn = phantom(blemished, i), layers(blemished, streams(7, i))
    assert hidden.veil[..., 1].mean() > 0.2
    assert hidden.veil[..., 2].max() == 0, "cameras filter, skin does not"
    for sign in ("redness", "spots", "pores"):
        channel = SIGNS.index(sign)
        assert hidden.visible[..., channel].mean() < 0.95 * drawn.visible[..., channel].mean(), sign


def test_hair_is_in_the_veil_and_darkens_the_skin_there() -> None:
    def shaven(i: int) -> bool:
        random = streams(7, i)["distractors"]
        return bool(random.random() > 0.5 and random.random() < SHAVEN)

    darker = []
    for index in [i for i in range(100) if shaven(i)][:5]:
        drawn, plain = phantom(CLEAN, index), layers(CLEAN, streams(7, index))
        hair = drawn.veil[..., 0]
        assert hair.max() > 0.4
        change = np.log(drawn.radiance / (plain.body + plain.mirrored[..., None])).mean(-1)
        low, high = np.quantile(hair, (0.2, 0.8))
        if high - low > 0.2:
            darker.append(change[hair <= low].mean() - change[hair >= high].mean())
    assert len(darker) >= 2
    assert np.median(darker) > 0.02


@pytest.mark.parametrize("kind", [0, 1, 2])
def test_a_filter_takes_pores_and_keeps_edges(kind: int) -> None:
    app = Filter(kind, reach=4, edges=0.15, mix=0.9, lift=1.0)
    drawn = layers(replace(CLEAN, pores=0.9), streams(7, 3))
    light = drawn.body + drawn.mirrored[..., None]
    picture = optics.to_srgb(light * 0.25 / light.mean()).astype(np.float32)
    assert kept_detail(picture, app).mean() < 0.75

    edge = np.full((64, 64, 3), 0.2, np.float32)
    edge[:, 32:] = 0.8
    soft = filtered(edge, app)
    assert soft[:, 34].mean() - soft[:, 29].mean() > 0.3


def test_the_camera_exposes_for_the_face_and_not_for_the_patch() -> None:
    """A patch in shade stays darker than the face; dark skin is lifted like light skin."""
    drawn = phantom(CLEAN)
    whole, shaded = (
        camera.shoot(
            drawn.radiance * np.float32(share), drawn.reference, drawn.albedo, camera.PLAIN,
            np.random.default_rng(1),
        )[0].mean()
        for share in (1.0, 0.5)
    )  # fmt: skip
    assert shaded < 0.85 * whole
    for_the_face = replace(camera.PLAIN, grey_card=0.0)
    dark, light = (
        camera.shoot(
            p.radiance, p.reference, p.albedo, for_the_face, np.random.default_rng(1)
        )[1].mean()
        for p in (phantom(replace(CLEAN, tone=tone)) for tone in (-45.0, 60.0))
    )  # fmt: skip
    assert dark == pytest.approx(light, rel=0.1)


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
    ("field", "low", "high"), [("stops", -1, 1), ("kelvin", 2800, 8500), ("quality", 40, 97)]
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
