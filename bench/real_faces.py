"""What the scores of real faces are worth: repeatability, and the width of face that they need.

    .venv/bin/python -m bench.real_faces ../shared/faces --out bench/real_faces.json

Two questions, on photos that are not part of this repository (CC BY 4.0; DeBruine & Jones):

*Repeatability.* Neutral and smiling photos of the same 75 people in one sitting. The smallest
detectable change is 1.96 · the standard deviation of the differences (Weir 2005, J Strength Cond
Res 19:231). With expression, the shift that a smile makes in everybody counts as well (1.96 · root
mean square): nothing tells whether a person smiles, so this one is in service. Both are upper
bounds for two photos taken alike.

*Face width.* The widest faces, made smaller by area averaging and scored again. A metric's least
width is the narrowest down to which nine of ten faces still score within a third of the smallest
detectable change of their widest photo: then lost pixels add a twentieth to the noise.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image
from tqdm import tqdm

from core.errors import PhotoRejected
from core.examination import Examination
from core.metrics import Metric
from models.manifest import WEIGHTS, Manifest
from models.scorer import MAPPED, Scorer
from pipeline.examine import Examiner

WIDTHS = (600, 500, 400, 320, 250, 200, 150, 110, 90)  # pixels between the cheekbones
TONES = {"above 41": (41, 180), "10 to 41": (10, 41), "below 10": (-180, 10)}  # ITA, degrees

Values = dict[Metric, float]


class AtAnyWidth(Scorer):
    """The weights in service, asked without the least width that this script is to find."""

    def __init__(self, weights: Path) -> None:
        super().__init__(weights)
        self.manifest: Manifest = self.manifest.model_copy(update={"least_face_width": {}})


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("faces", type=Path)
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--widest", type=int, default=24, help="faces for the question of width")
    options = parser.parse_args(arguments)
    examiner = Examiner(scorer=AtAnyWidth(options.weights))
    pairs = repeatability(examiner, options.faces / "london")
    figures = {
        "method": "neutral and smiling photos of 75 people in one sitting: an upper bound",
        **pairs,
        **width(examiner, options.faces / "canada", pairs["sdc"], options.widest),
    }
    options.out.write_text(json.dumps(figures, indent=1) + "\n")


def repeatability(examiner: Examiner, folder: Path) -> dict[str, Any]:
    """The smallest detectable change in points, by metric, over people photographed twice."""
    of_person: defaultdict[str, list[Examination]] = defaultdict(list)
    rejected = 0
    with (folder / "labels.csv").open() as file:
        rows = list(csv.DictReader(file))
    for row in tqdm(rows, "pairs"):
        try:
            of_person[row["person"]].append(examiner.examine(pixels(folder / row["file"])))
        except PhotoRejected:
            rejected += 1
    pairs = [shots for shots in of_person.values() if len(shots) == 2]
    measured: defaultdict[Metric, list[float]] = defaultdict(list)
    values: defaultdict[Metric, list[tuple[float, float]]] = defaultdict(list)
    for one, two in pairs:
        before, after = of(one), of(two)
        for metric in before.keys() & after.keys():
            measured[metric].append(after[metric] - before[metric])
            values[metric].append((before[metric], one.ita or 0.0))
    return {
        "photos": len(rows),
        "rejected": rejected,
        "pairs": len(pairs),
        "sdc": {m.value: rounded(1.96 * float(np.std(d, ddof=1))) for m, d in measured.items()},
        "sdc_with_expression": {m.value: rounded(1.96 * rms(d)) for m, d in measured.items()},
        "mean_difference": {m.value: rounded(float(np.mean(d))) for m, d in measured.items()},
        "between_people_sd": {
            m.value: rounded(float(np.std([v for v, _ in pair]))) for m, pair in values.items()
        },
        "median_by_ita": {
            m.value: {
                name: rounded(float(np.median(inside)))
                for name, (low, high) in TONES.items()
                if (inside := [v for v, ita in pair if low <= ita < high])
            }
            for m, pair in values.items()
        },
    }


def width(
    examiner: Examiner, folder: Path, sdc: Mapping[str, float], widest: int
) -> dict[str, Any]:
    """How far each score drifts when the face has fewer pixels, and the least width it needs."""
    photos = [pixels(path) for path in sorted((folder / "images").glob("*.jpg"))]
    full = []
    for photo in tqdm(photos, "full size"):
        try:
            seen = examiner.examine(photo)
        except PhotoRejected:
            continue
        if seen.quality.face_width >= WIDTHS[0]:
            full.append((seen.quality.face_width, photo, of(seen)))
    full = sorted(full, key=lambda row: -row[0])[:widest]
    drift: dict[str, dict[str, float]] = {m.value: {} for m in MAPPED}
    for wanted in tqdm(WIDTHS, "widths"):
        apart: defaultdict[Metric, list[float]] = defaultdict(list)
        for face_width, photo, values in full:
            try:
                seen = examiner.examine(smaller(photo, wanted / face_width))
            except PhotoRejected:
                continue
            for metric, value in of(seen).items():
                if metric in values:
                    apart[metric].append(abs(value - values[metric]))
        for metric in MAPPED:
            if len(apart[metric]) >= len(full) / 2:
                drift[metric.value][str(wanted)] = rounded(float(np.quantile(apart[metric], 0.9)))
    least = {}
    for name, of_width in drift.items():
        holds = WIDTHS[0]
        for wanted in WIDTHS:
            if of_width.get(str(wanted), np.inf) > sdc[name] / 3:
                break
            holds = wanted
        least[name] = holds
    return {
        "faces_for_width": len(full),
        "drift_90_percent_by_face_width": drift,
        "least_face_width": least,
    }


def of(seen: Examination) -> Values:
    return {m: s.value for m in MAPPED if (s := seen.scores[m]).value is not None}


def pixels(path: Path) -> npt.NDArray[np.uint8]:
    return np.asarray(Image.open(path).convert("RGB"))


def smaller(photo: npt.NDArray[np.uint8], scale: float) -> npt.NDArray[np.uint8]:
    image = Image.fromarray(photo)
    size = (max(64, round(image.width * scale)), max(64, round(image.height * scale)))
    return np.asarray(image.resize(size, Image.Resampling.BOX, reducing_gap=None))


def rms(differences: list[float]) -> float:
    return float(np.sqrt(np.mean(np.square(differences))))


def rounded(value: float) -> float:
    return round(value, 2)


if __name__ == "__main__":
    main(sys.argv[1:])
