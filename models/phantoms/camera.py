"""A phone camera: exposure, white balance, lens, noise, tone curve, sharpening, resizing, JPEG."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from models.phantoms.fields import Floats, Random, between, log_between
from models.phantoms.phantom import GREEN
from models.phantoms.veils import Filter, filtered

Pixels = npt.NDArray[np.uint8]
SUBSAMPLING = (0x111111, 0x211111, 0x221111)  # JPEG 4:4:4, 4:2:2, 4:2:0
_ENCODED = np.linspace(0, 1, 4096, dtype=np.float32)
_SRGB = np.where(
    _ENCODED <= 0.0031308, 12.92 * _ENCODED, 1.055 * np.power(_ENCODED, 1 / 2.4) - 0.055
).astype(np.float32)


@dataclass(frozen=True)
class Shot:
    """How one picture is taken."""

    stops: float  # exposure against a well exposed face, EV, −1 to 1
    grey_card: float  # 0: exposed for the face whatever its tone; 1: for a grey card, 0–0.5
    kelvin: float  # colour of the light, 2800–8500 K
    balance: float  # share of that colour left after white balance, 0–0.8, mostly below 0.2
    blur: float  # deviation of the lens' spread in pixels, 0.3–2.2
    noise: float  # relative deviation at full scale, 0.002–0.015
    curve: float  # share of an S-shaped tone curve, 0–0.5
    denoise: float  # strength of the phone's smoothing, 0–1
    sharpen: float  # unsharp masking, 0–0.8
    saturation: float  # 0.8–1.25
    scale: float  # source pixels for one crop pixel, 0.45–2
    quality: int  # JPEG, 40–97
    subsampling: int  # index of SUBSAMPLING


PLAIN = Shot(0, 0.2, 6000, 0.3, 0.5, 0.003, 0.2, 0, 0, 1, 1, 92, 0)
WEBCAM = 0.08  # share of pictures by a webcam or sent through a messenger


def draw(random: Random) -> Shot:
    if random.random() < WEBCAM:
        return _draw_webcam(random)
    soft = random.random() < 0.12
    resized = random.random()
    if resized < 0.5:
        scale = 1.0
    elif resized < 0.7:
        scale = between(random, 0.6, 1.0)
    else:
        scale = between(random, 1.0, 2.0)
    return Shot(
        stops=between(random, -1, 1),
        grey_card=between(random, 0.0, 0.5),
        kelvin=between(random, 2800, 8500),
        balance=0.8 * random.random() ** 2,
        blur=between(random, 1.0, 2.2) if soft else between(random, 0.3, 0.9),
        noise=log_between(random, 0.002, 0.015),
        curve=between(random, 0, 0.5),
        denoise=between(random, 0.2, 1) if random.random() < 0.4 else 0.0,
        sharpen=between(random, 0.1, 0.8) if random.random() < 0.45 else 0.0,
        saturation=between(random, 0.8, 1.25),
        scale=scale,
        quality=int(max(random.integers(55, 98, 2))),
        subsampling=int(random.integers(0, 3)),
    )


def _draw_webcam(random: Random) -> Shot:
    """Few pixels, much noise, and an encoder that smooths it away and sharpens what is left."""
    return Shot(
        stops=between(random, -1, 1),
        grey_card=between(random, 0.2, 0.7),
        kelvin=between(random, 2800, 8500),
        balance=0.8 * random.random() ** 2,
        blur=between(random, 0.6, 1.2),
        noise=log_between(random, 0.006, 0.02),
        curve=between(random, 0.1, 0.5),
        denoise=between(random, 0.4, 1),
        sharpen=between(random, 0.2, 0.8),
        saturation=between(random, 0.8, 1.25),
        scale=between(random, 0.45, 0.8),
        quality=int(random.integers(40, 75)),
        subsampling=2,
    )


def _light_gain(kelvin: float) -> Floats:
    """Gains of red, green and blue under a black body, relative to 6500 K and to green."""
    metres = np.array([610.0, 545.0, 460.0]) * 1e-9
    emitted = [1 / (np.exp(0.014388 / (metres * t)) - 1) for t in (kelvin, 6500.0)]
    gain = emitted[0] / emitted[1]
    return np.asarray(gain / gain[1], np.float32)


def _encode(linear: Floats, shot: Shot) -> Floats:
    """Linear to encoded 0–1 with the camera's tone curve."""
    index = (np.clip(linear, 0, 1) * 4095 + 0.5).astype(np.uint16)
    y = _SRGB[index]
    return np.asarray((1 - shot.curve) * y + shot.curve * (y * y * (3 - 2 * y)), np.float32)


