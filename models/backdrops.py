"""Real skin for training to look at: patches of the people whom training may see.

`bench/backdrops.py` writes one .npz for each photo. A patch keeps its own light, curvature and
texture; its pigment can be changed, so that dark skin is seen as often as light skin although
the photographed people are mostly light.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from models.people_split import is_held_out
from models.phantoms import optics, pigment
from models.phantoms.fields import SIZE, Floats, Random
from models.phantoms.phantom import GREEN

# Landmarks around which patches are cut (MediaPipe's 478 points)
PLACES: Mapping[str, tuple[int, ...]] = {
    "forehead": (10, 151, 9, 67, 297, 109, 338),
    "cheek": (50, 280, 205, 425, 117, 346, 101, 330),
    "nose": (4, 5, 195, 197),
    "chin": (152, 199, 175, 200, 208, 428),
}
BEARDLESS = ("forehead", "nose")  # where no beard grows: "no hair" is known there
SHIFT = 24.0  # pixels: deviation of a patch's centre from its landmark
LEAST_SKIN = 0.7  # share of a patch
TRIES = 30
SHEEN = 0.012  # share of a white card's light that matte skin mirrors whatever its pigment
TONES = (-55.0, 65.0)  # ITA in degrees that re-pigmented skin may get
LINEAR: Floats = optics.to_linear(np.arange(256) / 255).astype(np.float32)


@dataclass(frozen=True)
class Backdrop:
    """One aligned photo."""

    pixels: npt.NDArray[np.uint8]  # (960, 768, 3) sRGB
    skin: npt.NDArray[np.bool_]  # (960, 768)
    points: Floats  # (478, 2) landmarks x, y in crop pixels
    person: str
    smiling: bool

    @cached_property
    def reference(self) -> Floats:
        """Median linear light of the skin, (3,)."""
        return np.asarray(np.median(LINEAR[self.pixels[self.skin]], 0), np.float32)


@dataclass(frozen=True)
class Patch:
    radiance: Floats  # (SIZE, SIZE, 3) linear
    skin: npt.NDArray[np.bool_]  # (SIZE, SIZE)
    reference: Floats  # (3,) linear, of the whole face
    tone: float  # ITA of the face in degrees
    place: str  # a key of PLACES

    @property
    def albedo(self) -> float:
        """Luminance that skin of this tone reflects, 0–1."""
        return float(pigment.clean_skin(self.tone) @ GREEN)

    def repigmented(self, tone: float) -> Patch:
        """The same skin and light with the melanin of another tone."""
        ratio = pigment.clean_skin(tone) / pigment.clean_skin(self.tone)
        sheen = SHEEN * float(self.reference @ GREEN) / self.albedo
        under = np.maximum(self.reference - sheen, 0.3 * self.reference)
        return replace(
            self,
            radiance=pigment.repigmented(self.radiance, self.reference, sheen, ratio),
            reference=np.asarray(under * ratio + (self.reference - under), np.float32),
            tone=tone,
        )


class Backdrops:
    """The photos in a folder; read when they are asked for, so that they take no memory."""

    def __init__(self, folder: Path) -> None:
        """Raises ValueError when the folder holds none, or somebody who is held out."""
        self._paths = sorted(folder.glob("*.npz"))
        if not self._paths:
            raise ValueError(
                f"{folder} holds no backdrops. Make them with: "
                "python3 -m bench.backdrops ../shared/faces --out FOLDER"
            )
        people = {path.stem.rsplit("-", 1)[0] for path in self._paths}
        held_out = sorted(person for person in people if is_held_out(person))
        if held_out:
            raise ValueError(f"{folder} holds people whom training must not see: {held_out}.")
        self._smiling = [path for path in self._paths if path.stem.endswith("-smiling")]

    def __len__(self) -> int:
        return len(self._paths)

    def some(self, random: Random, count: int) -> list[Backdrop]:
        """`count` different photos, fewer when there are fewer."""
        chosen = random.permutation(len(self._paths))[:count]
        return [_read(self._paths[int(i)]) for i in chosen]

    def pairs(self, random: Random, count: int) -> list[tuple[Backdrop, Backdrop]]:
        """Neutral and smiling photos of `count` different people, fewer when there are fewer."""
        chosen = [self._smiling[int(i)] for i in random.permutation(len(self._smiling))[:count]]
        return [
            (_read(neutral), _read(path))
            for path in chosen
            if (neutral := path.with_stem(path.stem.replace("-smiling", "-neutral"))).exists()
        ]


def _read(path: Path) -> Backdrop:
    with np.load(path) as stored:
        return Backdrop(
            stored["pixels"],
            stored["skin"],
            stored["points"],
            str(stored["person"]),
            str(stored["expression"]) == "smiling",
        )


def cut(photos: tuple[Backdrop, ...], random: Random) -> tuple[Patch, ...] | None:
    """A patch at the same landmark of each photo; None where too little of one is skin."""
    for _ in range(TRIES):
        place = list(PLACES)[int(random.integers(len(PLACES)))]
        mark = int(random.choice(PLACES[place]))
        shift = random.normal(0, SHIFT, 2)
        patches = [_at(photo, photo.points[mark] + shift, place) for photo in photos]
        if all(patch is not None and patch.skin.mean() >= LEAST_SKIN for patch in patches):
            return tuple(patch for patch in patches if patch is not None)
    return None


def _at(photo: Backdrop, centre: npt.NDArray[Any], place: str) -> Patch | None:
    left, top = (round(float(v)) - SIZE // 2 for v in centre)
    height, width = photo.skin.shape
    if left < 0 or top < 0 or left + SIZE > width or top + SIZE > height:
        return None
    area = np.s_[top : top + SIZE, left : left + SIZE]
    reference = photo.reference
    return Patch(
        radiance=LINEAR[photo.pixels[area]],
        skin=cv2.erode(photo.skin[area].view(np.uint8), np.ones((3, 3), np.uint8)).view(bool),
        reference=reference,
        tone=float(optics.ita(reference[None])[0]),
        place=place,
    )
