"""What a phantom is made of: the parameters, their units and ranges, and their random streams."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.phantoms import optics
from models.phantoms.fields import Random, between, log_between

# One independent stream for each; append only, since the order decides the streams.
STREAMS = (
    "parameters",
    "pigment",
    "blood",
    "spots",
    "blemishes",
    "redness",
    "relief",
    "flakes",
    "pores",
    "lines",
    "shape",
    "light",
    "sebum",
    "distractors",
    "reference",
    "camera",
    "second_camera",
    "moles",
    "vessels",
    "beard",
    "glasses",
    "glints",
    "make_up",
    "filter",
    "place",
    "tone_of_real_skin",
    "kind",
)


@dataclass(frozen=True)
class Skin:
    """One piece of skin. Strengths are 0 (none) to 1 (the strongest drawn)."""

    tone: float  # ITA of the clean skin in degrees, −55 to 68 (Del Bino 2013: −70 to 70)
    blood: float  # volume fraction in the dermis, 0.005–0.014 (Jacques 1998: 0.002–0.01,
    #   flushed 0.05)
    shine: float  # gloss of the film of sebum; see light.py for its strength
    dryness: float  # flakes, coarse relief and dullness
    lines: float
    pores: float
    redness: float
    spots: float
    blemishes: float
    mm_per_px: float  # 0.15–0.30; the aligned face crop has about 0.22


def streams(seed: int, index: int) -> dict[str, Random]:
    """Independent generators of phantom `index` of the series `seed`, by name."""
    children = np.random.SeedSequence(entropy=seed, spawn_key=(index,)).spawn(len(STREAMS))
    return {name: np.random.default_rng(s) for name, s in zip(STREAMS, children, strict=True)}


def _strength(random: Random) -> float:
    """None in a third of the phantoms, otherwise anything: real skin rarely shows every sign."""
    value, present = float(random.beta(0.9, 1.1)), random.random() > 0.3
    return value if present else 0.03 * value


def draw(random: Random) -> Skin:
    """Skin at random. Tone is uniform in ITA, so that every tone is drawn equally often."""
    return Skin(
        tone=between(random, max(-55.0, optics.ITA_RANGE[0]), min(68.0, optics.ITA_RANGE[1])),
        blood=log_between(random, 0.005, 0.014),
        shine=_strength(random),
        dryness=_strength(random),
        lines=_strength(random),
        pores=_strength(random),
        redness=_strength(random),
        spots=_strength(random),
        blemishes=_strength(random),
        mm_per_px=log_between(random, 0.15, 0.30),
    )