def _blur(image: Floats, sigma: float) -> Floats:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma, borderType=cv2.BORDER_REFLECT))


def shoot(
    radiance: Floats,
    reference: Floats,
    albedo: float,
    shot: Shot,
    random: Random,
    smoothing: Filter | None = None,
) -> tuple[Pixels, Floats]:
    """Photograph `radiance`, (h, w, 3) linear; an app may then smooth the picture.

    The exposure follows `reference`, the face, and `albedo`, its reflectance of luminance.
    Returns the picture, (h, w, 3) uint8 sRGB, and what `reference`, (3,), became in it: (3,)
    encoded 0–1.
    """
    height, width = radiance.shape[:2]
    # A phone meters the whole face, not this piece of it: what lies in shade stays dark
    level = np.float32(reference @ GREEN + 1e-6)
    # It exposes for the face, but not fully: dark skin stays darker in the picture
    target = 0.22 * float(np.clip(albedo / 0.35, 0.05, 1.5)) ** shot.grey_card
    gain = (
        np.float32(target * 2.0**shot.stops)
        / level
        * _light_gain(shot.kelvin) ** np.float32(shot.balance)
    )
    x = radiance * gain
    ends = (reference * gain)[None, None].astype(np.float32)
    if shot.saturation != 1:
        keep = np.float32(shot.saturation)
        x = x @ GREEN[:, None] * (1 - keep) + x * keep
        ends = ends @ GREEN[:, None] * (1 - keep) + ends * keep
    x = _blur(np.asarray(x, np.float32), shot.blur)
    if shot.scale != 1:
        size = (round(width * shot.scale), round(height * shot.scale))
        method = cv2.INTER_AREA if shot.scale < 1 else cv2.INTER_CUBIC
        x = np.asarray(cv2.resize(x, size, interpolation=method))
    grain = random.standard_normal(x.shape, dtype=np.float32)
    x = x + grain * np.sqrt(
        np.float32(shot.noise**2) * np.maximum(x, 0) + np.float32((0.3 * shot.noise) ** 2)
    )
    y = _encode(x, shot)
    if shot.denoise:
        if shot.denoise > 0.5:  # phones keep edges and lose what is faint beside them
            soft = cv2.bilateralFilter(np.clip(y, 0, 1), 5, 0.08 * shot.denoise, 1.5)
        else:
            soft = _blur(y, 0.5 + 0.6 * shot.denoise)
        y = y + np.float32(0.6 * shot.denoise) * (soft - y)
    if shot.sharpen:
        y = y + np.float32(shot.sharpen) * (y - _blur(y, 1.2))
    if smoothing is not None:
        y = filtered(y, smoothing)
    pixels = (np.clip(y, 0, 1) * 255 + np.float32(0.5)).astype(np.uint8)
    flags = [
        cv2.IMWRITE_JPEG_QUALITY,
        shot.quality,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
        SUBSAMPLING[shot.subsampling],
    ]
    _, jpeg = cv2.imencode(".jpg", pixels[..., ::-1], flags)
    pixels = np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR), np.uint8)[..., ::-1]
    if shot.scale != 1:
        method = cv2.INTER_LINEAR if shot.scale < 1 else cv2.INTER_AREA
        whole = np.ascontiguousarray(pixels)
        pixels = np.asarray(cv2.resize(whole, (width, height), interpolation=method), np.uint8)
    seen = _encode(ends, shot)
    if smoothing is not None:
        seen = np.clip(seen, 0, 1) ** np.float32(1 / smoothing.lift)
    return np.ascontiguousarray(pixels), np.asarray(seen[0, 0], np.float32)
