"""Random fields and points on a square piece of skin, SIZE pixels wide."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
from scipy import fft

Floats = npt.NDArray[np.float32]
Random = np.random.Generator

SIZE = 128  # pixels
_FY = fft.fftfreq(SIZE)[:, None].astype(np.float32)
_FX = fft.rfftfreq(SIZE)[None].astype(np.float32)
FREQUENCY: Floats = np.hypot(_FY, _FX) + np.float32(1e-6)  # cycles a pixel
ROWS, COLUMNS = np.mgrid[0:SIZE, 0:SIZE].astype(np.float32)


def between(random: Random, low: float, high: float) -> float:
    return float(low + (high - low) * random.random())


def log_between(random: Random, low: float, high: float) -> float:
    return float(np.exp(between(random, np.log(low), np.log(high))))


def noise(random: Random, spectrum: Floats) -> Floats:
    """Gaussian noise shaped by `spectrum`, (SIZE, SIZE), mean 0, deviation 1."""
    white = random.standard_normal((SIZE, SIZE), dtype=np.float32)
    field = fft.irfft2(fft.rfft2(white) * spectrum, s=(SIZE, SIZE)).astype(np.float32)
    field -= field.mean()
    return np.asarray(field / (field.std() + 1e-6), np.float32)


def smooth(random: Random, sigma: float) -> Floats:
    """Noise without detail below `sigma` pixels."""
    return noise(random, np.exp(-2 * (np.pi * sigma * FREQUENCY) ** 2))


def band(random: Random, period: float, width: float = 0.35) -> Floats:
    """Noise around one `period` in pixels; `width` in log units."""
    return noise(random, np.exp(-0.5 * (np.log(FREQUENCY * period) / width) ** 2))


def oriented(random: Random, period: float, angle: float, elongation: float) -> Floats:
    """Furrows `period` pixels apart across `angle`, running `elongation` times as long."""
    across = _FX * np.cos(angle) + _FY * np.sin(angle)
    along = -_FX * np.sin(angle) + _FY * np.cos(angle)
    spectrum = np.exp(-0.5 * (np.log((np.abs(across) + 1e-4) * period) / 0.45) ** 2)
    return noise(
        random, (spectrum * np.exp(-0.5 * (along * period * elongation) ** 2)).astype("f4")
    )


def blur(field: Floats, sigma: float, sigma_y: float | None = None) -> Floats:
    return np.asarray(
        cv2.GaussianBlur(
            field,
            (0, 0),
            max(sigma, 0.2),
            sigmaY=max(sigma_y or sigma, 0.2),
            borderType=cv2.BORDER_REFLECT,
        ),
        np.float32,
    )


def lattice(random: Random, pitch: float, jitter: float = 0.33) -> tuple[Floats, Floats]:
    """Points of a jittered hexagonal lattice: x and y in pixels."""
    count = int(SIZE / pitch) + 3
    row, column = np.mgrid[0:count, 0:count]
    x = (column + 0.5 * (row % 2)) * pitch + random.normal(0, jitter * pitch, row.shape)
    y = row * pitch * 0.866 + random.normal(0, jitter * pitch, row.shape)
    x, y = (x - pitch * random.random()).ravel(), (y - pitch * random.random()).ravel()
    inside = (x >= 0) & (x < SIZE - 0.01) & (y >= 0) & (y < SIZE - 0.01)
    return x[inside].astype(np.float32), y[inside].astype(np.float32)


def splat(x: Floats, y: Floats, weight: Floats) -> Floats:
    """Points with weights spread bilinearly over their four pixels, (SIZE, SIZE)."""
    row, column = y.astype(int), x.astype(int)
    down, right = y - row, x - column
    flat = np.zeros((SIZE + 1) * (SIZE + 1))
    for dy, dx, share in (
        (0, 0, (1 - down) * (1 - right)),
        (0, 1, (1 - down) * right),
        (1, 0, down * (1 - right)),
        (1, 1, down * right),
    ):
        index = (row + dy) * (SIZE + 1) + column + dx
        flat += np.bincount(index, share * weight, minlength=flat.size)
    return flat.reshape(SIZE + 1, SIZE + 1)[:SIZE, :SIZE].astype(np.float32)
