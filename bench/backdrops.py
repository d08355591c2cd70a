"""Prepare real skin for training: aligned crops of the people whom training may see.

    .venv/bin/python -m bench.backdrops ../shared/faces --out FOLDER

One .npz for each photo: pixels (960, 768, 3) uint8, skin (960, 768) bool, points (478, 2) float32
in crop pixels, person, expression ("neutral" or "smiling"). People who are held out are never
written (models/people_split.py). Photos are not part of this repository (CC BY 4.0; DeBruine &
Jones, Face Research Lab London Set and Young Adult White Faces).
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image
from tqdm import tqdm

from core.errors import PhotoRejected
from models.landmarks import FaceNetworks
from models.people_split import is_held_out
from pipeline.alignment import align
from pipeline.face import find_face
from pipeline.skin import find_skin

SETS = ("london", "canada")


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("faces", type=Path, nargs="?", default=Path("../shared/faces"))
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    if not options.faces.is_dir():
        raise SystemExit(f"{options.faces} is not there. Name the folder that holds {SETS}.")
    options.out.mkdir(parents=True, exist_ok=True)
    networks, written, rejected = FaceNetworks(), 0, 0
    for source, person, expression in tqdm(list(photos(options.faces))):
        photo = np.asarray(Image.open(source).convert("RGB"))
        try:
            crop = align(photo, find_face(photo, networks))
        except PhotoRejected:
            rejected += 1
            continue
        skin: npt.NDArray[np.bool_] = find_skin(crop).mask
        np.savez_compressed(
            options.out / f"{person}-{expression}.npz",
            pixels=crop.pixels,
            skin=skin,
            points=crop.points,
            person=person,
            expression=expression,
        )
        written += 1
    print(f"{written} photos written to {options.out}, {rejected} without a usable face")


def photos(folder: Path) -> Iterator[tuple[Path, str, str]]:
    """Every photo of people who are not held out: file, person, expression."""
    for name in SETS:
        with (folder / name / "labels.csv").open() as file:
            for row in csv.DictReader(file):
                if not is_held_out(row["person"]):
                    expression = row.get("expression", "neutral")
                    yield folder / name / row["file"], row["person"], expression


if __name__ == "__main__":
    main(sys.argv[1:])
