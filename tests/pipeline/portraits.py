"""Real faces for tests: one that every machine has, and the sets beside the project if present."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from core.metrics import Metric
from core.settings import ROOT
from models.landmarks import FaceNetworks
from models.scorer import MAPPED, Appearance

Pixels = npt.NDArray[np.uint8]

ASTRONAUT = ROOT / "data" / "demonstration" / "astronaut.jpg"  # NASA, public domain
FACES = Path(os.environ.get("SKINCARE_FACES", ROOT.parent / "shared" / "faces"))


@cache
def networks() -> FaceNetworks:
    return FaceNetworks()


@cache
def astronaut() -> Pixels:
    """The portrait of Eileen Collins: a face about 110 pixels wide. Do not write into it."""
    return read(ASTRONAUT)


def read(path: Path) -> Pixels:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def portraits(folder: str, every: int = 1) -> list[Path]:
    """Photos of one set, or a skip that says why there are none."""
    found = sorted((FACES / folder / "images").glob("*.jpg"))[::every]
    if not found:
        pytest.skip(f"no photos in {FACES / folder}: set SKINCARE_FACES to the folder of faces")
    return found


class EvenScorer:
    """A stand-in for the network: the same amount everywhere, as the test wants it."""

    version = "even"

    class Manifest:
        interval_scale: ClassVar[dict[Metric, float]] = dict.fromkeys(MAPPED, 2.0)
        shared_error: ClassVar[dict[Metric, float]] = dict.fromkeys(MAPPED, 0.5)
        least_face_width: ClassVar[dict[Metric, int]] = {
            Metric.PORES: 650,
            Metric.HYDRATION: 650,
            Metric.FINE_LINES: 600,
        }

    def __init__(self, amount: float = 0.3, sigma: float = 0.05) -> None:
        self.manifest = self.Manifest()
        self._amount, self._sigma = amount, sigma

    def __call__(self, crop: Pixels, skin: npt.NDArray[np.bool_]) -> Appearance:
        return Appearance(
            heat=np.full((240, 192, 7), 0.5, np.float32),
            amount=np.full((60, 48, 7), self._amount, np.float32),
            sigma=np.full((60, 48, 7), self._sigma, np.float32),
            veil=np.zeros((60, 48, 3), np.float32),
        )
