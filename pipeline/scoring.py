"""From what the network saw to scores with intervals, or to abstentions that say why.

The interval of a region is that of a typical place in it: neighbouring places are wrong in the
same direction (one light, one camera, one network), so averaging many of them does not narrow it.
Regions share part of their error only. How large that part is was measured on phantoms
(`shared_error` of the manifest), and the rest averages out over the regions of a face.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Protocol

import cv2
import numpy as np

from core.examination import Quality, Score
from core.metrics import (
    FACTS,
    REGION_NAMES,
    SKIN_SCORE_LEAST_WEIGHT,
    SKIN_SCORE_WEIGHTS,
    Direction,
    Metric,
    Region,
)
from models.scorer import MAPPED, Appearance
from pipeline import expression
from pipeline.arrays import Floats, Mask, Pixels
from pipeline.visibility import Visible

# Metrics that read fine texture: they want a sharp photo besides a wide face.
TEXTURE = frozenset({Metric.PORES, Metric.HYDRATION, Metric.FINE_LINES})
LEAST_TEXTURE_SHARPNESS = 0.40  # the sharpest 99 % of studio portraits lie above 0.5
LEAST_SHARE = 0.3  # of the regions' skin that must be scored for a score of the face

TOO_LITTLE = "Too little of the face can be seen well enough."
NOT_SHARP = "The photo is not sharp enough for fine texture: hold still and tap on the face."
GLARE = "burnt out to white by light."


class Calibration(Protocol):
    """What scoring needs of the model's manifest."""

    @property
    def interval_scale(self) -> Mapping[Metric, float]: ...

    @property
    def shared_error(self) -> Mapping[Metric, float]: ...

    @property
    def least_face_width(self) -> Mapping[Metric, int]: ...


def score_regions(
    appearance: Appearance,
    seen: Mapping[Region, Visible],
    quality: Quality,
    calibration: Calibration,
) -> dict[Region, dict[Metric, Score]]:
    """Each metric but the composite in each region, measured or abstained."""
    scores: dict[Region, dict[Metric, Score]] = {}
    for region, view in seen.items():
        cells = _cells(view.skin)
        of_region = scores[region] = {}
        for channel, metric in enumerate(MAPPED):
            reason = (
                view.unseen_because
                or _photo_abstains(metric, quality, calibration)
                or view.hidden.get(metric)
                or _glare(metric, region, view)
            )
            if reason is None and cells.sum() == 0:
                reason = f"{REGION_NAMES[region]}: {GLARE}"
            if reason is not None:
                of_region[metric] = Score.abstain(reason)
                continue
            value = _mean(appearance.amount[..., channel], cells) * 100
            # the learned deviations are squared first: the doubtful places count
            deviation = np.sqrt(_mean(appearance.sigma[..., channel] ** 2, cells)) * 100
            half = float(deviation) * calibration.interval_scale[metric]
            # the network sees signs of dryness; the score is turned round
            value = 100 - value if metric is Metric.HYDRATION else value
            of_region[metric] = _score(value, half)
        of_region[Metric.ELASTICITY] = of_region[Metric.FINE_LINES].turned()
    return scores


def score_face(
    regions: Mapping[Region, Mapping[Metric, Score]],
    areas: Mapping[Region, float],
    calibration: Calibration,
) -> dict[Metric, Score]:
    """Every metric over the face: the mean of its measured regions weighted by their skin.

    A region that abstains is left out, not taken for 0.
    """
    shared = {Metric.ELASTICITY: calibration.shared_error[Metric.FINE_LINES]}
    shared |= calibration.shared_error
    scores: dict[Metric, Score] = {
        metric: _over_regions({region: of[metric] for region, of in regions.items()}, areas, share)
        for metric, share in shared.items()
    }
    scores[Metric.SKIN_SCORE] = composite(scores)
    return scores


