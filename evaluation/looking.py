"""One photo's scores as plain numbers, by the product's pipeline and without its abstentions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from core.errors import PhotoRejected
from core.examination import Examination, Score
from core.metrics import Metric, Region
from evaluation.crew import Tools
from models.scorer import MAPPED
from pipeline.alignment import Crop, align
from pipeline.face import Face, find_face
from pipeline.quality import check_quality
from pipeline.regions import outlines, region_masks
from pipeline.scoring import score_face, score_regions
from pipeline.skin import Skin, find_skin
from pipeline.visibility import look_at

Floats = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Seen:
    """What a check would show, small enough to send between processes."""

    values: Mapping[Metric, float]  # of the metrics that were measured
    halves: Mapping[Metric, float]  # mean half of their 90 % intervals
    abstained: Mapping[Metric, str]
    rejected: tuple[str, ...]  # reasons of the gate; all else is empty then
    ita: float | None
    face_width: float
    smile: float
    regions: Mapping[Region, Mapping[Metric, str | None]]  # why each abstained


@dataclass(frozen=True)
class Placed:
    """A face found in its photo."""

    face: Face
    crop: Crop
    skin: Skin
    to_photo: npt.NDArray[np.float64]  # (2, 3): from crop pixels to photo pixels


def examine(tools: Tools, pixels: Pixels) -> Seen:
    """Through the whole pipeline, as in service but for the least width of a face."""
    try:
        found = tools.examiner.examine(pixels)
    except PhotoRejected as rejected:
        return Seen({}, {}, {}, rejected.reasons, None, 0.0, float("nan"), {})
    return _seen(found)


def frankly(tools: Tools, pixels: Pixels) -> dict[Metric, float]:
    """The scores that could be had if neither a smile nor anything on the skin withheld them.

    Empty when the gate refuses the photo.
    """
    try:
        placed = place(tools, pixels)
        quality = check_quality(pixels, placed.face, placed.crop, placed.skin)
    except PhotoRejected:
        return {}
    masks = region_masks(outlines(placed.crop.points))
    seen = look_at(placed.crop, placed.skin, masks)
    appearance = tools.scorer(placed.crop.pixels, placed.skin.mask)
    at_rest = replace(quality, smile=float("nan"))
    regions = score_regions(appearance, seen, at_rest, tools.scorer.manifest)
    areas = {region: float(np.count_nonzero(view.skin)) for region, view in seen.items()}
    scores = score_face(regions, areas, tools.scorer.manifest)
    return {m: s.value for m, s in scores.items() if s.value is not None}


def place(tools: Tools, pixels: Pixels) -> Placed:
    """Raises PhotoRejected when there is no face."""
    face = find_face(pixels, tools.networks)
    crop = align(pixels, face)
    ends = np.column_stack([crop.points, np.ones(len(crop.points))])
    to_photo = np.linalg.lstsq(ends, face.points.astype(np.float64), rcond=None)[0].T
    return Placed(face, crop, find_skin(crop), to_photo)


def onto_photo(placed: Placed, field: Floats, pixels: Pixels, outside: float) -> Floats:
    """A field over the crop, (960, 768[, 3]), as it lies on the photo; `outside` around it."""
    height, width = pixels.shape[:2]
    scale = float(np.hypot(*placed.to_photo[:, 0]))
    if scale < 1:  # the photo has fewer pixels: average, do not skip
        field = np.asarray(cv2.GaussianBlur(field, (0, 0), 0.4 / scale))
    border = (outside,) * 3
    return np.asarray(
        cv2.warpAffine(field, placed.to_photo, (width, height), borderValue=border), np.float32
    )


def signs(values: Mapping[Metric, float]) -> dict[Metric, float]:
    """Scores as amounts of signs, 0–100: hydration turned back to dryness signs."""
    return {
        m: 100 - values[m] if m is Metric.HYDRATION else values[m] for m in MAPPED if m in values
    }


def _seen(found: Examination) -> Seen:
    measured = {m: s for m in Metric if (s := found.scores[m]).value is not None}
    return Seen(
        values={m: float(s.value or 0.0) for m, s in measured.items()},
        halves={m: _half(s) for m, s in measured.items()},
        abstained={m: s.abstained_because for m, s in found.scores.items() if s.abstained_because},
        rejected=(),
        ita=found.ita,
        face_width=found.quality.face_width,
        smile=found.quality.smile,
        regions={
            region: {m: s.abstained_because for m, s in of.items()}
            for region, of in found.regions.items()
        },
    )


def _half(score: Score) -> float:
    return ((score.high or 0.0) - (score.low or 0.0)) / 2
