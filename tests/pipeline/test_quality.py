"""What the gate refuses, what it lets through, and that tone does not decide."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from PIL import Image

from core.errors import PhotoRejected
from core.examination import Quality
from pipeline import quality
from pipeline.alignment import align
from pipeline.face import find_face
from pipeline.quality import Findings, check_quality, measure, refusals
from pipeline.skin import find_skin
from tests.pipeline.portraits import Pixels, astronaut, networks, portraits, read

GOOD = Findings(
    quality=Quality(
        face_width=500,
        sharpness=0.6,
        exposure=-0.2,
        evenness=0.9,
        yaw=2,
        pitch=3,
        roll=1,
        skin_cover=0.95,
        smile=0.02,
    ),
    skin_level=160,
    burnt=0.0,
    flat=0.1,
    chroma=60,
    red_over_green=0.5,
    blue_over_green=-0.3,
)


def reasons(pixels: Pixels) -> tuple[str, ...]:
    """Why the gate refuses the photo; empty if it does not."""
    try:
        face = find_face(pixels, networks())
        crop = align(pixels, face)
        check_quality(pixels, face, crop, find_skin(crop))
    except PhotoRejected as rejected:
        return rejected.reasons
    return ()


def findings(pixels: Pixels) -> Findings:
    face = find_face(pixels, networks())
    crop = align(pixels, face)
    return measure(pixels, face, crop, find_skin(crop))


def in_light(pixels: Pixels, stops: float) -> Pixels:
    """The photo as if exposed `stops` more."""
    linear = quality._LINEAR[pixels] * 2.0**stops
    encoded = np.where(
        linear <= 0.0031308, linear * 12.92, 1.055 * np.maximum(linear, 1e-6) ** (1 / 2.4) - 0.055
    )
    return np.asarray(np.clip(np.round(encoded * 255), 0, 255), np.uint8)


def test_the_portrait_that_every_machine_has_is_accepted() -> None:
    assert reasons(astronaut()) == ()


def test_nothing_is_wrong_with_a_good_photo() -> None:
    assert refusals(GOOD) == ()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"skin_level": 18}, quality.TOO_DARK),
        ({"burnt": 0.4}, quality.TOO_BRIGHT),
        ({"flat": 0.8}, quality.DRAWN),
        ({"chroma": 2, "red_over_green": 0.0}, quality.COLOURLESS),
        ({"red_over_green": -0.3}, quality.COLOURED_LIGHT),
        ({"red_over_green": 2.5}, quality.COLOURED_LIGHT),
        ({"blue_over_green": 1.0}, quality.COLOURED_LIGHT),
    ],
)
def test_each_fault_has_its_own_sentence(change: dict[str, float], sentence: str) -> None:
    assert refusals(replace(GOOD, **change)) == (sentence,)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"exposure": -4.0}, quality.TOO_DARK),
        ({"evenness": 0.1}, quality.UNEVEN),
        ({"sharpness": 0.1}, quality.NOT_SHARP),
        ({"yaw": -40}, quality.TURNED),
        ({"pitch": 35}, quality.TILTED),
    ],
)
def test_each_fault_of_the_view_has_its_own_sentence(
    change: dict[str, float], sentence: str
) -> None:
    assert refusals(replace(GOOD, quality=replace(GOOD.quality, **change))) == (sentence,)


def test_dark_skin_alone_is_never_too_dark() -> None:
    """The same light on skin that reflects an eighth: highlights and eyes say that it is lit."""
    assert refusals(replace(GOOD, skin_level=66)) == ()


def test_every_reason_is_given_the_gravest_first() -> None:
    view = replace(GOOD.quality, yaw=50, sharpness=0.05)
    assert refusals(replace(GOOD, quality=view)) == (quality.TURNED, quality.NOT_SHARP)


def test_every_sentence_says_what_to_do() -> None:
    sentences = [
        value for name, value in vars(quality).items() if name.isupper() and isinstance(value, str)
    ]
    assert len(sentences) >= 10
    verbs = ("come", "hold", "face a", "step", "turn so", "look", "move", "use")
    for sentence in sentences:
        assert any(verb in sentence for verb in verbs), sentence


def test_a_dark_photo_is_rejected_and_a_dim_one_is_not() -> None:
    assert reasons(in_light(astronaut(), -1.5)) == ()
    assert quality.TOO_DARK in reasons(in_light(astronaut(), -5))


def test_a_burnt_photo_is_rejected() -> None:
    assert quality.TOO_BRIGHT in reasons(in_light(astronaut(), 2.0))


def test_exposure_is_measured_in_stops() -> None:
    before, after = findings(astronaut()), findings(in_light(astronaut(), -2))
    assert before.quality.exposure - after.quality.exposure == pytest.approx(2, abs=0.4)


def test_sharpness_falls_with_blur_and_hardly_with_light_or_contrast() -> None:
    sharp = findings(astronaut()).quality.sharpness
    dim = findings(in_light(astronaut(), -1.5)).quality.sharpness
    assert dim == pytest.approx(sharp, abs=0.12)
    values = [sharp] + [
        findings(np.asarray(cv2.GaussianBlur(astronaut(), (0, 0), sigma))).quality.sharpness
        for sigma in (1.0, 3.0, 4.0)
    ]
    assert values == sorted(values, reverse=True)
    assert quality.NOT_SHARP in reasons(np.asarray(cv2.GaussianBlur(astronaut(), (0, 0), 4.0)))


def test_a_large_but_blurred_photo_is_no_sharper_than_the_small_one_it_was_made_of() -> None:
    large = Image.fromarray(astronaut()).resize((3072, 3072), Image.Resampling.BICUBIC)
    assert quality.NOT_SHARP in reasons(np.asarray(large))


def test_light_from_one_side_is_rejected_when_it_is_hard() -> None:
    ramp = np.where(np.arange(512) < 224, 0.0, -3.2)[None, :, None]
    half = (quality._LINEAR[astronaut()] * 2.0**ramp) ** (1 / 2.2)
    assert quality.UNEVEN in reasons((half * 255).astype(np.uint8))


def test_a_picture_without_colour_is_rejected() -> None:
    grey = np.asarray(Image.fromarray(astronaut()).convert("L").convert("RGB"))
    assert quality.COLOURLESS in reasons(grey)


def test_a_drawing_is_rejected() -> None:
    large = Image.fromarray(astronaut()).resize((1024, 1024), Image.Resampling.BICUBIC)
    flat = cv2.pyrMeanShiftFiltering(np.asarray(large), 14, 40)
    drawing = (np.asarray(flat) // 24 * 24 + 12).astype(np.uint8)
    assert quality.DRAWN in reasons(drawing)


def test_a_tiny_face_is_rejected() -> None:
    small = Image.fromarray(astronaut()).resize((320, 320), Image.Resampling.LANCZOS)
    assert reasons(np.asarray(small)) == (quality.TOO_SMALL,)


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["london", "canada"])
def test_no_studio_portrait_of_any_tone_is_rejected(folder: str) -> None:
    refused = {path.name: why for path in portraits(folder) if (why := reasons(read(path)))}
    assert refused == {}
