"""Whether a photo can be scored, judged so that skin tone does not decide.

Light is judged by the brightest things a face has (the white of the eyes, teeth, small
highlights), which are nearly the same on every face, and never by how dark the skin is. Focus is
judged by how wide the edges of eyes and lips are, not by how strong they are. How the limits were
found, and what this gate cannot tell, stands in docs/decisions/vision-quality-gate.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from core.errors import PhotoRejected
from core.examination import Quality
from pipeline.alignment import Crop
from pipeline.arrays import Floats, Mask, Pixels, Points, blurred
from pipeline.face import LEFT_EYE, OVAL, RIGHT_EYE, Face
from pipeline.regions import polygon
from pipeline.skin import LIPS, Skin

LEAST_FACE_WIDTH = 72.0  # photo pixels; below, even broad colour is a guess
LEAST_SHARPNESS = 0.20
LEAST_EXPOSURE = -3.8  # stops
LEAST_SKIN_LEVEL = 24.0  # of 255: below, one step of the file is over 6 % of the light
MOST_BURNT = 0.20  # share of the face
LEAST_EVENNESS = 0.28
MOST_YAW, MOST_PITCH = 30.0, 30.0  # degrees
LEAST_COVER = 0.45
MOST_FLAT = 0.60
LEAST_CHROMA = 8.0  # of 255
_SKIN_RED_OVER_GREEN = (0.03, 1.8)  # natural log in linear light, over any tone in any usual light
_SKIN_BLUE_OVER_GREEN = (-2.3, 0.55)

TOO_SMALL = "The face is too small in the photo: come closer, or crop less."
NOT_SHARP = "The photo is not sharp: hold the camera still and tap on the face to focus."
TOO_DARK = "The photo is too dark: face a window."
TOO_BRIGHT = "Parts of the face are burnt out to white: step out of direct sun or flash."
UNEVEN = "One side of the face is in shadow: turn so that the light comes from the front."
TURNED = "The head is turned: look straight into the camera."
TILTED = "The head is tilted up or down: hold the camera at the height of your eyes."
COVERED = "Too much of the face is covered: move hair, glasses, mask or hands away from it."
DRAWN = "This looks like a drawing or a strongly filtered picture: use an unedited photo."
COLOURLESS = "The photo has no colour: use a colour photo."
COLOURED_LIGHT = "The light is strongly coloured: use daylight."

# Linear luminance of the eyes' whites, teeth and highlights in evenly lit studio portraits.
_WELL_LIT = 0.5
_DETAIL = 8.0  # crop pixels: the size of detail whose survival is the sharpness


@dataclass(frozen=True)
class Findings:
    """What was measured. The first part is kept with the result."""

    quality: Quality
    skin_level: float  # median of the skin's brightest channel, 0–255
    burnt: float  # share of the face burnt out to white, 0–1
    flat: float  # share of the face's pixels exactly like their neighbour, 0–1
    chroma: float  # spread between the skin's channels, 0–255
    red_over_green: float  # natural log, linear light
    blue_over_green: float


def check_quality(pixels: Pixels, face: Face, crop: Crop, skin: Skin) -> Quality:
    """The photo's quality. Raises PhotoRejected with every reason, the gravest first."""
    if face.width < LEAST_FACE_WIDTH:
        raise PhotoRejected((TOO_SMALL,))
    if skin.cover < LEAST_COVER:
        raise PhotoRejected((_why_so_little_skin(face, crop, skin),))
    findings = measure(pixels, face, crop, skin)
    reasons = refusals(findings)
    if reasons:
        raise PhotoRejected(reasons)
    return findings.quality


def refusals(found: Findings) -> tuple[str, ...]:
    """Why the photo cannot be scored; empty if it can."""
    quality = found.quality
    colourless = found.chroma < LEAST_CHROMA
    tests = (
        (abs(quality.yaw) > MOST_YAW, TURNED),
        (abs(quality.pitch) > MOST_PITCH, TILTED),
        (quality.exposure < LEAST_EXPOSURE or found.skin_level < LEAST_SKIN_LEVEL, TOO_DARK),
        (found.burnt > MOST_BURNT, TOO_BRIGHT),
        (quality.evenness < LEAST_EVENNESS, UNEVEN),
        (quality.sharpness < LEAST_SHARPNESS, NOT_SHARP),
        (found.flat > MOST_FLAT, DRAWN),
        (colourless, COLOURLESS),
        (not colourless and _is_coloured_light(found), COLOURED_LIGHT),
    )
    return tuple(sentence for failed, sentence in tests if failed)


def _why_so_little_skin(face: Face, crop: Crop, skin: Skin) -> str:
    if abs(face.yaw) > MOST_YAW:
        return TURNED
    if _burnt(skin) > MOST_BURNT:
        return TOO_BRIGHT
    if skin.face.any() and np.median(crop.pixels[skin.face].max(-1)) < LEAST_SKIN_LEVEL:
        return TOO_DARK
    return COVERED


def _burnt(skin: Skin) -> float:
    return int(np.count_nonzero(skin.glare)) / max(1, int(np.count_nonzero(skin.face)))


def _is_coloured_light(found: Findings) -> bool:
    red, blue = _SKIN_RED_OVER_GREEN, _SKIN_BLUE_OVER_GREEN
    return not (
        red[0] <= found.red_over_green <= red[1] and blue[0] <= found.blue_over_green <= blue[1]
    )


