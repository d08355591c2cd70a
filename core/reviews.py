"""What dermatologists give in a case: grades, drawings on photos, severity by scales."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from core.errors import InvalidInput
from core.metrics import Metric


class Verdict(StrEnum):
    """What a reader says of one metric."""

    AGREE = "agree"  # the model's value stands; never where it was hidden
    VALUE = "value"  # the reader's own value
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True)
class Grade:
    """One metric as a reader sees it."""

    verdict: Verdict
    value: float | None = None  # 0–100 on the metric's own scale; with VALUE and AGREE

    def __post_init__(self) -> None:
        if (self.value is None) != (self.verdict is Verdict.CANNOT_TELL):
            raise InvalidInput("A grade has a value, or says that it cannot be told.")
        if self.value is not None and not (math.isfinite(self.value) and 0 <= self.value <= 100):
            raise InvalidInput("A grade is a number from 0 to 100.")


class Scale(StrEnum):
    """Published scales of severity, over the whole face."""

    ACNE_IGA = "acne_iga"
    ROSACEA_NRSEC = "rosacea_nrsec"
    PHOTOAGEING_GLOGAU = "photoageing_glogau"


@dataclass(frozen=True)
class ScaleFacts:
    name: str
    levels: tuple[tuple[str, str], ...]  # what is written, and what it means in our words
    source: str


SCALES: Mapping[Scale, ScaleFacts] = {
    Scale.ACNE_IGA: ScaleFacts(
        "Acne: IGA",
        (
            ("0", "Clear: no inflamed and no comedonal lesions"),
            ("1", "Almost clear: a few comedones, hardly a small papule"),
            ("2", "Mild: more than a few comedones, some papules or pustules, no nodule"),
            ("3", "Moderate: many comedones, papules and pustules, at most one small nodule"),
            ("4", "Severe: comedones, papules and pustules throughout, several nodules or cysts"),
        ),
        "Investigator's Global Assessment as in FDA, Acne Vulgaris: Establishing Effectiveness of "
        "Drugs Intended for Treatment, guidance for industry, 2018",
    ),
    Scale.ROSACEA_NRSEC: ScaleFacts(
        "Rosacea: NRSEC",
        (
            ("0", "Absent: no sign of rosacea"),
            ("1", "Mild: faint redness or flushing, few papules or pustules"),
            ("2", "Moderate: plain redness, several papules or pustules, visible vessels"),
            ("3", "Severe: intense redness, many papules or pustules, or plaques"),
        ),
        "Global grade 0–3 of the National Rosacea Society Expert Committee: Wilkin et al., "
        "J Am Acad Dermatol 2004;50:907–912",
    ),
    Scale.PHOTOAGEING_GLOGAU: ScaleFacts(
        "Photoageing: Glogau",
        (
            ("I", "No wrinkles: mild changes of pigment"),
            ("II", "Wrinkles in motion: early lentigines, lines that a smile shows"),
            ("III", "Wrinkles at rest: plain discolouration and vessels"),
            ("IV", "Only wrinkles: lined throughout, sallow"),
        ),
        "Glogau RG, Semin Cutan Med Surg 1996;15:134–138",
    ),
}


def checked_level(scale: Scale, level: str) -> str:
    if level not in (written for written, _ in SCALES[scale].levels):
        raise InvalidInput(f"{SCALES[scale].name} has no level like this.")
    return level


class Shape(StrEnum):
    POINT = "point"
    ELLIPSE = "ellipse"
    POLYGON = "polygon"


class Label(StrEnum):
    """What can be said of a place on a photo. Fixed, so that drawings can be counted."""

    COMEDO = "comedo"
    PAPULE = "papule"
    PUSTULE = "pustule"
    NODULE = "nodule_or_cyst"
    ERYTHEMA = "erythema"
    TELANGIECTASIA = "telangiectasia"
    SCALE = "scale"
    LENTIGO = "lentigo"
    MELASMA = "melasma"
    HYPERPIGMENTATION = "post_inflammatory_hyperpigmentation"
    HYPOPIGMENTATION = "hypopigmentation"
    NAEVUS = "naevus"
    KERATOSIS = "keratosis"
    SCAR = "scar"
    WRINKLE = "wrinkle"
    ENLARGED_PORES = "enlarged_pores"
    MILIUM = "milium"
    LESION_TO_SEE = "lesion_to_see_in_person"
    ARTEFACT = "artefact"  # hair, make-up, light: nothing on the skin
    OTHER = "other"


_LONGER_NAMES = {
    Label.NODULE: "Nodule or cyst",
    Label.HYPERPIGMENTATION: "Post-inflammatory hyperpigmentation",
    Label.LESION_TO_SEE: "Lesion to be seen in person",
    Label.ARTEFACT: "Artefact (hair, make-up, light)",
}
LABEL_NAMES: Mapping[Label, str] = {
    label: _LONGER_NAMES.get(label) or label.value.replace("_", " ").capitalize() for label in Label
}

MOST_CORNERS = 200


@dataclass(frozen=True)
class Drawing:
    """A shape in pixels of the photo as it is kept, x to the right and y down, from its corner.

    A point is (x, y); an ellipse has its middle, half axes and turn; a polygon its corners.
    """

    shape: Shape
    points: tuple[tuple[float, float], ...]  # one for a point or an ellipse, 3 to 200 otherwise
    radii: tuple[float, float] | None = None  # pixels; of an ellipse
    turn: float = 0.0  # degrees, clockwise as seen; of an ellipse

    def as_kept(self) -> dict[str, Any]:
        kept: dict[str, Any] = {"points": [list(point) for point in self.points]}
        if self.radii is not None:
            kept |= {"radii": list(self.radii), "turn": self.turn}
        return kept


def drawing(shape: Shape, kept: Mapping[str, Any], width: int, height: int) -> Drawing:
    """A drawing from what a browser sends or the database holds. InvalidInput unless it is one.

    Every point lies on the photo of `width` × `height` pixels; coordinates are kept to a tenth.
    """
    points = _points(kept.get("points"))
    for x, y in points:
        if not (0 <= x <= width and 0 <= y <= height):
            raise InvalidInput("A drawing must lie on the photo.")
    if shape is Shape.POLYGON:
        if not 3 <= len(points) <= MOST_CORNERS:
            raise InvalidInput(f"A polygon has 3 to {MOST_CORNERS} corners.")
        if _area(points) < 1:
            raise InvalidInput("A polygon must enclose something.")
        return Drawing(shape, points)
    if len(points) != 1:
        raise InvalidInput("A point or an ellipse has one place.")
    if shape is Shape.POINT:
        return Drawing(shape, points)
    radii = _points([kept.get("radii")])[0]
    if not all(0.5 <= radius <= max(width, height) for radius in radii):
        raise InvalidInput("The half axes of an ellipse must fit the photo.")
    turn = round(_number(kept.get("turn", 0.0)) % 180, 1) % 180
    return Drawing(shape, points, radii, turn)


def _points(found: Any) -> tuple[tuple[float, float], ...]:
    if not isinstance(found, Sequence) or isinstance(found, str) or len(found) > MOST_CORNERS:
        raise InvalidInput("A drawing is made of points.")
    pairs = []
    for pair in found:
        if not isinstance(pair, Sequence) or isinstance(pair, str) or len(pair) != 2:
            raise InvalidInput("A point has two numbers.")
        pairs.append((_number(pair[0]), _number(pair[1])))
    return tuple(pairs)


def _number(found: Any) -> float:
    if isinstance(found, bool) or not isinstance(found, int | float) or abs(found) > 1e6:
        raise InvalidInput("A drawing is made of numbers.")
    if not math.isfinite(found):
        raise InvalidInput("A drawing is made of numbers.")
    return round(float(found), 1)


def _area(points: Sequence[tuple[float, float]]) -> float:
    """Of the polygon, by the shoelace formula."""
    after = [*points[1:], points[0]]
    return abs(sum(x * v - u * y for (x, y), (u, v) in zip(points, after, strict=True))) / 2


@dataclass(frozen=True)
class Annotation:
    annotation_id: UUID
    photo_id: UUID
    author_id: UUID | None
    label: Label
    drawing: Drawing
    created_at: datetime


@dataclass(frozen=True)
class Grading:
    """What one reader gave at one time; never changed, a later one replaces it."""

    grading_id: UUID
    reader_id: UUID | None
    reader_name: str | None
    analysis_id: UUID | None
    model_version: str | None  # whose values were graded
    is_blind: bool  # the model's scores were hidden until it was given
    grades: Mapping[Metric, Grade]
    severity: Mapping[Scale, str | None]  # None: cannot tell
    graded_at: datetime


GRADED: tuple[Metric, ...] = tuple(m for m in Metric if m is not Metric.SKIN_SCORE)
