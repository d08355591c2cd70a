"""What lies on real faces and is none of the signs: hairs, stubble, shadows, make-up."""

from __future__ import annotations

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
    smooth,
)
from models.phantoms.skin import Skin

HAIR, STUBBLE = 0.015, 0.02  # reflectance


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


def distract(skin: Skin, radiance: Floats, random: Random) -> Floats:
    """`radiance`, (SIZE, SIZE, 3), with what happened to lie on it."""
    scale = 1 / skin.mm_per_px
    hair, stubble, shadow, fuzz = (random.random() for _ in range(4))
    if hair < 0.10:
        n = int(random.integers(3, 60))
        x, y = (random.random((2, n)) * SIZE).astype(np.float32)
        angle = (random.random() * 6.3 + random.normal(0, 0.5, n)).astype(np.float32)
        length = np.full(n, between(random, 3, 25) * scale, np.float32)
        drawn = blur(
            _strokes(random, x, y, angle, length), max(between(random, 0.03, 0.07) * scale, 0.3)
        )
        radiance = _cover(radiance, drawn * np.float32(between(random, 0.2, 0.9)), HAIR)
    if stubble < 0.10:
        x, y = lattice(random, max(10 / np.sqrt(between(random, 30, 180)) * scale, 2.0), 0.4)
        kept = (
            random.random(x.size)
            < np.clip(0.7 + 0.6 * smooth(random, 25), 0, 1)[y.astype(int), x.astype(int)]
        )
        x, y = x[kept], y[kept]
        angle = (random.random() * 6.3 + random.normal(0, 0.35, x.size)).astype(np.float32)
        length = np.full(x.size, between(random, 0.15, 1.2) * scale, np.float32)
        drawn = blur(_strokes(random, x, y, angle, length), max(0.05 * scale, 0.35))
        radiance = _cover(radiance, drawn * np.float32(between(random, 0.3, 0.9)), STUBBLE)
    if fuzz < 0.12:  # fine pale hairs that catch the light
        n = int(random.integers(20, 150))
        x, y = (random.random((2, n)) * SIZE).astype(np.float32)
        angle = (random.random() * 6.3 + random.normal(0, 0.4, n)).astype(np.float32)
        drawn = _strokes(random, x, y, angle, np.full(n, between(random, 1, 4) * scale, np.float32))
        glint = np.float32(between(random, 0.03, 0.25))
        radiance = radiance * (1 + blur(drawn, 0.5)[..., None] * glint)
    if shadow < 0.18:
        turned, softness = random.random() * 6.3, between(random, 1, 14)
        distance: Floats = (COLUMNS - random.random() * SIZE) * np.float32(np.cos(turned)) + (
            ROWS - random.random() * SIZE
        ) * np.float32(np.sin(turned))
        depth = between(random, 0.2, 0.6)
        radiance = (
            radiance * (1 - depth / (1 + np.exp(-np.clip(distance / softness, -30, 30))))[..., None]
        )
    return np.asarray(radiance, np.float32)
