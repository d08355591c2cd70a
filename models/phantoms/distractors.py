"""What lies on real faces and is none of the signs: hairs, stubble, glasses, shadows, make-up.

Shares of phantoms that have each: chosen so that every distractor is met in every batch or two
and two thirds of the skin are plain; faces are rarer in frames than in hair, and so on. Widths are
in mm and densities in hairs a square centimetre, of the order that faces show; none was measured.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from models.phantoms.fields import (
    COLUMNS,
    ROWS,
    SIZE,
    Floats,
    Random,
    between,
    blur,
    lattice,
    log_between,
    smooth,
    splat,
)
from models.phantoms.veils import make_up

HAIR, STUBBLE = 0.015, 0.02  # reflectance
STRANDS, SHAVEN, FUZZ, SHADOW = 0.10, 0.10, 0.12, 0.18  # shares of phantoms
BEARD, FRAME, GLINTS, MADE_UP = 0.04, 0.03, 0.15, 0.10
VEILS = ("hair", "make_up", "filter")


@dataclass(frozen=True)
class Distracted:
    radiance: Floats  # (SIZE, SIZE, 3) linear
    veil: Floats  # (SIZE, SIZE, 3), 0–1, in the order of VEILS
    bare: Floats  # (SIZE, SIZE), 0–1: skin that nothing solid covers
    left: Floats  # (SIZE, SIZE, 7), 0–1: how much of each sign still shows


def _strokes(random: Random, x: Floats, y: Floats, angle: Floats, length: Floats) -> Floats:
    """Short lines drawn with sub-pixel ends, (SIZE, SIZE), 0–1."""
    drawing = np.zeros((SIZE, SIZE), np.uint8)
    dx, dy = np.cos(angle) * length / 2, np.sin(angle) * length / 2
    ends = (np.stack([x - dx, y - dy, x + dx, y + dy], -1) * 16).astype(int).reshape(-1, 2, 2)
    for start, end in ends:
        cv2.line(drawing, start.tolist(), end.tolist(), 255, 1, cv2.LINE_AA, shift=4)
    return drawing.astype(np.float32) / np.float32(255)


def _cover(radiance: Floats, cover: Floats, level: float) -> Floats:
    c = cover[..., None]
    return np.asarray(radiance * (1 - c) + c * np.float32(level), np.float32)


def distract(
    mm_per_px: float, radiance: Floats, reference: Floats, random: dict[str, Random]
) -> Distracted:
    """`radiance`, (SIZE, SIZE, 3), with what happened to lie on it; `reference` as of a Phantom."""
    scale, level = 1 / mm_per_px, float(reference.mean())
    left = np.ones((1, 1, 7), np.float32)
    cover = np.zeros((SIZE, SIZE), np.float32)
    if random["make_up"].random() < MADE_UP:
        made = make_up(radiance, reference, mm_per_px, random["make_up"])
        radiance, cover, left = made.radiance, made.cover, made.left
    radiance, hair = _hairs(scale, radiance, level, random["distractors"])
    radiance, beard = _beard(scale, radiance, level, random["beard"])
    if random["glints"].random() < GLINTS:
        radiance = radiance + _glints(scale, level, random["glints"])[..., None]
    radiance = _shadow(radiance, random["distractors"])
    bare = np.ones((SIZE, SIZE), np.float32)
    if random["glasses"].random() < FRAME:
        radiance, bare = _frame(scale, radiance, level, random["glasses"])
    veil = np.stack([np.maximum(hair, beard), cover, np.zeros_like(cover)], -1)
    return Distracted(
        np.asarray(radiance, np.float32), veil.astype(np.float32), bare, np.asarray(left)
    )


def _hairs(scale: float, radiance: Floats, level: float, random: Random) -> tuple[Floats, Floats]:
    """Strands of hair, stubble, and pale fuzz; how much hair lies where, 0–1."""
    there = np.zeros((SIZE, SIZE), np.float32)
    hair, stubble, fuzz = (random.random() for _ in range(3))
    if hair < STRANDS:
        n = int(random.integers(3, 60))
        x, y = (random.random((2, n)) * SIZE).astype(np.float32)
        angle = (random.random() * 6.3 + random.normal(0, 0.5, n)).astype(np.float32)
        length = np.full(n, between(random, 3, 25) * scale, np.float32)
        drawn = blur(
            _strokes(random, x, y, angle, length), max(between(random, 0.03, 0.07) * scale, 0.3)
        )
        drawn *= np.float32(between(random, 0.2, 0.9))
        radiance = _cover(radiance, drawn, HAIR * level)
        there = np.clip(blur(drawn, 6.0) * np.float32(5), 0, 1)
    if stubble < SHAVEN:
        density = between(random, 30, 180)  # hairs a square centimetre
        x, y = lattice(random, max(10 / np.sqrt(density) * scale, 2.0), 0.4)
        where = np.clip(0.7 + 0.6 * smooth(random, 25), 0, 1)
        kept = random.random(x.size) < where[y.astype(int), x.astype(int)]
        x, y = x[kept], y[kept]
        angle = (random.random() * 6.3 + random.normal(0, 0.35, x.size)).astype(np.float32)
        length = np.full(x.size, between(random, 0.15, 1.2) * scale, np.float32)
        drawn = blur(_strokes(random, x, y, angle, length), max(0.05 * scale, 0.35))
        strength = between(random, 0.3, 0.9)
        radiance = _cover(radiance, drawn * np.float32(strength), STUBBLE * level)
        there = np.maximum(there, where * np.float32(min(1.0, 0.4 + strength * density / 100)))
    if fuzz < FUZZ:  # fine pale hairs that catch the light
        n = int(random.integers(20, 150))
        x, y = (random.random((2, n)) * SIZE).astype(np.float32)
        angle = (random.random() * 6.3 + random.normal(0, 0.4, n)).astype(np.float32)
        drawn = _strokes(random, x, y, angle, np.full(n, between(random, 1, 4) * scale, np.float32))
        glint = np.float32(between(random, 0.03, 0.25))
        radiance = radiance * (1 + blur(drawn, 0.5)[..., None] * glint)
    return radiance, there


def _beard(scale: float, radiance: Floats, level: float, random: Random) -> tuple[Floats, Floats]:
    """A beard grown for days to weeks, with an edge, and how dense it is, 0–1."""
    if random.random() >= BEARD:
        return radiance, np.zeros((SIZE, SIZE), np.float32)
    turned, softness = random.random() * 6.3, between(random, 4, 20)
    distance = (COLUMNS - random.random() * SIZE) * np.float32(np.cos(turned)) + (
        ROWS - random.random() * SIZE
    ) * np.float32(np.sin(turned))
    where = 1 / (1 + np.exp(-np.clip(distance / softness, -30, 30)))
    x, y = lattice(random, max(10 / np.sqrt(between(random, 60, 200)) * scale, 1.5), 0.4)
    kept = random.random(x.size) < where[y.astype(int), x.astype(int)]
    x, y = x[kept], y[kept]
    angle = (random.random() * 6.3 + random.normal(0, 0.5, x.size)).astype(np.float32)
    length = (between(random, 2, 12) * scale * random.uniform(0.5, 1.3, x.size)).astype(np.float32)
    drawn = blur(_strokes(random, x, y, angle, length), max(0.05 * scale, 0.35))
    colour = log_between(random, 0.02, 0.5)  # black to blond, against the skin beside it
    drawn = drawn * np.float32(between(random, 0.5, 0.95))
    return _cover(radiance, drawn, colour * level), where.astype(np.float32)


def _glints(scale: float, level: float, random: Random) -> Floats:
    """Light of tiny sparkles of sweat or glitter, 0.1–0.4 mm wide: neither pores nor shine."""
    n = int(random.integers(5, 80))
    x, y = (random.random((2, n)) * (SIZE - 0.01)).astype(np.float32)
    weight = (level * random.exponential(between(random, 0.2, 1.2), n)).astype(np.float32)
    sigma = max(between(random, 0.05, 0.18) * scale, 0.35)
    return blur(splat(x, y, weight), sigma) * np.float32(2 * np.pi * sigma**2)


def _frame(scale: float, radiance: Floats, level: float, random: Random) -> tuple[Floats, Floats]:
    """A rim of glasses, 1–6 mm wide, with its shadow; and the skin that is left to see."""
    centre = (random.random(2) * 2 - 0.5) * SIZE
    radius, half = between(random, 15, 40) * scale, between(random, 0.5, 3.0) * scale
    away = np.hypot(COLUMNS - np.float32(centre[0]), ROWS - np.float32(centre[1]))
    across = np.abs(away - np.float32(radius)) - np.float32(half)
    rim = np.clip(0.5 - across, 0, 1).astype(np.float32)
    fall = np.float32(between(random, 1, 3) * scale)
    cast = np.roll(blur(rim, 0.6 * scale), (int(fall), int(fall / 2)), (0, 1))
    radiance = radiance * (1 - np.float32(between(random, 0.1, 0.5)) * cast)[..., None]
    tint = np.exp(random.normal(0, 0.3, 3)) * log_between(random, 0.03, 0.7) * level
    c = rim[..., None]
    return np.asarray(radiance * (1 - c) + c * tint, np.float32), np.asarray(1 - rim, np.float32)


def _shadow(radiance: Floats, random: Random) -> Floats:
    """The edge of a cast shadow: of hair, a hand, the nose."""
    if random.random() >= SHADOW:
        return radiance
    turned, softness = random.random() * 6.3, between(random, 1, 14)
    distance = (COLUMNS - random.random() * SIZE) * np.float32(np.cos(turned)) + (
        ROWS - random.random() * SIZE
    ) * np.float32(np.sin(turned))
    depth = between(random, 0.2, 0.6)
    dark = depth / (1 + np.exp(-np.clip(distance / softness, -30, 30)))
    return np.asarray(radiance * (1 - dark)[..., None], np.float32)
