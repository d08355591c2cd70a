"""What is scored, where on the face, and what each number may claim."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Metric(StrEnum):
    """Keys of the scores in the database, the API and the command line."""

    SKIN_SCORE = "skin_score"
    HYDRATION = "hydration"
    OILINESS = "oiliness"
    ELASTICITY = "elasticity"
    PORES = "pores"
    REDNESS = "redness"
    SPOTS = "spots"
    BLEMISHES = "blemishes"
    FINE_LINES = "fine_lines"


class Region(StrEnum):
    """Parts of the face that are scored by themselves.

    Left and right are the person's own, not the viewer's.
    """

    FOREHEAD = "forehead"
    NOSE = "nose"
    LEFT_CHEEK = "left_cheek"
    RIGHT_CHEEK = "right_cheek"
    LEFT_UNDER_EYE = "left_under_eye"
    RIGHT_UNDER_EYE = "right_under_eye"
    CHIN = "chin"


class Direction(StrEnum):
    """Whether a person would like the number to rise or to fall."""

    HIGHER_IS_BETTER = "higher_is_better"
    LOWER_IS_BETTER = "lower_is_better"


class Evidence(StrEnum):
    """How much a score may claim, in the words shown beside it."""

    COUNTED = "counted"  # each one is found, and their number stands beside the score
    MAPPED = "mapped"
    APPEARANCE_PROXY = "appearance proxy, unvalidated"
    COMPOSITE = "composite of the others"


@dataclass(frozen=True)
class MetricFacts:
    """How a metric is named and what it is and is not."""

    name: str
    direction: Direction
    evidence: Evidence
    is_: str
    is_not: str


_UP, _DOWN = Direction.HIGHER_IS_BETTER, Direction.LOWER_IS_BETTER

FACTS: dict[Metric, MetricFacts] = {
    Metric.SKIN_SCORE: MetricFacts(
        "Skin score",
        _UP,
        Evidence.COMPOSITE,
        "A weighted mean of the other scores, with published weights.",
        "Not a grade of health or beauty, and not comparable with other products' scores.",
    ),
    Metric.HYDRATION: MetricFacts(
        "Hydration",
        _UP,
        Evidence.APPEARANCE_PROXY,
        "Visible dryness signs: flaking, dullness and coarse texture, turned so that "
        "higher means fewer signs.",
        "Not a moisture reading. One photo cannot measure the water in skin.",
    ),
    Metric.OILINESS: MetricFacts(
        "Oiliness",
        _DOWN,
        Evidence.APPEARANCE_PROXY,
        "Visible shine: light mirrored by the skin's surface in this photo.",
        "Not sebum. A lamp, sweat or a fresh cream shines as well.",
    ),
    Metric.ELASTICITY: MetricFacts(
        "Elasticity",
        _UP,
        Evidence.APPEARANCE_PROXY,
        "Visible firmness signs: 100 less the fine lines that can be seen.",
        "Not a mechanical measurement. Nothing was stretched.",
    ),
    Metric.PORES: MetricFacts(
        "Pores",
        _DOWN,
        Evidence.COUNTED,
        "How much of the skin is taken up by visible pore openings.",
        "Not every pore: only openings that this photo can show. Make-up and soft focus hide them.",
    ),
    Metric.REDNESS: MetricFacts(
        "Redness",
        _DOWN,
        Evidence.MAPPED,
        "Skin that is redder than the rest of this face.",
        "Not a cause. A face that is evenly flushed shows little contrast.",
    ),
    Metric.SPOTS: MetricFacts(
        "Spots",
        _DOWN,
        Evidence.COUNTED,
        "Brown spots and patches darker than the skin around them.",
        "Not a check of moles. A changing mole belongs before a doctor, whatever the score.",
    ),
    Metric.BLEMISHES: MetricFacts(
        "Blemishes",
        _DOWN,
        Evidence.COUNTED,
        "Small red, raised-looking places.",
        "Not a grade of acne.",
    ),
    Metric.FINE_LINES: MetricFacts(
        "Fine lines",
        _DOWN,
        Evidence.MAPPED,
        "Lines and creases that can be seen in this photo.",
        "Not skin age. Expression and side light deepen lines.",
    ),
}

REGION_NAMES: dict[Region, str] = {
    Region.FOREHEAD: "Forehead",
    Region.NOSE: "Nose",
    Region.LEFT_CHEEK: "Left cheek",
    Region.RIGHT_CHEEK: "Right cheek",
    Region.LEFT_UNDER_EYE: "Under left eye",
    Region.RIGHT_UNDER_EYE: "Under right eye",
    Region.CHIN: "Chin",
}

# The composite, whole: skin_score = Σ weight × (score, turned so that higher is better).
# fine_lines is absent because elasticity is the same signal turned round. The weights are
# our judgement, not a finding: equal shares, with the two weakest proxies counting less.
SKIN_SCORE_WEIGHTS: dict[Metric, float] = {
    Metric.BLEMISHES: 0.18,
    Metric.REDNESS: 0.18,
    Metric.SPOTS: 0.18,
    Metric.PORES: 0.16,
    Metric.ELASTICITY: 0.14,
    Metric.OILINESS: 0.08,
    Metric.HYDRATION: 0.08,
}

# Below this share of the weights the composite abstains: it would no longer be the same score.
SKIN_SCORE_LEAST_WEIGHT = 0.5