def measure(pixels: Pixels, face: Face, crop: Crop, skin: Skin) -> Findings:
    # Every second crop pixel is plenty for statistics of light and colour.
    small, mask = crop.pixels[::2, ::2], skin.mask[::2, ::2]
    linear = _LINEAR[small]
    light = linear @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    oval = polygon(crop.points[list(OVAL)], 0.97)[::2, ::2] & crop.inside[::2, ::2]
    of_skin = small[mask]
    colour = np.log(linear[mask] + np.float32(0.005))
    return Findings(
        quality=Quality(
            face_width=face.width,
            sharpness=_sharpness(crop),
            exposure=float(np.log2((np.quantile(light[oval], 0.995) + 1e-4) / _WELL_LIT)),
            evenness=_evenness(light, mask, crop.points / np.float32(2)),
            yaw=face.yaw,
            pitch=face.pitch,
            roll=face.roll,
            skin_cover=skin.cover,
            smile=float("nan"),  # the light and the focus do not tell
        ),
        skin_level=float(np.median(of_skin.max(-1))),
        burnt=_burnt(skin),
        flat=_flatness(pixels, face),
        chroma=float(np.quantile(of_skin.max(-1) - of_skin.min(-1), 0.9)),
        red_over_green=float(np.median(colour[:, 0] - colour[:, 1])),
        blue_over_green=float(np.median(colour[:, 2] - colour[:, 1])),
    )


def _evenness(light: Floats, mask: Mask, points: Points) -> float:
    """Median light of the face's darker half over that of the brighter half, 0–1."""
    line = points[[10, 151, 9, 8, 168, 6, 197, 195, 5, 4, 152]]
    line = line[np.argsort(line[:, 1])]
    middle = np.interp(np.arange(light.shape[0]), line[:, 1], line[:, 0])
    left = np.arange(light.shape[1]) > middle[:, None]
    halves = [light[mask & side] for side in (left, ~left)]
    if min(len(half) for half in halves) < 500:
        return 1.0  # one half cannot be seen: for the turned head to say, not for the light
    levels = sorted(float(np.median(half)) for half in halves)
    return levels[0] / max(levels[1], 1e-4)


def _flatness(pixels: Pixels, face: Face) -> float:
    """Share of the face's pixels that equal the pixel to their left: cameras leave noise."""
    left, top = np.maximum(face.points.min(0), 0).astype(int)
    right, bottom = face.points.max(0).astype(int)
    rows = pixels[top : bottom : max(1, (bottom - top) // 100), left:right]  # 100 rows tell
    return float((rows[:, 1:] == rows[:, :-1]).all(-1).mean()) if rows.size else 0.0


def _sharpness(crop: Crop) -> float:
    """How much contrast is left of detail eight pixels wide, 1 (all) to 0.

    From the width of the edges of eyes and lips: blurring an edge again changes it the less the
    wider it was. Measured at the crop's resolution or the photo's, whichever is coarser, so that
    a small but crisp face counts as sharp.
    """
    scale = min(1.0, crop.scale)
    widths: list[Floats] = []
    strengths: list[Floats] = []
    for indices, grown in ((RIGHT_EYE, 1.6), (LEFT_EYE, 1.6), (LIPS, 1.2)):
        part = crop.points[list(indices)]
        centre = part.mean(0)
        part = centre + (part - centre) * grown
        left, top = np.maximum(part.min(0) - 8, 0).astype(int)
        right, bottom = (part.max(0) + 8).astype(int)
        patch = crop.pixels[top:bottom, left:right]
        if scale < 1:
            size = (max(8, round(patch.shape[1] * scale)), max(8, round(patch.shape[0] * scale)))
            patch = np.asarray(cv2.resize(patch, size, interpolation=cv2.INTER_AREA), np.uint8)
        light = np.log(_LINEAR[patch].mean(-1) + np.float32(0.01))
        fine, broad = _gradient(blurred(light, 1.0)), _gradient(blurred(light, 2.0))
        peaks = (broad == cv2.dilate(broad, np.ones((3, 3), np.uint8))) & (broad > 0)
        strengths.append(broad[peaks])
        widths.append(fine[peaks] / broad[peaks])
    strength, ratio = np.concatenate(strengths), np.concatenate(widths)
    if len(strength) < 8:
        return 0.0
    edges = ratio[strength >= np.quantile(strength, 0.7)]
    steeper = float(np.clip(np.median(edges), 1.001, 1.999))
    variance = max(0.0, (4.0 - steeper**2) / (steeper**2 - 1))  # of the photo's own blur, pixels²
    return float(np.exp(-2 * np.pi**2 * variance / _DETAIL**2))


def _gradient(values: Floats) -> Floats:
    across = cv2.Sobel(values, cv2.CV_32F, 1, 0)
    along = cv2.Sobel(values, cv2.CV_32F, 0, 1)
    return np.asarray(np.hypot(across, along), np.float32)


def _srgb_to_linear() -> Floats:
    encoded = np.arange(256) / 255
    bright = ((encoded + 0.055) / 1.055) ** 2.4
    return np.where(encoded <= 0.04045, encoded / 12.92, bright).astype(np.float32)


_LINEAR = _srgb_to_linear()
