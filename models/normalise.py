"""What the network sees of a picture: logarithms of linear light, relative to skin.

Exposure and white balance multiply linear light, so they add to its logarithm: what is relative
to the surroundings (detail) or to the face's own skin (broad) hardly moves with either.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

CHANNELS = 9
SEEN = 7  # channels of the picture; the others say, everywhere alike, what colour the face has
STEP = 4  # pixels: local means are taken on a picture this much smaller, in a third of the time
WINDOW = 100  # pixels, about 22 mm on the crop: wider than any single spot, line or blemish
FLOOR = 0.004  # of full light: below it the logarithm would show noise rather than skin
FINE_SIGMA = 3.0  # pixels, about 0.7 mm: pores, flakes and lines are finer
DETAIL_GAIN, BROAD_GAIN, FINE_GAIN = 3.0, 1.5, 8.0  # bring the channels to about unit deviation
MIDDLE_COLOUR, OWN_GAIN = (0.55, 0.0, -0.55), 3.0  # log light less green of a face of middle tone


def _log_light() -> Floats:
    encoded = np.arange(256) / 255
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    return np.log(linear + FLOOR).astype(np.float32)


_LOG_LIGHT = _log_light()


def log_light(encoded: npt.NDArray[Any]) -> Floats:
    """Logarithm of linear light of encoded sRGB: uint8, or floating point 0–1."""
    if encoded.dtype == np.uint8:
        return np.asarray(_LOG_LIGHT[encoded])
    position = np.clip(encoded, 0, 1) * 255
    return np.asarray(np.interp(position, np.arange(256), _LOG_LIGHT), np.float32)


def face_reference(pixels: npt.NDArray[np.uint8], skin: npt.NDArray[np.bool_]) -> Floats:
    """The face's own colour: median of `log_light` over the skin, (3,)."""
    counts = [
        cv2.calcHist([pixels], [channel], skin.astype(np.uint8), [256], [0, 256]).ravel().cumsum()
        for channel in range(3)
    ]
    return np.array([_LOG_LIGHT[np.searchsorted(c, c[-1] / 2)] for c in counts], np.float32)


def inputs(pixels: npt.NDArray[np.uint8], skin: npt.NDArray[np.bool_], reference: Floats) -> Floats:
    """The network's channels for a picture, (h, w, 9) float32, about −6 to 6.

    `pixels` is (h, w, 3) uint8 sRGB, `skin` (h, w), `reference` (3,) as of `face_reference`; both
    sizes are multiples of STEP. Three channels of detail (log light less its local mean over
    skin), then the local mean against the face: red less green, blue less green, green; last the
    finest detail of green, much enlarged. What is not skin counts nowhere: its detail is 0, and
    lips, eyes and hair do not bleed into their surroundings. The last two are the face's own
    colour: how dark its skin is decides how much of a sign shows, and brightness would tell the
    exposure.
    """
    height, width = skin.shape
    if height % STEP or width % STEP:
        raise ValueError(f"expected multiples of {STEP} pixels, not {height} × {width}")
    weight = skin.astype(np.float32)
    share = _mean_around(weight)
    per_skin = np.where(share > 1e-4, 1 / np.maximum(share, 1e-4), 0).astype(np.float32)
    channels: list[Floats] = []
    means = []
    for channel in range(3):  # one by one: half the time of all three at once
        table = _LOG_LIGHT - reference[channel]
        light = np.asarray(cv2.LUT(np.ascontiguousarray(pixels[..., channel]), table), np.float32)
        light *= weight
        mean = _mean_around(light) * per_skin
        detail = cv2.multiply(cv2.subtract(light, _enlarged(mean, width, height)), weight)
        channels.append(_within(detail, 2, DETAIL_GAIN))
        means.append(np.clip(mean, -2, 2))
    red, green, blue = means
    for broad in (2 * (red - green), 2 * (blue - green), green):
        channels.append(_enlarged(broad * np.float32(BROAD_GAIN), width, height))
    # The blur is taken at half the size: a quarter of the time, and no detail is left in it
    half = cv2.resize(channels[1], (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    coarse = np.asarray(cv2.GaussianBlur(half, (0, 0), FINE_SIGMA / 2), np.float32)
    sharp = cv2.multiply(cv2.subtract(channels[1], _enlarged(coarse, width, height)), weight)
    channels.append(_within(sharp, 6 * DETAIL_GAIN / FINE_GAIN, FINE_GAIN / DETAIL_GAIN))
    for other in (0, 2):
        colour = (reference[other] - reference[1] - MIDDLE_COLOUR[other]) * OWN_GAIN
        channels.append(np.full((height, width), np.clip(colour, -3, 3), np.float32))
    return np.asarray(cv2.merge(channels), np.float32)


def own_colour(channels: Floats) -> tuple[Floats, Floats]:
    """The face's log light red and blue, each less green, as the last two channels hold them."""
    red, blue = (
        channels[..., SEEN + i] / OWN_GAIN + MIDDLE_COLOUR[other] for i, other in enumerate((0, 2))
    )
    return np.asarray(red, np.float32), np.asarray(blue, np.float32)


def _within(field: Any, most: float, gain: float) -> Floats:
    """`field`, changed in place, no further from 0 than `most`, times `gain`."""
    np.clip(field, -most, most, out=field)
    field *= np.float32(gain)
    return np.asarray(field, np.float32)


def _mean_around(field: Floats) -> Floats:
    """Mean over WINDOW × WINDOW pixels, (h/STEP, w/STEP); outside of the picture counts as 0."""
    height, width = field.shape
    small = cv2.resize(field, (width // STEP, height // STEP), interpolation=cv2.INTER_AREA)
    side = WINDOW // STEP
    return np.asarray(cv2.boxFilter(small, -1, (side, side), borderType=cv2.BORDER_CONSTANT))


def _enlarged(field: Floats, width: int, height: int) -> Floats:
    return np.asarray(cv2.resize(field, (width, height), interpolation=cv2.INTER_LINEAR))
