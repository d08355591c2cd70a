"""Photos of real people for measuring: only of those whom training never saw.

London and Canada (DeBruine & Jones 2017, CC BY 4.0) by the split of `models.people_split`; FairFace
(Kärkkäinen & Joo 2021, CC BY 4.0) whole, since training never uses it. None of them is part of
this repository.
"""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from core.settings import ROOT
from models.people_split import is_held_out

Pixels = npt.NDArray[np.uint8]

DEFAULT = Path(os.environ.get("SKINCARE_FACES", ROOT.parent / "shared" / "faces"))
SETS = ("london", "canada", "fairface")


@dataclass(frozen=True)
class Portrait:
    path: Path
    person: str
    expression: str  # neutral or smiling
    gender: str  # as the set's authors labelled it; empty: unknown
    source: str  # one of SETS


@dataclass(frozen=True)
class People:
    london: tuple[Portrait, ...]
    canada: tuple[Portrait, ...]
    fairface: tuple[Portrait, ...]

    @property
    def neutral(self) -> tuple[Portrait, ...]:
        """One photo of each person who is held out."""
        return tuple(p for p in (*self.london, *self.canada) if p.expression == "neutral")


def find(folder: Path) -> People | None:
    """The held-out people of `folder`; None when it does not hold the three sets."""
    if not all((folder / name / "labels.csv").is_file() for name in SETS):
        return None
    london, canada, fairface = (_portraits(folder / name, name) for name in SETS)
    return People(london, canada, fairface)


def read(path: Path) -> Pixels:
    """A photo of the sets as (height, width, 3) sRGB. Not for anything a stranger sent."""
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def _portraits(folder: Path, source: str) -> tuple[Portrait, ...]:
    with (folder / "labels.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    return tuple(
        Portrait(
            path=folder / row["file"],
            person=row.get("person") or Path(row["file"]).stem,
            expression=row.get("expression") or "neutral",
            gender=row["gender"].lower(),
            source=source,
        )
        for row in rows
        if source == "fairface" or is_held_out(row["person"])
    )
