"""The same photo taken a little differently: what must hardly move a score."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
import numpy.typing as npt

from models.phantoms import optics

Pixels = npt.NDArray[np.uint8]
_DAYLIGHT = 5500.0  # K: what the portraits' white balance was set to


@dataclass(frozen=True)
class Variation:
    of: Callable[[Pixels], Pixels]
    kind: str  # exposure, white balance, JPEG, scale, rotation, mirror
    mild: bool = False  # as two photos of one sitting may differ


def exposed(pixels: Pixels, by: float) -> Pixels:
    """As if the shutter had been open 2^by as long; what is too bright burns out."""
    return _through_light(pixels, np.full(3, 2.0**by))


def lit(pixels: Pixels, by: float) -> Pixels:
    """As if under a black body of `by` kelvin, with the white balance left on daylight.

    Green stays, so that the exposure does.
    """
    metres = np.array([610.0, 545.0, 460.0]) * 1e-9  # middles of the sensor's bands
    emitted = [1 / (np.exp(0.014388 / (metres * t)) - 1) for t in (by, _DAYLIGHT)]
    gain = emitted[0] / emitted[1]
    return _through_light(pixels, gain / gain[1])


def compressed(pixels: Pixels, by: int) -> Pixels:
    _, jpeg = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, by])
    return np.ascontiguousarray(np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR))[..., ::-1])


def scaled(pixels: Pixels, by: float) -> Pixels:
    """From further away or nearer; enlarging invents no detail."""
    method = cv2.INTER_AREA if by < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(pixels, None, fx=by, fy=by, interpolation=method))


def rotated(pixels: Pixels, by: float) -> Pixels:
    height, width = pixels.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), by, 1.0)
    return np.asarray(
        cv2.warpAffine(
            pixels, turn, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT
        )
    )


def mirrored(pixels: Pixels) -> Pixels:
    return np.ascontiguousarray(pixels[:, ::-1])


def blurred(pixels: Pixels, by: float) -> Pixels:
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), by), np.uint8)


VARIATIONS: Mapping[str, Variation] = {
    **{
        f"{stops:+} EV": Variation(partial(exposed, by=stops), "exposure", abs(stops) < 1)
        for stops in (-1.0, -0.5, 0.5, 1.0)
    },
    **{
        f"{kelvin} K": Variation(partial(lit, by=kelvin), "white balance", kelvin == 4500)
        for kelvin in (3500, 4500, 7000, 9000)
    },
    **{
        f"JPEG {quality}": Variation(
            partial(compressed, by=quality), "JPEG compression", quality > 60
        )
        for quality in (60, 75, 95)
    },
    **{
        f"scale {factor}": Variation(partial(scaled, by=factor), "scale", 0.7 < factor < 1.4)
        for factor in (0.5, 0.75, 1.25, 1.5)
    },
    **{
        f"{degrees:+}°": Variation(partial(rotated, by=degrees), "rotation", abs(degrees) < 8)
        for degrees in (-10, -5, 5, 10)
    },
    "mirror": Variation(mirrored, "mirror", True),
}


def _through_light(pixels: Pixels, gain: npt.NDArray[np.float64]) -> Pixels:
    """`pixels` with each channel's linear light times its gain."""
    light = optics.to_linear(np.arange(256) / 255)
    table = np.stack([optics.to_srgb(light * g) * 255 + 0.5 for g in gain], -1).astype(np.uint8)
    return np.stack([table[pixels[..., c], c] for c in range(3)], -1)
