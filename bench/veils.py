"""How well smiles, beards and smoothing filters are told: `python -m bench.veils FACES`.

FACES is the folder of real photos (london, canada; CC BY 4.0, not part of the project). Prints what
each possible limit would hit and alarm falsely for, and writes bench/veils.json. Run it again with
every new model: the limits of pipeline.veils are of one network's probabilities.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image
from tqdm import tqdm

from core.errors import PhotoRejected
from core.metrics import Region
from models import normalise, samples
from models.expressions import ExpressionNetwork
from models.landmarks import FaceNetworks
from models.manifest import WEIGHTS
from models.people_split import is_held_out
from models.phantoms.fields import SIZE
from models.scorer import MAPPED, VEILS, Scorer
from pipeline.alignment import Crop, align
from pipeline.arrays import Mask, Pixels
from pipeline.expression import SMILING
from pipeline.face import find_face
from pipeline.regions import outlines, region_masks
from pipeline.retouch import LEAST_DETAIL, detail
from pipeline.scoring import ita
from pipeline.skin import find_skin
from pipeline.veils import MOST_HAIR, hair_over

# London's men by their chin, as one of us saw it in the neutral photo. All others have none.
BEARD = frozenset(
    "004 022 029 033 036 041 069 070 092 101 104 105 108 119 123 125 131 138 140 143".split()
)
STUBBLE = frozenset("008 012 017 018 042 044 096 103 117 121".split())
TONES = ((-90, 10), (10, 28), (28, 41), (41, 90))  # ITA, degrees
CLEARLY, HARDLY = 0.5, 0.25  # by how much the smile grew between the photos of a person
EVERY = 3  # portraits between two that are also filtered


@dataclass(frozen=True)
class Seen:
    """One portrait."""

    name: str
    person: str
    smiling: bool
    smile: float
    tone: float
    detail: float | None
    filter: float  # the network's mean probability over the skin
    hair: dict[Region, float]
    amount: npt.NDArray[np.float64]  # (7,) points over the face


class Observer:
    def __init__(self, weights: Path) -> None:
        self._faces, self._expression = FaceNetworks(), ExpressionNetwork()
        self._scorer = Scorer(weights)

    def __call__(self, path: Path, how: Callable[[Pixels], Pixels] | None = None) -> Seen:
        with Image.open(path) as image:
            pixels = np.asarray(image.convert("RGB"))
        face = find_face(pixels, self._faces)
        crop = align(how(pixels) if how else pixels, face)
        skin = find_skin(crop).mask
        appearance = self._scorer(crop.pixels, skin)
        cells = np.asarray(
            cv2.resize(skin.astype(np.float32), (48, 60), interpolation=cv2.INTER_AREA), np.float32
        )

        def mean(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
            return np.asarray((values * cells[..., None]).sum((0, 1)) / cells.sum(), np.float64)

        return Seen(
            name=path.stem,
            person=path.stem.split("_")[0],
            smiling="smiling" in path.stem,
            smile=self._expression(face.points).smile,
            tone=ita(crop.pixels, skin) or float("nan"),
            detail=detail(crop, skin),
            filter=float(mean(appearance.veil)[VEILS.index("filter")]),
            hair=_hair(crop, skin, appearance.veil),
            amount=mean(appearance.amount) * 100,
        )


def _hair(crop: Crop, skin: Mask, veil: npt.NDArray[np.float32]) -> dict[Region, float]:
    masks = region_masks(outlines(crop.points))
    return {region: hair_over(mask & skin, veil) for region, mask in masks.items()}


# ------------------------------------------------------------------------------ filters


def bilateral(reach: float, edges: float) -> Callable[[Pixels], Pixels]:
    return lambda pixels: np.asarray(cv2.bilateralFilter(pixels, 15, edges, reach), np.uint8)


def guided(pixels: Pixels) -> Pixels:
    """Each colour follows the grey picture, smoothed within 13 pixels (He et al. 2010)."""
    picture = pixels.astype(np.float32) / 255
    guide = picture.mean(-1)

    def mean(values: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
        return np.asarray(cv2.blur(values, (13, 13)), np.float32)

    level = mean(guide)
    spread = mean(guide * guide) - level * level
    soft = np.empty_like(picture)
    for channel in range(3):
        colour = picture[..., channel]
        slope = (mean(guide * colour) - mean(colour) * level) / (spread + 0.004)
        soft[..., channel] = mean(slope) * guide + mean(mean(colour) - slope * level)
    return np.clip((picture * 0.1 + soft * 0.9) * 255, 0, 255).astype(np.uint8)


def jpeg(pixels: Pixels) -> Pixels:
    _, file = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 70])
    return np.asarray(cv2.imdecode(file, cv2.IMREAD_COLOR), np.uint8)


def blur(sigma: float) -> Callable[[Pixels], Pixels]:
    return lambda pixels: np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma), np.uint8)


FILTERS: dict[str, Callable[[Pixels], Pixels]] = {
    "bilateral": bilateral(5, 30),
    "bilateral, light": bilateral(3, 15),
    "guided": guided,
    "no filter, JPEG 70": jpeg,
    "no filter, defocus 0.7 px": blur(0.7),
    "no filter, defocus 1.5 px": blur(1.5),
}

# ------------------------------------------------------------------------------ figures


def share(values: Sequence[bool]) -> float | None:
    return round(float(np.mean(values)), 3) if len(values) else None


def area(hits: Sequence[float], others: Sequence[float]) -> float:
    """Area under the ROC curve: that a hit measures more than another."""
    one, two = np.asarray(hits)[:, None], np.asarray(others)
    return round(float(((one > two) + 0.5 * (one == two)).mean()), 3)


def smiles(london: list[Seen], canada: list[Seen], labels: dict[str, dict[str, str]]) -> Any:
    def told(photos: list[Seen], least: float = SMILING) -> float | None:
        return share([p.smile >= least for p in photos])

    rest, asked = ([p for p in london if p.smiling is s] for s in (False, True))
    groups = sorted({(field, row[field]) for row in labels.values() for field in FIELDS})
    pairs = [(a, next(b for b in asked if b.person == a.person)) for a in rest]
    grown = np.array([b.smile - a.smile for a, b in pairs])
    change = np.array([b.amount - a.amount for a, b in pairs])
    clearly, hardly = change[grown >= CLEARLY], change[grown < HARDLY]
    noise = 1.96 * hardly.std(0, ddof=1)
    effect = clearly.mean(0) - hardly.mean(0)
    return {
        "limit": SMILING,
        "neutral and smiling above it": {
            str(t): [told(rest, t), told(asked, t), told(canada, t)] for t in (0.3, 0.35, 0.4, 0.5)
        },
        "by group": {
            value: [
                told([p for p in of if labels[p.person][field] == value]) for of in (rest, asked)
            ]
            for field, value in groups
        },
        "pairs, clearly and hardly smiling": [len(clearly), len(hardly)],
        "points due to a smile, and 95 % noise without one": {
            m.value: [round(float(effect[i]), 1), round(float(noise[i]), 1)]
            for i, m in enumerate(MAPPED)
        },
        "points between the photos of people who hardly smile": {
            m.value: round(float(hardly.mean(0)[i]), 1) for i, m in enumerate(MAPPED)
        },
    }


FIELDS = ("gender", "ethnicity")


def beards(london: list[Seen]) -> Any:
    chins = {p.name: p.hair[Region.CHIN] for p in london}
    kinds = {
        "beard": [p for p in london if p.person in BEARD],
        "some stubble": [p for p in london if p.person in STUBBLE],
        "bare": [p for p in london if p.person not in BEARD | STUBBLE],
    }

    def told(photos: list[Seen], least: float = MOST_HAIR) -> float | None:
        return share([chins[p.name] > least for p in photos])

    held = {kind: [p for p in of if is_held_out(p.person)] for kind, of in kinds.items()}
    return {
        "limit": MOST_HAIR,
        "photos": {kind: len(of) for kind, of in kinds.items()},
        "area under ROC": area(*([chins[p.name] for p in kinds[k]] for k in ("beard", "bare"))),
        "the same, held-out people": area(
            *([chins[p.name] for p in held[k]] for k in ("beard", "bare"))
        ),
        "chin above the limit": {
            str(t): {kind: told(of, t) for kind, of in kinds.items()}
            for t in sorted({0.06, 0.08, 0.1, 0.12, 0.15, 0.2, 0.3, MOST_HAIR})
        },
        "by tone": {
            f"{low} to {high}": {
                "photos": {kind: len(_within(of, low, high)) for kind, of in kinds.items()},
                "chin above": {
                    str(t): {kind: told(_within(of, low, high), t) for kind, of in kinds.items()}
                    for t in (0.05, 0.08, MOST_HAIR, 0.15)
                },
                "bare faces with any other region above": {
                    str(t): share([_elsewhere(p, t) for p in _within(kinds["bare"], low, high)])
                    for t in (0.05, 0.08, MOST_HAIR, 0.15)
                },
            }
            for low, high in TONES
        },
        "bare faces with any other region above": share(
            [any(v > MOST_HAIR for v in p.hair.values()) for p in kinds["bare"]]
        ),
    }


def _within(photos: list[Seen], low: float, high: float) -> list[Seen]:
    return [p for p in photos if low <= p.tone < high]


def _elsewhere(seen: Seen, least: float) -> bool:
    return any(v > least for region, v in seen.hair.items() if region is not Region.CHIN)


def filters(bare: list[Seen], soft: dict[str, list[Seen]]) -> Any:
    by_detail = [p.detail for p in bare if p.detail is not None]
    limit = float(np.quantile([p.filter for p in bare], 0.99))  # as few false alarms
    tones = {f"{low} to {high}": [p for p in bare if low <= p.tone < high] for low, high in TONES}

    def smoothed(photos: list[Seen]) -> float | None:
        return share([p.detail < LEAST_DETAIL for p in photos if p.detail is not None])

    before = {p.name: p.amount for p in bare}
    return {
        "limit": LEAST_DETAIL,
        "portraits": len(by_detail),
        "detail, quantiles 1, 3, 50 %": np.quantile(by_detail, (0.01, 0.03, 0.5)).round(3).tolist(),
        "false alarms": smoothed(bare),
        "false alarms by tone": {name: smoothed(of) for name, of in tones.items()},
        "told by detail": {name: smoothed(of) for name, of in soft.items()},
        "told by the network at 1 % false alarms": {
            name: share([p.filter > limit for p in of]) for name, of in soft.items()
        },
        "points lost": {
            name: dict(
                zip(
                    (m.value for m in MAPPED),
                    np.mean([p.amount - before[p.name] for p in of], 0).round(1).tolist(),
                    strict=True,
                )
            )
            for name, of in soft.items()
        },
    }


def phantoms(weights: Path, shards: int) -> Any:
    """Area under ROC of each veil over places of phantoms that no training has seen."""
    scorer = Scorer(weights)
    truth: list[npt.NDArray[np.uint8]] = []
    said: list[npt.NDArray[np.float32]] = []
    side = SIZE // 16
    for number in tqdm(range(shards), "phantoms"):
        shard = samples.make(seed=90_000, number=number)
        for i in np.flatnonzero(shard.kind == samples.PHANTOM):
            crop = np.zeros((960, 768, 3), np.uint8)
            skin = np.zeros((960, 768), bool)
            crop[:SIZE, :SIZE] = shard.pictures[i, 0]
            skin[:SIZE, :SIZE] = True
            channels = normalise.inputs(crop, skin, shard.references[i, 0])
            said.append(scorer.read(channels).veil[:side, :side].reshape(-1, len(VEILS)))
            truth.append(shard.veil[i, 0].reshape(-1, len(VEILS)))
    known, found = np.concatenate(truth), np.concatenate(said)
    return {
        veil: area(found[known[:, i] > 100, i][::7], found[known[:, i] == 0, i][::37])
        for i, veil in enumerate(VEILS)
        if (known[:, i] > 100).any()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("faces", type=Path)
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--shards", type=int, default=1, help="of 128 phantoms; 0: none")
    options = parser.parse_args()
    observe = Observer(options.weights)
    seen: dict[str, list[Seen]] = {"london": [], "canada": []}
    soft: dict[str, list[Seen]] = {name: [] for name in FILTERS}
    for name, of in seen.items():
        for i, path in enumerate(
            tqdm(sorted((options.faces / name / "images").glob("*.jpg")), name)
        ):
            try:
                of.append(observe(path))
                if i % EVERY == 0:
                    for how, apply in FILTERS.items():
                        soft[how].append(observe(path, apply))
            except PhotoRejected:
                continue
    with (options.faces / "london" / "labels.csv").open() as file:
        labels = {row["person"]: row for row in csv.DictReader(file)}
    figures = {
        "expression": smiles(seen["london"], seen["canada"], labels),
        "beard": beards(seen["london"]),
        "filter": filters(seen["london"] + seen["canada"], soft),
        "places of phantoms, area under ROC": phantoms(options.weights, options.shards),
        "version": Scorer(options.weights).version,
    }
    text = json.dumps(figures, indent=1, ensure_ascii=False)
    Path(__file__).with_suffix(".json").write_text(text + "\n", "utf-8")
    print(text)


if __name__ == "__main__":
    main()
