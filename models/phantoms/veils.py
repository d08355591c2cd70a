"""What hides skin without covering it: make-up, and filters that smooth a picture.

No measurements of foundations or of beauty apps are at hand: every range here is assumed, from
hardly seen to plainly seen in pictures of phantoms and of real skin.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from models.phantoms.fields import SIZE, Floats, Random, between, blur, noise, smooth

_GREEN = np.array([0.2126, 0.7152, 0.0722], np.float32)
_POWDER = np.ones((SIZE, SIZE // 2 + 1), np.float32)  # white noise: grains are under 0.1 mm


@dataclass(frozen=True)
class MadeUp:
    radiance: Floats  # (SIZE, SIZE, 3) linear
    cover: Floats  # (SIZE, SIZE), 0–1: opacity of the foundation
    left: Floats  # (SIZE, SIZE, 7), 0–1: how much of each sign still shows, as in phantom.SIGNS


def make_up(radiance: Floats, reference: Floats, mm_per_px: float, random: Random) -> MadeUp:
    """`radiance`, (SIZE, SIZE, 3), under foundation and powder; `reference` is the face's colour.

    A foundation is a film of pigments: it evens colour by its opacity, fills the finest relief,
    and powder takes the gloss away and adds a grain of its own.
    """
    opacity = between(random, 0.30, 0.90)
    patchy = between(random, 0.0, 0.25) * smooth(random, between(random, 6, 30))
    cover = np.clip(opacity * (1 + patchy), 0, 0.95).astype(np.float32)
    filled = between(random, 0.2, 0.8)  # share of the relief's contrast that the film fills
    powder = between(random, 0.0, 1.0)  # share of the gloss that powder takes
    grain = between(random, 0.003, 0.03) * noise(random, _POWDER)  # log light
    shade = reference * np.exp(random.normal(0, (0.05, 0.05, 0.08)))
    shade /= shade @ _GREEN

    light = np.maximum(radiance @ _GREEN, 1e-5)
    broad = blur(light, 1.3 / mm_per_px)
    fine = light / np.maximum(broad, 1e-5)
    fine = np.where(fine > 1, 1 + (fine - 1) * np.float32(1 - powder), fine)
    film = broad * fine ** np.float32(1 - filled) * np.exp(grain)
    c = cover[..., None]
    covered = radiance * (1 - c) + c * film[..., None] * shade.astype(np.float32)
    flat = 1 - cover
    relief = 1 - cover * np.float32(filled)
    gloss = 1 - cover * np.float32(powder)
    left = np.stack([gloss, relief, relief, relief, flat, flat, flat], -1)
    return MadeUp(covered.astype(np.float32), cover, left.astype(np.float32))


@dataclass(frozen=True)
class Filter:
    """A smoothing filter as of beauty apps, on an encoded picture."""

    kind: int  # 0 bilateral, 1 guided, 2 Gaussian with edges kept
    reach: float  # pixels, 2–6
    edges: float  # encoded contrast above which an edge is kept, 0.05–0.25
    mix: float  # share of the smoothed picture in the result, 0.5–1
    lift: float  # brightening, gamma 1–1.2


def draw_filter(random: Random) -> Filter:
    return Filter(
        kind=int(random.integers(0, 3)),
        reach=between(random, 2, 6),
        edges=between(random, 0.05, 0.25),
        mix=between(random, 0.5, 1.0),
        lift=between(random, 1.0, 1.2),
    )


def filtered(picture: Floats, by: Filter) -> Floats:
    """`picture`, (h, w, 3) encoded 0–1, smoothed."""
    x = np.ascontiguousarray(np.clip(picture, 0, 1), np.float32)
    if by.kind == 0:
        soft = cv2.bilateralFilter(x, 9, by.edges, by.reach)
    elif by.kind == 1:
        side = (2 * round(by.reach) + 1,) * 2
        guide = x.mean(-1)
        mean = cv2.blur(guide, side)
        spread = np.maximum(cv2.blur(guide * guide, side) - mean * mean, 0)
        centred = (guide - mean)[..., None]
        keep = cv2.blur(spread / (spread + np.float32(by.edges**2 / 4)), side)[..., None]
        soft = cv2.blur(x, side) + keep * centred
    else:
        wide = blur(x, by.reach)
        edge = np.abs(wide - x).max(-1, keepdims=True) / np.float32(by.edges)
        soft = wide + np.clip(edge - 1, 0, 1) * (x - wide)
    mixed = x + np.float32(by.mix) * (np.asarray(soft, np.float32) - x)
    return np.asarray(np.clip(mixed, 0, 1) ** np.float32(1 / by.lift), np.float32)


def kept_detail(picture: Floats, by: Filter) -> Floats:
    """Share of the fine contrast of `picture`, (h, w, 3) encoded, that survives, (h, w), 0–1."""

    def contrast(of: Floats) -> Floats:
        green = np.log(np.maximum(of[..., 1], 0.02))
        return np.sqrt(blur(np.square(green - blur(green, 3.0)), 6.0))

    before, after = contrast(picture), contrast(filtered(picture, by))
    return np.clip(after / np.maximum(before, 1e-4), 0, 1).astype(np.float32)
