"""Pigment and blood: the flat colour, and what of it is a spot, a blemish or a flush."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from models.phantoms import optics
from models.phantoms.fields import (
    COLUMNS,
    ROWS,
    SIZE,
    Floats,
    Random,
    band,
    between,
    blur,
    log_between,
    oriented,
    smooth,
    splat,
)
from models.phantoms.skin import Skin

FRECKLES, PATCHES, BLEMISHES, MOLES, VESSELS = 60, 4, 7, 3, 6  # most on one phantom


@dataclass(frozen=True)
class Colour:
    """All fields are (SIZE, SIZE) float32."""

    log_melanin: Floats  # log volume fraction in the epidermis
    log_blood: Floats  # log volume fraction in the dermis
    reference_blood: float  # log volume fraction of the face as a whole
    pus: Floats  # 0–1, pale centres of blemishes
    raised: Floats  # mm above the skin
    spots: Floats  # the part of `log_melanin` that spots, freckles and moles added
    red: Floats  # the part of `log_blood` that is redder than the face, vessels and blemishes too
    lesions: Floats  # the part of `log_blood` that blemishes added

    def holds(self, sign: str) -> bool:
        """Whether there is anything of `sign` ("spots", "redness" or "blemishes")."""
        of = {"spots": self.spots, "redness": self.red, "blemishes": self.lesions}[sign]
        return bool(of.any())

    def without(self, sign: str) -> Colour:
        """The same skin had `sign` ("spots", "redness" or "blemishes") never been there."""
        if sign == "spots":
            return replace(self, log_melanin=self.log_melanin - self.spots)
        if sign == "redness":
            return replace(self, log_blood=self.log_blood - self.red)
        clear = np.zeros_like(self.pus)
        return replace(self, log_blood=self.log_blood - self.lesions, pus=clear, raised=clear)


def _disc(x: float, y: float, radius: float, edge: float, aspect: float = 1.0) -> Floats:
    """1 inside, 0 outside; `edge` 1 is a Gaussian, larger is sharper."""
    squared = ((COLUMNS - x) ** 2 * aspect + (ROWS - y) ** 2 / aspect) / radius**2
    return np.asarray(np.exp(-0.7 * squared**edge), np.float32)


def _spots(skin: Skin, random: Random) -> Floats:
    """Log contrast of freckles, lentigines, moles and soft patches."""
    s, scale = skin.spots, 1 / skin.mm_per_px
    x, y = (random.random((2, FRECKLES)) * (SIZE - 0.01)).astype(np.float32)
    weight = random.uniform(0.3, 1.0, FRECKLES) * (random.random(FRECKLES) < s)
    sigma = between(random, 0.3, 0.8) * scale
    added = blur(splat(x, y, weight.astype(np.float32)), sigma) * np.float32(2 * np.pi * sigma**2)
    for _ in range(PATCHES):
        x0, y0 = random.random(2) * SIZE
        radius, edge = log_between(random, 0.8, 6.0) * scale, between(random, 0.7, 4.0)
        aspect, darkness = log_between(random, 0.6, 1.6), between(random, 0.4, 1.3)
        if random.random() < s:
            added += darkness * _disc(float(x0), float(y0), radius, edge, aspect)
    strength = between(random, 0.25, 0.7) * (0.4 + 0.6 * s)
    return np.asarray(np.minimum(added, 1.6) * np.float32(strength), np.float32)


def _moles(skin: Skin, random: Random) -> Floats:
    """Log contrast of moles: round, 1–6 mm across, sharp-edged, darker than any lentigo."""
    added = np.zeros((SIZE, SIZE), np.float32)
    for _ in range(MOLES):
        x, y = (float(v) for v in random.random(2) * SIZE)
        radius = log_between(random, 0.6, 2.8) / skin.mm_per_px
        edge, darkness = between(random, 2.0, 5.0), between(random, 0.5, 1.2)
        if random.random() < 0.25 * skin.spots:
            added = np.maximum(added, np.float32(darkness) * _disc(x, y, radius, edge))
    return added


def _vessels(skin: Skin, random: Random) -> Floats:
    """Log blood of telangiectasias: red threads 0.1–0.4 mm wide that wind and branch."""
    drawing = np.zeros((SIZE, SIZE), np.uint8)
    wide = between(random, 0.10, 0.40) / skin.mm_per_px
    strength = between(random, 0.5, 1.4)
    for _ in range(VESSELS):
        start, turn = random.random(2) * SIZE, random.random() * 2 * np.pi
        bends = turn + np.cumsum(random.normal(0, 0.35, 24))
        step = between(random, 0.2, 0.7) / skin.mm_per_px
        path = start + np.cumsum(np.stack([np.cos(bends), np.sin(bends)], -1) * step, 0)
        if random.random() < skin.redness * 0.5:
            points = np.round(path * 16).astype(np.int32)[:, None]
            cv2.polylines(drawing, [points], False, 255, 1, cv2.LINE_AA, shift=4)
    if not drawing.any():
        return np.zeros((SIZE, SIZE), np.float32)
    threads = blur(np.asarray(drawing / np.float32(255), np.float32), max(wide / 2, 0.4))
    return np.asarray(np.minimum(threads * np.float32(max(wide, 1.0) * strength), 1.6), np.float32)


def _blemishes(skin: Skin, random: Random) -> tuple[Floats, Floats, Floats]:
    """Visible blemishes 0–1, the share of each that is raised, and pale centres 0–1."""
    visible, dome, pus = (np.zeros((SIZE, SIZE), np.float32) for _ in range(3))
    for _ in range(BLEMISHES):
        x0, y0 = (float(v) for v in random.random(2) * SIZE)
        radius = log_between(random, 0.7, 3.0) / skin.mm_per_px
        edge, strength = between(random, 0.8, 2.0), between(random, 0.45, 1.0)
        has_pus, pus_size = random.random() < 0.3, between(random, 0.25, 0.5)
        if random.random() < skin.blemishes:
            disc = _disc(x0, y0, radius, edge)
            strength *= 0.5 + 0.5 * skin.blemishes
            visible = np.maximum(visible, strength * disc)
            dome = np.maximum(dome, strength * disc)
            if has_pus:
                pus = np.maximum(pus, _disc(x0, y0, radius * pus_size, 2.0))
    return visible, dome, pus


def _flush(skin: Skin, random: Random) -> Floats:
    """Log blood that a patchy flush and small vessels add."""
    patchy = np.clip(
        0.7 + between(random, 0.1, 0.8) * smooth(random, between(random, 8, 40)), 0, 1.6
    )
    vessels = oriented(
        random, max(between(random, 2.0, 4.0) / skin.mm_per_px, 5.0), random.random() * np.pi, 3.0
    )
    vessels = np.clip(vessels - 1.2, 0, 1.5) * np.float32(0.6 * (random.random() < 0.3))
    return np.asarray(skin.redness * (1.25 * patchy + vessels), np.float32)


def colour(skin: Skin, random: dict[str, Random]) -> Colour:
    scale = 1 / skin.mm_per_px
    pigment, blood = random["pigment"], random["blood"]
    melanin = optics.log_melanin_of(skin.tone)
    mottled = between(pigment, 0.01, 0.06) * smooth(pigment, between(pigment, 6, 18))
    mottled += np.float32(0.03) * band(pigment, 1.2 * scale)
    spots = np.maximum(_spots(skin, random["spots"]), _moles(skin, random["moles"]))
    browner = optics.darker(melanin, spots)

    flow = between(blood, 0.02, 0.12) * smooth(blood, between(blood, 5, 14))
    flow += np.float32(0.06) * band(blood, max(0.9 * scale, 3.0))
    blemishes, dome, pus = _blemishes(skin, random["blemishes"])
    heat = random["blemishes"].uniform(0.6, 1.5)
    flush = _flush(skin, random["redness"])
    # Part of an even flush is the face's own colour, and then no contrast to it
    shared = between(random["reference"], 0.0, 0.3) * float(flush.mean())
    base = float(np.log(skin.blood))
    lesions = np.float32(heat) * blemishes
    added = flush + lesions + _vessels(skin, random["vessels"])
    return Colour(
        log_melanin=(melanin + mottled + browner).astype(np.float32),
        log_blood=(base + flow + added).astype(np.float32),
        reference_blood=base + shared,
        pus=pus,
        raised=np.float32(0.10) * dome,
        spots=browner,
        red=np.asarray(added - np.float32(shared), np.float32),
        lesions=np.asarray(lesions, np.float32),
    )
