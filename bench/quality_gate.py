"""What the quality gate refuses, by skin tone: `python -m bench.quality_gate FACES`.

FACES is the folder of real photos (london, canada, fairface; CC BY 4.0, not part of the project).
Writes bench/quality_gate.json.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from core.errors import PhotoRejected
from models.landmarks import FaceNetworks
from pipeline import quality
from pipeline.alignment import align
from pipeline.face import find_face
from pipeline.scoring import ita
from pipeline.skin import find_skin

Pixels = npt.NDArray[np.uint8]

TONES = (
    ("darker than -30", -90.0), ("-30 to 10", -30.0), ("10 to 28", 10.0),
    ("28 to 41", 28.0), ("41 to 55", 41.0), ("lighter than 55", 55.0),
)  # fmt: skip
STOPS = (1.5, 1.0, 0.5, -1.0, -1.5, -2.0, -2.5, -3.0, -3.5, -4.0, -5.0)
BLURS = (0.7, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0)  # sigma, photo pixels
LIGHT_AND_FOCUS = {quality.TOO_DARK, quality.TOO_BRIGHT, quality.UNEVEN, quality.NOT_SHARP}


class Gate:
    def __init__(self) -> None:
        self._networks = FaceNetworks()

    def __call__(self, pixels: Pixels) -> tuple[tuple[str, ...], str]:
        """Reasons of refusal (none: accepted) and the tone bin of the photo's skin."""
        tone = "unknown"
        try:
            face = find_face(pixels, self._networks)
            crop = align(pixels, face)
            skin = find_skin(crop)
            angle = ita(crop.pixels, skin.mask)
            if angle is not None:
                tone = next(name for name, least in reversed(TONES) if angle >= least)
            quality.check_quality(pixels, face, crop, skin)
        except PhotoRejected as rejected:
            return rejected.reasons, tone
        return (), tone


def photos(folder: Path, pattern: str = "*.jpg") -> Iterator[Pixels]:
    for path in sorted((folder / "images").glob(pattern)):
        with Image.open(path) as image:
            yield np.asarray(image.convert("RGB"))


def as_they_are(gate: Gate, folder: Path) -> dict[str, Any]:
    reasons: Counter[str] = Counter()
    total: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    light_and_focus: Counter[str] = Counter()
    for pixels in photos(folder):
        why, tone = gate(pixels)
        total[tone] += 1
        reasons.update(why)
        refused[tone] += bool(why)
        light_and_focus[tone] += bool(LIGHT_AND_FOCUS & set(why))
    return {
        "photos": total.total(),
        "refused": refused.total(),
        "reasons": dict(reasons.most_common()),
        "by_tone": {
            tone: {
                "photos": total[tone],
                "refused": refused[tone],
                "for_light_or_focus": light_and_focus[tone],
            }
            for tone in [*(name for name, _ in TONES), "unknown"]
            if total[tone]
        },
    }


def spoiled(gate: Gate, folder: Path) -> dict[str, Any]:
    """Share refused of each tone when good portraits are made darker, brighter or blurred."""
    shares: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for pixels in photos(folder, "*_neutral.jpg"):
        _, tone = gate(pixels)
        for stops in STOPS:
            wanted = {quality.TOO_DARK} if stops < 0 else {quality.TOO_BRIGHT}
            shares[f"{stops:+} stops"][tone].append(bool(gate(_lit(pixels, stops))[0]))
            shares[f"{stops:+} stops, named so"][tone].append(
                bool(wanted & set(gate(_lit(pixels, stops))[0]))
            )
        for sigma in BLURS:
            soft = np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma), np.uint8)
            shares[f"blur of {sigma} pixels"][tone].append(bool(gate(soft)[0]))
    return {
        how: {name: round(float(np.mean(tones[name])), 2) for name, _ in TONES if name in tones}
        for how, tones in shares.items()
    }


def _lit(pixels: Pixels, stops: float) -> Pixels:
    """The photo as if exposed `stops` more."""
    linear = quality._LINEAR * 2.0**stops
    encoded = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.asarray(np.clip(np.round(encoded * 255), 0, 255), np.uint8)[pixels]


def main() -> None:
    faces = Path(sys.argv[1])
    gate = Gate()
    found: dict[str, Any] = {
        name: as_they_are(gate, faces / name) for name in ("london", "canada", "fairface")
    }
    found["london, spoiled"] = spoiled(gate, faces / "london")
    target = Path(__file__).with_suffix(".json")
    target.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(target.read_text("utf-8"))


if __name__ == "__main__":
    main()
