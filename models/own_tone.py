"""How dark a face's skin looks by its colour alone, and how much wider an interval is for that.

How much of a sign a picture holds depends on pigment: one film of gloss is a larger share of the
light that dark skin sends back than of that of pale skin. So the same learned deviation means
another interval. Brightness is left out: it tells the exposure (over random cameras it adds 1 % of
the variance of the true ITA to the 54 % that colour explains), and intervals would follow it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

# ITA by log light red less green and blue less green, least squares over 6,000 phantoms of series
# that are used for nothing else; what colour cannot tell is drawn to the middle
NEUTRAL, RED, BLUE = 83.1, -170.3, -50.2  # degrees; degrees for a factor of e
DARKEST, PALEST = -50.0, 60.0  # degrees: no further, whatever a lamp does
MIDDLE = 28.0  # degrees: where an interval is the manifest's `interval_scale` and no more


def seen_tone(red: Any, blue: Any) -> Floats:
    """ITA in degrees as expected of skin with that log light, each less that of green."""
    tone = NEUTRAL + RED * np.asarray(red) + BLUE * np.asarray(blue)
    return np.asarray(np.clip(tone, DARKEST, PALEST), np.float32)


def wider(tone: Floats, by_tone: Floats) -> Floats:
    """Times which a deviation counts, `tone`'s shape + (signs,).

    `by_tone` (signs,) is the natural logarithm of that for each 10° of ITA above MIDDLE.
    """
    return np.exp((np.asarray(tone)[..., None] - MIDDLE) / 10 * by_tone).astype(np.float32)
