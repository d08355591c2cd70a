"""The surface: micro-relief, flakes, pores and lines, as heights in millimetres."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from models.phantoms.fields import (
    COLUMNS,
    FREQUENCY,
    ROWS,
    SIZE,
    Floats,
    Random,
    band,
    between,
    blur,
    lattice,
    noise,
    oriented,
    smooth,
    splat,
)
from models.phantoms.skin import Skin

# Depth of a full pore and of a full line, assumed: of the order that casts of facial skin show
PORE_MM, LINE_MM = 0.05, 0.11
LINES = 9  # most on one phantom


@dataclass(frozen=True)
class Relief:
    """All fields are (SIZE, SIZE) float32."""

    height: Floats  # mm
    furrows: Floats  # 0–1, the net of the micro-relief
    flakes: Floats  # 0–1, cover
    flake_strength: float  # opacity of a flake, 0–1
    pits: Floats  # 0–1.4, depth of pores in shares of a full one
    creases: Floats  # 0 and up, depth of lines in shares of a full one
    dry_height: Floats  # mm, the part of `height` that dryness made

    def holds(self, sign: str) -> bool:
        """Whether there is anything of `sign` ("pores", "lines" or "dryness")."""
        of = {"pores": self.pits, "lines": self.creases, "dryness": self.dry_height}[sign]
        return bool(of.any())

    def without(self, sign: str) -> Relief:
        """The same surface had `sign` ("pores", "lines" or "dryness") never been there."""
        nothing = np.zeros_like(self.height)
        if sign == "pores":
            return replace(self, height=self.height + self.pits * np.float32(PORE_MM), pits=nothing)
        if sign == "lines":
            level = self.height + self.creases * np.float32(LINE_MM)
            return replace(self, height=level, creases=nothing)
        return replace(self, height=self.height - self.dry_height, flakes=nothing)


def _flakes(skin: Skin, random: Random) -> tuple[Floats, float, Floats]:
    """Cover 0–1, opacity 0–1, and where the skin is dry at all."""
    scale = 1 / skin.mm_per_px
    where = 0.6 * smooth(random, max(between(random, 0.25, 0.8) * scale, 0.8))
    where += 0.6 * band(random, max(between(random, 0.6, 1.6) * scale, 2.5), 0.5)
    patch = np.clip(
        0.8 + between(random, 0.1, 0.7) * smooth(random, between(random, 12, 40)), 0, 1.6
    )
    amount, opacity = between(random, 0.75, 1.25), between(random, 0.35, 1.1)
    cover = min(max(skin.dryness - 0.04, 0) * 0.45 * amount, 0.5)
    if cover < 0.003:
        return np.zeros((SIZE, SIZE), np.float32), opacity, patch
    where = where + np.float32(0.5) * patch
    edge = np.float32(np.quantile(where, 1 - cover))
    flakes = blur(1 / (1 + np.exp(-np.clip((where - edge) * 4.5, -30, 30))), 0.6)
    return flakes, (0.07 + 0.28 * skin.dryness) * opacity, patch


def _pores(skin: Skin, random: Random) -> Floats:
    """Depth of the pores. Openings are 0.2–0.6 mm wide, up to 120 a square centimetre."""
    p, scale = skin.pores, 1 / skin.mm_per_px
    x, y = lattice(random, max(10 / np.sqrt(between(random, 60, 140)) * scale, 2.0))
    shown = random.random(x.size) < 0.12 + 0.88 * p
    size_class = random.integers(0, 3, x.size)
    weight = np.minimum(np.exp(random.normal(-0.25, 0.55, x.size)), 1.6) * shown
    where = np.clip(0.75 + 0.5 * smooth(random, between(random, 12, 40)), 0.1, 1.5)
    weight = (weight * where[y.astype(int), x.astype(int)]).astype(np.float32)
    diameter = (0.18 + 0.37 * p * between(random, 0.75, 1.25)) * scale
    stretch, upright = between(random, 1.0, 1.7), random.random() < 0.5
    pits = np.zeros((SIZE, SIZE), np.float32)
    for size, factor in enumerate((0.65, 0.9, 1.25)):
        chosen = size_class == size
        points = splat(x[chosen], y[chosen], weight[chosen])
        sigma = diameter * factor / 2.6
        wide = max(sigma, 0.45)
        pits += blur(
            points, wide * (1 if upright else stretch), wide * (stretch if upright else 1)
        ) * (np.float32(2 * np.pi * sigma**2 * stretch))
    return np.minimum(pits, 1.4) * np.float32((0.3 + 0.7 * p) * min(1.0, p / 0.1))


def _lines(skin: Skin, random: Random) -> Floats:
    """Depth of the lines: single creases, 0.1–0.6 mm wide, over a field of fine furrows."""
    strength, scale = skin.lines, 1 / skin.mm_per_px
    creases = np.zeros((SIZE, SIZE), np.float32)
    main = random.random() * np.pi
    for number in range(LINES):
        angle = main + random.normal() * 0.18
        x0, y0 = random.random(2) * SIZE
        wave, period, phase = (
            between(random, 1, 5),
            between(random, 0.02, 0.08),
            6.3 * random.random(),
        )
        width = between(random, 0.10, 0.35) * (1 + 0.8 * strength) * scale
        length, depth = between(random, 3, 14) * scale, between(random, 0.35, 1.0)
        # The first lines come early, the last only on the most lined skin
        if strength < (number + random.random()) / LINES * 0.9:
            continue
        along = (COLUMNS - x0) * np.float32(np.cos(angle)) + (ROWS - y0) * np.float32(np.sin(angle))
        across = (ROWS - y0) * np.float32(np.cos(angle)) - (COLUMNS - x0) * np.float32(
            np.sin(angle)
        )
        across += np.float32(wave) * np.sin(along * np.float32(period) + np.float32(phase))
        profile = (
            -0.5 * (across / np.float32(width)) ** 2
            - 0.5 * np.minimum((along / np.float32(length)) ** 2, 16) ** 2
        )
        creases += np.exp(np.maximum(profile, -30)) * np.float32(depth * (0.3 + 0.7 * strength))
    furrows = oriented(
        random, max(between(random, 0.6, 1.1) * scale, 2.4), main + np.pi / 2, between(random, 4, 9)
    )
    fine = np.clip(furrows - 0.7, 0, 2) * np.float32(0.55 * strength * between(random, 0.4, 1.2))
    return np.asarray(creases + fine, np.float32)


def relief(skin: Skin, random: dict[str, Random]) -> Relief:
    scale, grain = 1 / skin.mm_per_px, random["relief"]
    period = between(grain, 0.45, 0.8) * (1 + 0.6 * skin.dryness) * scale
    furrows = np.exp(-((band(grain, max(period, 2.2), 0.3) / np.float32(0.35)) ** 2))
    depth, roughness = between(grain, 0.7, 1.3), between(grain, 0.6, 1.4)
    rough = noise(grain, (FREQUENCY**0.5) * np.exp(-0.5 * (FREQUENCY / 0.33) ** 2))
    flakes, opacity, patch = _flakes(skin, random["flakes"])
    pits, creases = _pores(skin, random["pores"]), _lines(skin, random["lines"])
    local_dryness = skin.dryness * patch

    dry = -furrows * (0.012 * local_dryness) * np.float32(depth)
    dry += rough * (0.006 * local_dryness) * np.float32(roughness)
    dry += flakes * np.float32(0.01 + 0.025 * skin.dryness)
    height = dry - furrows * np.float32(0.006 * depth) + rough * np.float32(0.0015 * roughness)
    height -= pits * np.float32(PORE_MM) + creases * np.float32(LINE_MM)
    return Relief(
        height=height.astype(np.float32),
        furrows=furrows.astype(np.float32),
        flakes=flakes,
        flake_strength=opacity,
        pits=pits,
        creases=creases,
        dry_height=np.asarray(dry, np.float32),
    )
