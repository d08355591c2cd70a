"""What the scores answer when a known sign is added to a real face, or the picture is worsened.

    .venv/bin/python -m bench.added_signs ../shared/faces --out bench/added_signs.json

A sign is added as the ratio of two phantoms that differ in it alone, multiplied onto the linear
light of the aligned crop where there is skin: the photo keeps its own light, pores and noise.
Photos are not part of this repository (CC BY 4.0; DeBruine & Jones).
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image
from tqdm import tqdm

from models.landmarks import FaceNetworks
from models.phantoms import optics
from models.phantoms.large import tiled
from models.phantoms.phantom import SIGNS, render
from models.phantoms.skin import Skin, streams
from models.scorer import HEIGHT, WIDTH, Scorer
from pipeline.alignment import align
from pipeline.face import find_face
from pipeline.skin import find_skin

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

SERIES = 7
PLAIN_ONES = (0, 1, 3)  # phantoms of the series without hairs, stubble or a shadow
STRENGTHS = (0.5, 1.0)
CLEAN = Skin(
    tone=35, blood=0.009, shine=0, dryness=0, lines=0, pores=0, redness=0, spots=0, blemishes=0,
    mm_per_px=0.22,
)  # fmt: skip
DARK = -10  # ITA in degrees below which faces are told apart


@dataclass(frozen=True)
class Face:
    crop: Pixels  # (960, 768, 3) sRGB
    skin: npt.NDArray[np.bool_]  # (960, 768)
    tone: float  # ITA of the photo, degrees


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("faces", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--most", type=int, default=20, help="white faces; all others are taken")
    options = parser.parse_args(arguments)
    scorer = Scorer()
    added: defaultdict[str, list[Floats]] = defaultdict(list)
    tones = []
    for number, face in enumerate(tqdm(list(faces(options.faces / "london", options.most)))):
        usual = points(scorer, face, face.crop)
        tones.append(face.tone)
        for sign in SIGNS:
            for strength in STRENGTHS:
                signed = with_sign(face, sign, strength, PLAIN_ONES[number % len(PLAIN_ONES)])
                added[f"{sign} {strength}"].append(points(scorer, face, signed) - usual)
        for name, worsen in WORSE.items():
            added[name].append(points(scorer, face, worsen(face.crop)) - usual)
    dark = np.array(tones) < DARK
    figures = {
        "model": scorer.version,
        "faces": len(tones),
        "dark_faces": int(dark.sum()),
        "change": {name: by_sign(np.array(of)) for name, of in added.items()},
        "change_dark": {name: by_sign(np.array(of)[dark]) for name, of in added.items()},
    }
    options.out.write_text(json.dumps(figures, indent=1) + "\n")


def faces(folder: Path, most_white: int) -> Iterator[Face]:
    """Neutral faces of the London set: everybody who is not white, and some who are."""
    networks, white = FaceNetworks(), 0
    with (folder / "labels.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["expression"] == "neutral"]
    for row in rows:
        if row["ethnicity"] == "white":
            white += 1
            if white > most_white:
                continue
        photo = np.asarray(Image.open(folder / row["file"]).convert("RGB"))
        crop = align(photo, find_face(photo, networks))
        skin = find_skin(crop).mask
        light = optics.to_linear(np.median(crop.pixels[skin], 0) / 255)
        yield Face(crop.pixels, skin, float(optics.ita(light)))


def points(scorer: Scorer, face: Face, crop: Pixels) -> Floats:
    """Amounts over the whole skin, 0–100, (7,)."""
    amount = scorer(crop, face.skin).amount
    size = (amount.shape[1], amount.shape[0])
    places = cv2.resize(face.skin.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.6
    return np.asarray(amount[places].mean(0) * 100, np.float32)


def with_sign(face: Face, sign: str, strength: float, phantom: int) -> Pixels:
    tone = float(np.clip(face.tone, -50, 60))
    clean = replace(CLEAN, tone=tone)
    without, having = (
        tiled(render(skin, streams(SERIES, phantom)).radiance, HEIGHT, WIDTH)
        for skin in (clean, replace(clean, **{sign: strength}))
    )
    ratio = cv2.GaussianBlur(having / without, (0, 0), 0.5)  # the lens that took the photo
    light = optics.to_linear(face.crop / 255)
    return encoded(np.where(face.skin[..., None], light * ratio, light))


def encoded(light: npt.NDArray[Any]) -> Pixels:
    return np.asarray(optics.to_srgb(light) * 255 + 0.5).astype(np.uint8)


def compressed(crop: Pixels) -> Pixels:
    file = io.BytesIO()
    Image.fromarray(crop).save(file, "JPEG", quality=60)
    return np.asarray(Image.open(file).convert("RGB"))


WORSE: dict[str, Callable[[Pixels], Pixels]] = {
    "JPEG 60": compressed,
    "blur, 1.5 px": lambda crop: np.asarray(cv2.GaussianBlur(crop, (0, 0), 1.5), np.uint8),
    "smoothing filter": lambda crop: np.asarray(cv2.bilateralFilter(crop, 9, 30, 7), np.uint8),
    "4000 K": lambda crop: encoded(optics.to_linear(crop / 255) * np.array([1.25, 1, 0.72])),
    "-0.7 EV": lambda crop: encoded(optics.to_linear(crop / 255) * 2**-0.7),
}


def by_sign(changes: Floats) -> dict[str, float]:
    """Mean over faces."""
    return {s: round(float(v), 1) for s, v in zip(SIGNS, changes.mean(0), strict=True)}


if __name__ == "__main__":
    main(sys.argv[1:])