def composite(scores: Mapping[Metric, Score]) -> Score:
    """The skin score: the published weights over the metrics turned so that higher is better.

    Errors of different metrics are taken as independent. Abstains when the measured metrics carry
    less than SKIN_SCORE_LEAST_WEIGHT of the weights.
    """
    total = value = variance = 0.0
    missing = []
    for metric, weight in SKIN_SCORE_WEIGHTS.items():
        score = scores[metric]
        if FACTS[metric].direction is Direction.LOWER_IS_BETTER:
            score = score.turned()
        if score.value is None or score.low is None or score.high is None:
            missing.append(FACTS[metric].name)
            continue
        total += weight
        value += weight * score.value
        variance += (weight * max(score.high - score.value, score.value - score.low)) ** 2
    if total < SKIN_SCORE_LEAST_WEIGHT:
        return Score.abstain(f"Too many of its parts were not measured: {', '.join(missing)}.")
    return _score(value / total, float(np.sqrt(variance)) / total)


def ita(crop: Pixels, skin: Mask) -> float | None:
    """Individual typology angle of the photo's skin in degrees; None without any colour.

    From the median colour as the photo shows it, so the light's colour and strength shift it.
    """
    pixels = crop[::3, ::3][skin[::3, ::3]]
    if len(pixels) == 0:
        return None
    colour = np.median(pixels, 0).astype(np.float32).reshape(1, 1, 3) / np.float32(255)
    lightness, _, yellow = np.asarray(cv2.cvtColor(colour, cv2.COLOR_RGB2LAB), np.float32)[0, 0]
    if yellow < 1:  # bluer than any skin: the light's colour, not the skin's
        return None
    return float(np.degrees(np.arctan((lightness - 50) / yellow)))


def _photo_abstains(metric: Metric, quality: Quality, calibration: Calibration) -> str | None:
    least = calibration.least_face_width.get(metric, 0)
    if quality.face_width < least:
        return (
            f"{FACTS[metric].name}: the face is {quality.face_width:.0f} pixels wide in the photo, "
            f"and at least {least} are needed. Come closer or use a better camera."
        )
    if metric in TEXTURE and quality.sharpness < LEAST_TEXTURE_SHARPNESS:
        return NOT_SHARP
    return expression.abstains(metric, quality.smile)


def _glare(metric: Metric, region: Region, view: Visible) -> str | None:
    if view.glaring and metric is not Metric.OILINESS:
        return f"{REGION_NAMES[region]}: {GLARE}"
    return None


def _over_regions(
    scores: Mapping[Region, Score], areas: Mapping[Region, float], shared: float
) -> Score:
    measured = [
        (areas[region], score.value, score.low, score.high)
        for region, score in scores.items()
        if score.value is not None and score.low is not None and score.high is not None
    ]
    weight = sum(area for area, *_ in measured)
    if weight <= 0 or weight < LEAST_SHARE * sum(areas.values()):
        reasons = Counter(s.abstained_because for s in scores.values() if s.abstained_because)
        reason, count = reasons.most_common(1)[0]
        return Score.abstain(reason if count > len(scores) / 2 else TOO_LITTLE)
    value, low, high = (
        sum(row[0] * row[column] for row in measured) / weight for column in (1, 2, 3)
    )
    # errors of n equal regions with the correlation `shared`: variance of their mean
    narrower = np.sqrt(shared + (1 - shared) * sum((row[0] / weight) ** 2 for row in measured))
    low, high = value - (value - low) * narrower, value + (high - value) * narrower
    return Score(value, float(min(low, value)), float(max(high, value)))


def _cells(skin: Mask) -> Floats:
    """Share of skin in each 16 × 16 pixels of the crop: (60, 48)."""
    rows, columns = skin.shape[0] // 16, skin.shape[1] // 16
    size = (columns, rows)
    whole = skin.astype(np.float32)
    return np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_AREA), np.float32)


def _mean(values: Floats, weights: Floats) -> float:
    return float((values * weights).sum(dtype=np.float64) / weights.sum(dtype=np.float64))


def _score(value: float, half: float) -> Score:
    """`value` ± `half`, kept within 0–100."""
    value = min(100.0, max(0.0, value))
    return Score(value, max(0.0, value - half), min(100.0, value + half))
