"""Light on the relief: diffuse shading softened under the surface, and what is mirrored."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.phantoms.fields import (
    COLUMNS,
    ROWS,
    SIZE,
    Floats,
    Random,
    between,
    blur,
    log_between,
    oriented,
    smooth,
)
from models.phantoms.relief import Relief
from models.phantoms.skin import Skin

FRESNEL = 0.028  # reflectance of skin's surface at normal incidence, refractive index 1.40
VIEW = np.array([0.0, 0.0, 1.0])
STREAKED = 0.3  # share of films of sebum that lie in streaks: long and bright, but no lines
# How far light travels under the surface before it leaves, relative to green (d'Eon, 2007),
# and how much of each colour does
SUBSURFACE = ((1.3, 0.65), (0.8, 0.45), (0.6, 0.35))


@dataclass(frozen=True)
class Light:
    """All fields are (SIZE, SIZE) float32; 1 is a white card facing a lamp."""

    diffuse: Floats  # (SIZE, SIZE, 3)
    matte: Floats  # mirrored by the dry surface: part of matte skin
    glossy: Floats  # mirrored by the film of sebum: what is called shine
    level: float  # mean diffuse light, without relief


def _lamps(
    random: Random, tilt: tuple[float, float], radius_px: float
) -> list[tuple[np.ndarray, float, float]]:
    """Direction, strength and hardness of one to three lamps."""
    lamps = []
    for number in range(int(random.integers(1, 4))):
        x, y = (random.random(2) * 1.5 - 0.25) * SIZE
        mirror = np.array(
            [(x - SIZE / 2) / radius_px + tilt[0], (y - SIZE / 2) / radius_px + tilt[1], 1.0]
        )
        mirror /= np.linalg.norm(mirror)
        free = np.array(
            [random.normal() * 0.7, -0.3 + random.normal() * 0.6, 0.5 + random.random()]
        )
        seen = random.random() < 0.8
        strength = between(random, 0.4, 1.2) if number == 0 else between(random, 0.1, 0.6)
        hardness = between(random, 0.25, 1.0)
        # The first lamp is mostly one whose mirror image lies in or beside the patch
        direction = 2 * mirror[2] * mirror - VIEW if number == 0 and seen else free
        if direction[2] < 0.1:
            direction = np.array([0.3, -0.4, 0.85])
        lamps.append((direction / np.linalg.norm(direction), strength, hardness))
    return lamps


def light(skin: Skin, relief: Relief, random: dict[str, Random]) -> Light:
    shape, lamp, sebum = random["shape"], random["light"], random["sebum"]
    radius = between(shape, 25, 140)  # mm: from the wing of a nose to a forehead
    radius_px = radius / skin.mm_per_px
    tilt = (float(shape.normal(0, 0.35)), float(shape.normal(0, 0.35)))
    steep = between(shape, 0.5, 1.0)

    # The face under the skin: soft bumps and hollows that bend light, but are no sign
    bump = between(shape, 10, 40)  # pixels
    ground = smooth(shape, bump) * np.float32(bump * between(shape, 0, 0.25))

    height = relief.height * np.float32(steep / skin.mm_per_px) + ground
    dy, dx = np.gradient(height)
    nx = (COLUMNS - SIZE / 2) / np.float32(radius_px) + np.float32(tilt[0]) - dx
    ny = (ROWS - SIZE / 2) / np.float32(radius_px) + np.float32(tilt[1]) - dy
    nz = 1 / np.sqrt(1 + nx * nx + ny * ny)
    nx, ny = nx * nz, ny * nz

    film = np.clip(0.75 + 0.5 * smooth(sebum, between(sebum, 5, 30)), 0.05, 1.7)
    gloss = between(sebum, 2.4, 3.8)
    glossy_exponent = between(sebum, 60, 220)
    matte_exponent, matte_share = between(sebum, 10, 28), between(sebum, 0.4, 0.8)
    if sebum.random() < STREAKED:
        period, turned = log_between(sebum, 5, 40), sebum.random() * np.pi
        streaks = oriented(sebum, period, turned, between(sebum, 2, 6))
        film = np.minimum(film * np.exp(np.float32(between(sebum, 0.2, 0.8)) * streaks), 3)

    shading, matte, glossy = (np.zeros((SIZE, SIZE), np.float32) for _ in range(3))
    for direction, strength, hardness in _lamps(lamp, tilt, radius_px):
        lx, ly, lz = (np.float32(v) for v in direction)
        shading += np.float32(strength) * np.maximum(nx * lx + ny * ly + nz * lz, 0)
        half = direction + VIEW
        hx, hy, hz = (np.float32(v) for v in half / np.linalg.norm(half))
        cosine = np.clip(nx * hx + ny * hy + nz * hz, 1e-3, 1)
        log_cosine = np.log(cosine)
        for exponent, total in ((matte_exponent, matte), (glossy_exponent * hardness, glossy)):
            norm = np.float32(strength * (exponent + 8) / (8 * np.pi))
            total += norm * np.exp(np.float32(exponent) * log_cosine)

    # Furrows, pores and lines see less of the sky and of the lamps, for either kind of light:
    # without it, lines vanished on the darkest skin, where the mirrored part dominates
    depth = between(lamp, 0.6, 1.3)
    open_sky = np.clip(
        1
        - np.float32(depth)
        * (0.33 * relief.pits + 0.24 * np.minimum(relief.creases, 1.5) + 0.12 * relief.furrows),
        0.15,
        1,
    ).astype(np.float32)
    ambient = between(lamp, 0.2, 0.9)
    lit = (shading + np.float32(ambient)) * open_sky
    spread = between(lamp, 0.10, 0.30) / skin.mm_per_px
    diffuse = np.stack(
        [(1 - share) * lit + share * blur(lit, spread * reach) for reach, share in SUBSURFACE], -1
    )
    matte = (FRESNEL * matte * np.float32(matte_share) + np.float32(0.012 * ambient)) * open_sky
    glossy = FRESNEL * glossy * film * np.float32(skin.shine * gloss) * open_sky
    return Light(
        diffuse=diffuse.astype(np.float32),
        matte=matte.astype(np.float32),
        glossy=glossy.astype(np.float32),
        level=float(np.median(shading)) + ambient,
    )
