"""The colour of skin from what it holds: melanin and blood, to linear sRGB.

Sources: baseline absorption and melanin's at 560 nm, Jacques, "Skin optics" (OMLC, 1998);
melanin's slope and the surface's reflectance, fitted here by eye so that the path from light to
dark passes the mean facial colours of Xiao et al., Skin Res. Technol. 23 (2017): with Jacques'
slope of 3.33, measured on isolated melanosomes, dark skin comes out orange (b* 35, not 16);
haemoglobin, Prahl's compilation (OMLC, 1999), 150 g/l and 64,500 g/mol; scattering
46·(λ/500)^-1.421 cm⁻¹, Jacques, Phys. Med. Biol. 58 (2013), table 1; colour matching functions,
Wyman, Sloan and Shirley, JCGT 2(2), 2013; daylight D65, CIE.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Array = npt.NDArray[Any]

WAVELENGTHS = np.arange(400, 701, 10).astype(float)  # nm
# Molar extinction, cm⁻¹/(mol/l), at WAVELENGTHS
OXYGENATED = np.array(
    "266232 466840 480360 246072 102580 62816 44480 33209 26629 23684 20932 20035 24202 39956 "
    "53236 43016 32613 44496 50104 14400 3200 1506 942 610 442 368 319 294 277 276 290".split(),
    dtype=float,
)
DEOXYGENATED = np.array(
    "223296 303956 407560 528600 413280 103292 23388 16156 14550 16684 20862 25773 31589 39036 "
    "46592 53412 53788 45072 37020 28324 14677 9443 6509 5148 4345 3750 3226 2795 2407 2051 "
    "1794".split(),
    dtype=float,
)
D65 = np.array(
    "82.75 91.49 93.43 86.68 104.86 117.01 117.81 114.86 115.92 108.81 109.35 107.80 104.79 "
    "107.69 104.41 104.05 100.0 96.33 95.79 88.69 90.01 89.60 87.70 83.29 83.70 80.03 80.21 "
    "82.28 78.28 69.72 71.61".split(),
    dtype=float,
)
XYZ_TO_RGB = np.array(
    [[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.2040, 1.0570]]
)

EPIDERMIS_CM = 0.008  # thickness of the melanin-bearing layer
OXYGENATION = 0.75  # share of haemoglobin carrying oxygen, mean of arteries and veins
PATH_FACTOR = 1.2  # slant of diffuse light through the epidermis
NOMINAL_BLOOD = 0.009  # volume fraction in the dermis of a cheek (Jacques: 0.2–1 %, flushed 5 %)
MELANIN_SLOPE = 2.2  # absorption ~ wavelength^-slope
SURFACE = 0.03  # at 560 nm, reflected before any pigment is met; a little more in red

# Natural logarithms of the volume fractions that the table covers
MELANIN_RANGE = (float(np.log(0.004)), float(np.log(0.80)))
BLOOD_RANGE = (float(np.log(0.0006)), float(np.log(0.06)))
_TABLE_SIZE = (64, 48)


def _lobe(x: Array, mean: float, left: float, right: float) -> Array:
    return np.asarray(np.exp(-0.5 * ((x - mean) / np.where(x < mean, left, right)) ** 2))


def _observer() -> Array:
    """Colour matching functions, (3, wavelengths)."""
    w = WAVELENGTHS
    x = (
        1.056 * _lobe(w, 599.8, 37.9, 31.0)
        + 0.362 * _lobe(w, 442.0, 16.0, 26.7)
        - 0.065 * _lobe(w, 501.1, 20.4, 26.2)
    )
    y = 0.821 * _lobe(w, 568.8, 46.9, 40.5) + 0.286 * _lobe(w, 530.9, 16.3, 31.1)
    z = 1.217 * _lobe(w, 437.0, 11.8, 36.0) + 0.681 * _lobe(w, 459.0, 26.0, 13.8)
    return np.stack([x, y, z])


def _reflectance(melanin: float, blood: float) -> Array:
    """Diffuse reflectance at WAVELENGTHS, 0–1, for volume fractions of melanin and blood."""
    w = WAVELENGTHS
    baseline = 0.244 + 85.3 * np.exp(-(w - 154) / 66.2)
    epidermis = (
        melanin * 6.6e11 * 560**-3.33 * (w / 560) ** -MELANIN_SLOPE + (1 - melanin) * baseline
    )
    haemoglobin = (
        (OXYGENATION * OXYGENATED + (1 - OXYGENATION) * DEOXYGENATED) * 2.303 * 150 / 64500
    )
    dermis = blood * haemoglobin + (1 - blood) * baseline * 0.25 + 0.1
    scattering = 46 * (w / 500) ** -1.421
    from_dermis = np.exp(-6.0 / np.sqrt(3 * (1 + scattering / dermis)))
    through_epidermis = np.exp(-2 * PATH_FACTOR * epidermis * EPIDERMIS_CM)
    return np.asarray(
        from_dermis * through_epidermis * (0.997 - SURFACE) + SURFACE * (w / 560) ** 0.8
    )


def _table() -> Floats:
    """Logarithm of linear sRGB over (log melanin, log blood), (64, 48, 3)."""
    observer, white = _observer(), float(np.sum(D65 * _observer()[1]))
    rows = []
    for m in np.linspace(*MELANIN_RANGE, _TABLE_SIZE[0]):
        spectra = np.stack(
            [_reflectance(np.exp(m), np.exp(b)) for b in np.linspace(*BLOOD_RANGE, _TABLE_SIZE[1])]
        )
        rows.append((spectra * D65) @ observer.T / white @ XYZ_TO_RGB.T)
    return np.asarray(np.log(np.clip(np.array(rows), 2e-3, 1)), np.float32)


_TABLE = _table()


def albedo(log_melanin: Floats, log_blood: Floats) -> Floats:
    """Linear sRGB reflectance, (h, w, 3), 0–1; both inputs (h, w), logs of volume fractions."""
    y = (log_melanin - MELANIN_RANGE[0]) * (
        (_TABLE_SIZE[0] - 1) / (MELANIN_RANGE[1] - MELANIN_RANGE[0])
    )
    x = (log_blood - BLOOD_RANGE[0]) * ((_TABLE_SIZE[1] - 1) / (BLOOD_RANGE[1] - BLOOD_RANGE[0]))
    log_rgb = cv2.remap(
        _TABLE,
        x.astype(np.float32),
        y.astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(np.exp(log_rgb), np.float32)


def to_srgb(linear: Array) -> Array:
    """Linear 0–1 to encoded 0–1 (IEC 61966-2-1)."""
    x = np.clip(linear, 0, 1)
    return np.where(x <= 0.0031308, 12.92 * x, 1.055 * np.power(x, 1 / 2.4) - 0.055)


def to_linear(encoded: Array) -> Array:
    """Encoded 0–1 to linear 0–1."""
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


def ita(linear: Array) -> Array:
    """Individual typology angle in degrees of linear sRGB under D65, (..., 3) → (...).

    Above 55 very light, below −30 very dark (Chardon, 1991; Del Bino, 2013).
    """
    xyz = linear @ np.linalg.inv(XYZ_TO_RGB).T / np.array([0.9505, 1, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    lightness, b = 116 * f[..., 1] - 16, 200 * (f[..., 1] - f[..., 2])
    return np.asarray(np.degrees(np.arctan2(lightness - 50, b)))


def _tones() -> tuple[Array, Array]:
    """ITA, rising, and the log melanin that gives it at nominal blood."""
    log_melanin = np.linspace(MELANIN_RANGE[0], np.log(0.40), 200).astype(np.float32)[:, None]
    log_blood = np.full_like(log_melanin, np.log(NOMINAL_BLOOD))
    angles = ita(albedo(log_melanin, log_blood))[:, 0]
    return angles[::-1], log_melanin[::-1, 0]


_ANGLES, _LOG_MELANIN = _tones()
ITA_RANGE = (float(_ANGLES[0]), float(_ANGLES[-1]))


def log_melanin_of(angle: float) -> float:
    """Log volume fraction of melanin whose skin has this ITA at nominal blood."""
    return float(np.interp(angle, _ANGLES, _LOG_MELANIN))


def darker(log_melanin: float, contrast: Floats) -> Floats:
    """Log melanin that must be added for skin to reflect less green by `contrast`.

    `contrast` is in natural log units; a spot's contrast, not its melanin, is what is seen.
    """
    levels = np.linspace(*MELANIN_RANGE, 200).astype(np.float32)[:, None]
    green = np.log(albedo(levels, np.full_like(levels, np.log(NOMINAL_BLOOD)))[:, 0, 1])
    here = float(np.interp(log_melanin, levels[:, 0], green))
    needed = np.interp(here - contrast, green[::-1], levels[::-1, 0])
    return np.asarray(np.maximum(needed - log_melanin, 0), np.float32)
